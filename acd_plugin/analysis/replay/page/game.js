// What is recorded, and what follows from it: frames, events, outcomes.

const DATA = JSON.parse(document.getElementById("data").textContent);

// Frame 0 is how the game begins; frame k is step k.
function framesOf(game) {
  let total = 0;
  const steps = game.steps.map((step) => ({ ...step, total: (total += step.reward) }));
  return [{ reward: 0, total: 0, agents: [], scene: game.start }, ...steps];
}

function isHeard(frame) {
  return frame.agents.some((agent) => agent.heard.length > 0);
}

function isChanged(agent) {
  return agent.without !== agent.action || agent.heard.some((one) => one.without !== agent.action);
}

function alertsOf(frame) {
  return frame.scene ? frame.scene.hosts.map((host) => host.seen).filter((seen) => seen !== "none") : [];
}

function serverOf(frame) {
  return frame && frame.scene ? frame.scene.hosts[frame.scene.objective].truth : "none";
}

function serverName(frames) {
  return DATA.network.hosts[frames[0].scene.objective].name;
}

function falls(frame, before) {
  return serverOf(frame) !== "none" && serverOf(before) === "none";
}

// Steps by what can be jumped to; what the environment or the policy does not have is left out.
function eventsOf(frames) {
  const where = (happens) =>
    frames.map((frame, step) => (happens(frame, frames[step - 1]) ? step : -1)).filter((step) => step > 0);
  const events = {};
  if (DATA.talks) {
    events.message = where(isHeard);
    events.change = where((frame) => frame.agents.some(isChanged));
  }
  if (DATA.network) {
    events.alert = where((frame) => alertsOf(frame).length > 0);
    events.fall = where(falls);
  }
  return events;
}

function sum(values) {
  return values.reduce((one, other) => one + other, 0);
}

function messagesHeard(frames) {
  return sum(frames.flatMap((frame) => frame.agents.map((agent) => agent.heard.length)));
}

function actionsChanged(frames) {
  return sum(frames.map((frame) => frame.agents.filter(isChanged).length));
}

function actionCosts(frame) {
  return frame.scene ? sum(frame.scene.deeds.map((deed) => deed.cost)) : 0;
}

function serverText(frames) {
  const held = frames.filter((frame) => serverOf(frame) !== "none").length;
  if (!held) return "never fell";
  return `fell in step ${frames.findIndex(falls)}, held for ${plural(held, "step")}`;
}

// How a game ended: [name, text] pairs.
function outcomeOf(frames) {
  const outcome = [["Return", number(frames.at(-1).total)]];
  if (DATA.network) {
    const steps = frames.slice(1);
    outcome.push([serverName(frames), serverText(frames)]);
    outcome.push(["Damage", number(sum(steps.map((frame) => frame.scene.damage)))]);
    outcome.push(["Actions cost", number(sum(steps.map(actionCosts)))]);
  }
  if (DATA.talks) {
    const changed = plural(actionsChanged(frames), "action");
    outcome.push(["Messages heard", `${messagesHeard(frames)}, which changed ${changed}`]);
  }
  return outcome;
}
