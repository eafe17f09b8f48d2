// What things are called, and how they look without colour.

const ATTACKS = {
  DiscoverRemoteSystems: "sweep",
  DiscoverNetworkServices: "scan",
  ExploitRemoteService: "exploit",
  PrivilegeEscalate: "escalate",
  Impact: "impact",
};
const TRUTHS = { none: ["○", "clean"], user: ["◐", "user"], root: ["●", "root"] };
const BELIEFS = {
  no: ["○", "clean"],
  user: ["◐", "user"],
  unknown: ["?", "unknown"],
  privileged: ["●", "root"],
};
const ALERTS = { scan: "△ scan", exploit: "▲ exploit" };
const NOTICED = { DiscoverNetworkServices: "scan", ExploitRemoteService: "exploit" }; // by what is seen then
const LONGEST_MESSAGE = 8; // bits that are written out

// A belief that does not fit the truth; "unknown" fits none.
function isWrong(host) {
  return TRUTHS[host.truth][1] !== BELIEFS[host.believed][1];
}

// With the decimals it needs, one at least, so that what is shown adds up; no more than four, as a
// reward may come from 32-bit numbers.
function number(value) {
  const text = String(Number(value.toFixed(4)));
  return (text.includes(".") ? text : `${text}.0`).replace("-", "−");
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function messageText(bits) {
  return bits.length > LONGEST_MESSAGE ? `${bits.length} numbers` : bits;
}

// "Analyse A", "Analyse B" as "Analyse A, B".
function actionsText(names) {
  const first = names[0].split(" ")[0];
  const common = names.length > 1 && names.every((name) => name.startsWith(first + " "));
  const rest = (name) => name.slice(first.length + 1);
  return common ? `${first} ${names.map(rest).join(", ")}` : names.join(", ");
}

function attackText(attack) {
  if (!attack) return "sleeps.";
  const among = attack.at_subnet ? DATA.network.subnets : DATA.network.hosts;
  const target = among[attack.target].name;
  const source = DATA.network.hosts[attack.source].name;
  const where = source === target ? `on ${target}` : `${target} from ${source}`;
  return `${attack.name} ${where}: ${resultText(attack)}.`;
}

function isNoticed(scene) {
  const { attack, hosts } = scene;
  return Boolean(attack) && attack.result === "success" && hosts[attack.target]?.seen === NOTICED[attack.name];
}

function resultText(attack) {
  return { fail: "failed", lost: "it had lost its session there" }[attack.result] || attack.result;
}
