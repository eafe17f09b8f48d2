// What is written once, and who listens to what.

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
    const names = [make("span", { class: "wide" }, name), make("span", { class: "narrow" }, short)];
    const button = make("button", attributes, ...names);
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
  const names = ["Game", ...games[0].map(([name]) => name)];
  const heading = make("tr", null, ...names.map((name) => make("th", { scope: "col" }, name)));
  const rows = games.map((outcome, index) => {
    const button = make("button", { type: "button" }, String(index + 1));
    button.addEventListener("click", () => chooseGame(index));
    return make("tr", null, make("td", null, button), ...outcome.map(([, value]) => make("td", null, value)));
  });
  byId("all-games").querySelector("table").replaceChildren(make("thead", null, heading), make("tbody", null, ...rows));
}

function caption() {
  const told = DATA.caption;
  byId("title").textContent = told.title;
  const steps = told.t_env.toLocaleString("en");
  byId("caption").textContent = `${told.run}, trained for ${steps} steps; ${told.games}, seed ${told.seed}`;
  describe(byId("settings").querySelector("dl"), Object.entries(told.settings));
  byId("keys").replaceChildren(...KEYS.map(([key, what]) => make("li", null, make("kbd", null, key), ` ${what}`)));
  byId("legend").textContent = legend();
}

function legend() {
  const green = DATA.games.some((game) => game.steps.some((step) => step.scene && step.scene.scanned !== null));
  return (
    "○ clean  ◐ user session  ● root session  ? unknown  pid: process known, so that it can be ended  " +
    "★ what the attacker wants  ▲ △ alerts  dotted: way into a subnet" +
    (green ? "  green: an innocent user's scan" : "")
  );
}

function begin() {
  byId("page").hidden = false;
  document.body.classList.toggle("without-network", !DATA.network);
  caption();
  addJumps();
  listGames();
  listen();
  const place = new URLSearchParams(location.hash.slice(1));
  const named = (name) => parseInt(place.get(name), 10) || 0;
  chooseGame(named("game") - 1, named("step"));
}

begin();
