// Which game and step are shown, and everything that changes them.

const JUMPS = {
  message: { key: "m", name: "Message", short: "Message", what: "the next message" },
  change: { key: "c", name: "Changed action", short: "Change", what: "the next action that a message changed" },
  alert: { key: "a", name: "Alert", short: "Alert", what: "the next alert" },
  fall: { key: "s", name: "Server falls", short: "Fall", what: "the next fall of what the attacker wants" },
};
const PACE = 900; // milliseconds per step at speed 1
const KEYS = [
  ["space", "play, pause"],
  ["← →", "one step"],
  ["Home End", "first and last step"],
  ...Object.values(JUMPS).map(({ key, what }) => [key, what]),
  ["shift", "with one of these letters: the one before"],
  ["[ ]", "game before, next game"],
];

const shown = { game: 0, step: 0, frames: [], events: {}, timer: null, timeline: null };

function chooseGame(game, step = 0) {
  pause();
  shown.game = Math.max(0, Math.min(DATA.games.length - 1, game));
  shown.frames = framesOf(DATA.games[shown.game]);
  shown.events = eventsOf(shown.frames);
  byId("game").value = String(shown.game);
  byId("previous-game").disabled = shown.game === 0;
  byId("next-game").disabled = shown.game === DATA.games.length - 1;
  byId("scrubber").max = String(shown.frames.length - 1);
  describe(byId("outcome"), outcomeOf(shown.frames));
  markRow();
  redraw();
  goTo(step);
}

// Draw what depends on the width of the window.
function redraw() {
  const place = byId("timeline");
  shown.timeline = drawTimeline(shown.frames, place.clientWidth);
  place.replaceChildren(shown.timeline.picture);
  const { label } = shown.timeline;
  Object.assign(byId("scrubber").style, { marginLeft: `${label}px`, width: `calc(100% - ${label}px)` });
}

function goTo(step) {
  shown.step = Math.max(0, Math.min(shown.frames.length - 1, step));
  const frame = shown.frames[shown.step];
  const last = shown.frames.length - 1;
  byId("scrubber").value = String(shown.step);
  byId("step").textContent = shown.step ? `Step ${shown.step} of ${last}` : `Start, ${plural(last, "step")}`;
  byId("now").setAttribute("transform", `translate(${shown.timeline.x(shown.step)} 0)`);
  byId("agents").replaceChildren(...(shown.step ? drawAgents(frame) : [make("p", { class: "note" }, "Nobody has acted yet.")]));
  describe(byId("bill"), billOf(frame));
  for (const id of ["first", "back"]) byId(id).disabled = shown.step === 0;
  for (const id of ["forward", "last"]) byId(id).disabled = shown.step === last;
  for (const kind of Object.keys(shown.events)) byId(`jump-${kind}`).disabled = nextOf(kind, 1) === undefined;
  if (DATA.network) showNetwork(frame);
  history.replaceState(null, "", `#game=${shown.game + 1}&step=${shown.step}`);
}

function showNetwork(frame) {
  const place = byId("network");
  place.replaceChildren(drawNetwork(frame, place.clientWidth));
  const begins = "The attacker is on its own host and knows nothing else.";
  byId("attack").replaceChildren(
    ...(shown.step ? [make("b", null, "Attacker "), attackText(frame.scene.attack), ...noticed(frame.scene)] : [begins]),
  );
}

function noticed(scene) {
  if (!scene.attack || scene.attack.at_subnet) return [];
  const target = scene.hosts[scene.attack.target];
  return target.seen === "none" ? [] : [" ", make("span", { class: "seen" }, "The monitor saw it.")];
}

function nextOf(kind, direction) {
  const steps = shown.events[kind] || [];
  return direction > 0 ? steps.find((step) => step > shown.step) : steps.findLast((step) => step < shown.step);
}

function jump(kind, direction = 1) {
  const step = nextOf(kind, direction);
  if (step !== undefined) stopAt(step);
}

function stopAt(step) {
  pause();
  goTo(step);
}

function play() {
  if (shown.step === shown.frames.length - 1) goTo(0);
  byId("play").textContent = "Pause";
  byId("attack").setAttribute("aria-live", "off");
  shown.timer = setTimeout(advance, PACE / Number(byId("speed").value));
}

function advance() {
  goTo(shown.step + 1);
  if (shown.step === shown.frames.length - 1) pause();
  else shown.timer = setTimeout(advance, PACE / Number(byId("speed").value));
}

function pause() {
  clearTimeout(shown.timer);
  shown.timer = null;
  byId("play").textContent = "Play";
  byId("attack").setAttribute("aria-live", "polite");
}

function toggle() {
  if (shown.timer) pause();
  else play();
}

function onKey(event) {
  const inField = event.target.closest("select, input, summary");
  if (event.ctrlKey || event.metaKey || event.altKey || (inField && inField.id !== "scrubber")) return;
  if (event.key === " " && event.target.closest("button")) return; // presses the button
  const direction = event.shiftKey ? -1 : 1;
  const jumps = Object.entries(JUMPS).map(([kind, { key }]) => [key, () => jump(kind, direction)]);
  const doing = {
    " ": toggle,
    ArrowLeft: () => stopAt(shown.step - 1),
    ArrowRight: () => stopAt(shown.step + 1),
    Home: () => stopAt(0),
    End: () => stopAt(shown.frames.length - 1),
    "[": () => chooseGame(shown.game - 1),
    "]": () => chooseGame(shown.game + 1),
    ...Object.fromEntries(jumps),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!doing) return;
  event.preventDefault();
  doing();
}

function listen() {
  const click = (id, act) => byId(id).addEventListener("click", act);
  click("first", () => stopAt(0));
  click("back", () => stopAt(shown.step - 1));
  click("play", toggle);
  click("forward", () => stopAt(shown.step + 1));
  click("last", () => stopAt(shown.frames.length - 1));
  click("previous-game", () => chooseGame(shown.game - 1));
  click("next-game", () => chooseGame(shown.game + 1));
  byId("game").addEventListener("change", (event) => chooseGame(Number(event.target.value)));
  byId("scrubber").addEventListener("input", (event) => stopAt(Number(event.target.value)));
  document.addEventListener("keydown", onKey);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return; // a phone's address bar comes and goes
    width = window.innerWidth;
    redraw();
    goTo(shown.step);
  });
}

function addJumps() {
  const events = eventsOf(framesOf(DATA.games[0]));
  const buttons = Object.keys(events).map((kind) => {
    const { key, name, short, what } = JUMPS[kind];
    const attributes = { id: `jump-${kind}`, type: "button", title: `Jump to ${what} (${key})` };
    const button = make("button", attributes, make("span", { class: "wide" }, name), make("span", { class: "narrow" }, short));
    button.addEventListener("click", () => jump(kind));
    return button;
  });
  byId("jumps").replaceChildren(make("span", { class: "wide" }, "Next"), ...buttons);
  byId("jumps").hidden = buttons.length === 0;
}

function listGames() {
  const games = DATA.games.map(framesOf).map(outcomeOf);
  const short = (index) => `Game ${index + 1}: return ${games[index][0][1]}`;
  byId("game").replaceChildren(...games.map((_, index) => make("option", { value: index }, short(index))));
  const heading = make("tr", null, ...["Game", ...games[0].map(([name]) => name)].map((name) => make("th", { scope: "col" }, name)));
  const rows = games.map((outcome, index) => {
    const button = make("button", { type: "button" }, String(index + 1));
    button.addEventListener("click", () => chooseGame(index));
    return make("tr", null, make("td", null, button), ...outcome.map(([, value]) => make("td", null, value)));
  });
  byId("all-games").querySelector("table").replaceChildren(make("thead", null, heading), make("tbody", null, ...rows));
}

function markRow() {
  byId("all-games").querySelectorAll("tbody tr").forEach((row, index) => {
    row.classList.toggle("chosen", index === shown.game);
  });
}

function caption() {
  const told = DATA.caption;
  byId("title").textContent = told.title;
  const steps = told.t_env.toLocaleString("en");
  byId("caption").textContent = `${told.run}, trained for ${steps} steps; ${told.games}, seed ${told.seed}`;
  describe(byId("settings").querySelector("dl"), Object.entries(told.settings));
  byId("keys").replaceChildren(...KEYS.flatMap(([key, what]) => [make("kbd", null, key), ` ${what}  `]));
  byId("legend").textContent =
    "○ clean  ◐ user session  ● root session  ? unknown  pid: process known, so that it can be ended  " +
    "★ what the attacker wants  ▲ △ alerts  dotted: way into a subnet";
}

function begin() {
  byId("page").hidden = false;
  document.body.classList.toggle("without-network", !DATA.network);
  caption();
  addJumps();
  listGames();
  listen();
  const place = new URLSearchParams(location.hash.slice(1));
  chooseGame((Number(place.get("game")) || 1) - 1, Number(place.get("step")) || 0);
}

begin();
