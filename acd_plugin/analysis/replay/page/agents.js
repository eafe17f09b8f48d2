// What every defender heard, did and said in one frame, and what the step cost.

function drawAgents(frame) {
  return frame.agents.map((agent, index) => {
    const deed = frame.scene ? frame.scene.deeds[index] : null;
    const parts = [
      make("h3", null, nameOfAgent(index), " ", make("small", null, dutyOf(index))),
      make("p", { class: "did" }, make("b", null, agent.action), deed ? deedText(deed) : ""),
      ...heardParts(agent),
      fact("says for the next step", agent.said && messageText(agent.said)),
      fact("saw", agent.saw.length ? agent.saw.map((value) => Number(value.toFixed(2))).join(" ") : ""),
    ];
    return make("article", { class: isChanged(agent) ? "agent changed" : "agent" }, ...parts);
  });
}

function nameOfAgent(index) {
  return DATA.network ? DATA.agents[index] : `Agent ${DATA.agents[index]}`;
}

function dutyOf(index) {
  return DATA.network ? `defends ${DATA.network.duties[index].join(", ")}` : "";
}

function deedText(deed) {
  if (deed.outcome === "unknown") return "";
  const result = deed.outcome === "fail" ? "failed" : deed.useless ? "told nothing new" : "success";
  return ` ${result}, cost ${number(deed.cost)}`;
}

function heardParts(agent) {
  if (!agent.heard.length) return [];
  const several = agent.heard.length > 1;
  const heard = agent.heard.map((one) => `${messageText(one.bits)} from ${nameOfAgent(one.sender)}`);
  return [
    fact("heard", heard.join(", ")),
    fact("unlocked", agent.unlocked.length ? actionsText(agent.unlocked) : ""),
    withoutPart(several ? "without any message" : "without the message", agent.without, agent.action),
    ...(several ? agent.heard.filter((one) => one.without !== agent.action) : []).map((one) =>
      withoutPart(`without that of ${nameOfAgent(one.sender)}`, one.without, agent.action),
    ),
  ];
}

function withoutPart(when, instead, action) {
  return instead === action ? fact(when, "the same") : fact(when, make("strong", null, instead));
}

function fact(name, value) {
  return value ? make("p", { class: "fact" }, make("span", null, name), make("span", null, value)) : null;
}

function billOf(frame) {
  const bill = [];
  if (frame.scene) {
    bill.push(["damage", number(frame.scene.damage)], ["actions", number(actionCosts(frame))]);
  }
  bill.push(["reward", number(frame.reward)], ["return so far", number(frame.total)]);
  return bill;
}
