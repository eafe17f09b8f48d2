// Which game and step are shown, and everything that changes them.

const NARROWEST = 280; // pixels
const PACE = 900; // milliseconds per step at speed 1
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

function markRow() {
  byId("all-games").querySelectorAll("tbody tr").forEach((row, index) => {
    row.classList.toggle("chosen", index === shown.game);
  });
}

// How wide a drawing may be; a window that is not shown yet has no width.
function roomIn(place) {
  return Math.max(NARROWEST, place.clientWidth);
}

// Draw what depends on the width of the window.
function redraw() {
  const place = byId("timeline");
  shown.timeline = drawTimeline(shown.frames, roomIn(place));
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
  byId("agents").replaceChildren(...(shown.step ? drawAgents(frame) : ["Nobody has acted yet."]));
  describe(byId("bill"), billOf(frame));
  for (const id of ["first", "back"]) byId(id).disabled = shown.step === 0;
  for (const id of ["forward", "last"]) byId(id).disabled = shown.step === last;
  for (const kind of Object.keys(shown.events)) byId(`jump-${kind}`).disabled = nextOf(kind, 1) === undefined;
  if (DATA.network) showNetwork(frame);
  remember();
}

// In the address, so that a moment can be pointed to.
function remember() {
  try {
    history.replaceState(null, "", `#game=${shown.game + 1}&step=${shown.step}`);
  } catch {
    // Some browsers refuse too many in a short time: the address is then of a moment before.
  }
}

function showNetwork(frame) {
  const place = byId("network");
  place.replaceChildren(drawNetwork(frame, roomIn(place)));
  byId("attack").replaceChildren(make("b", null, "Attacker "), ...attackParts(frame.scene));
}

function attackParts(scene) {
  if (!shown.step) return ["is on its own host and knows nothing else."];
  const noticed = isNoticed(scene) ? [" ", make("span", { class: "seen" }, "The monitor saw it.")] : [];
  return [attackText(scene.attack), ...noticed];
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
