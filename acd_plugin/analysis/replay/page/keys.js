// What can be jumped to, and what the keyboard does.

const JUMPS = {
  message: { key: "m", name: "Message", short: "Message", what: "the next message" },
  change: { key: "c", name: "Changed action", short: "Change", what: "the next action that a message changed" },
  alert: { key: "a", name: "Alert", short: "Alert", what: "the next alert" },
  fall: { key: "s", name: "Server falls", short: "Fall", what: "the next fall of what the attacker wants" },
};
const KEYS = [
  ["space", "play, pause"],
  ["← →", "one step"],
  ["Home End", "first and last step"],
  ...Object.values(JUMPS).map(({ key, what }) => [key, what]),
  ["shift", "with one of these letters: the one before"],
  ["p n", "game before, next game"],
];

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
    p: () => chooseGame(shown.game - 1),
    n: () => chooseGame(shown.game + 1),
    ...Object.fromEntries(jumps),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!doing) return;
  event.preventDefault();
  doing();
}
