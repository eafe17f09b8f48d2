// The game from left to right: return so far, the server, alerts, messages.

const TRACK = { label: 96, narrow: 74, curve: 46, row: 18, edge: 8 };

function drawTimeline(frames, width) {
  const label = width < 560 ? TRACK.narrow : TRACK.label;
  const last = Math.max(1, frames.length - 1);
  const x = (step) => label + TRACK.edge + ((width - label - 2 * TRACK.edge) * step) / last;
  const rows = rowsOf(frames);
  const height = TRACK.curve + rows.length * TRACK.row + 6;
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
  picture.append(draw("line", { id: "now", x1: 0, x2: 0, y1: 0, y2: height }), ...drawCurve(frames, x));
  rows.forEach(([name, marks], index) => {
    const y = TRACK.curve + index * TRACK.row + 14;
    picture.append(draw("text", { x: 0, y: y + 4, class: "label" }, name));
    picture.append(draw("line", { x1: x(0), x2: x(last), y1: y, y2: y, class: "track" }));
    for (const [step, kind] of marks) picture.append(drawMark(kind, x(step), y, x(1) - x(0)));
  });
  return { picture, x, label };
}

function rowsOf(frames) {
  const marks = (find) => frames.map((frame, step) => [step, find(frame)]).filter((mark) => mark[1]);
  const rows = [];
  if (DATA.network) {
    rows.push([serverName(frames), marks((frame) => (serverOf(frame) === "none" ? "" : `held ${serverOf(frame)}`))]);
    rows.push(["alerts", marks(alertKind)]);
  }
  if (DATA.talks) rows.push(["messages", marks(messageKind)]);
  return rows;
}

function alertKind(frame) {
  const seen = alertsOf(frame);
  return seen.includes("exploit") ? "exploit" : seen.length ? "scan" : "";
}

function messageKind(frame) {
  if (!isHeard(frame)) return "";
  return frame.agents.some(isChanged) ? "changes" : "idle";
}

function drawCurve(frames, x) {
  const totals = frames.map((frame) => frame.total);
  const low = Math.min(...totals);
  const high = Math.max(...totals);
  const y = (total) => 8 + ((high - total) / (high - low || 1)) * (TRACK.curve - 16);
  const d = totals.map((total, step) => `${step ? "L" : "M"}${x(step).toFixed(1)} ${y(total).toFixed(1)}`).join("");
  return [
    draw("path", { d, class: "curve" }),
    draw("text", { x: 0, y: 20, class: "label" }, "return so far"),
    draw("text", { x: 0, y: 34, class: "label" }, `${number(low)} to ${number(high)}`),
  ];
}

function drawMark(kind, x, y, width) {
  if (kind.startsWith("held")) {
    return draw("rect", { x: x - width, y: y - 5, width: width + 0.5, height: 10, class: kind });
  }
  const size = Math.min(5, 0.45 * width); // half of a mark's
  if (kind === "exploit" || kind === "scan") {
    return draw("path", { d: `M${x - size} ${y + 4} L${x} ${y - 5} L${x + size} ${y + 4} Z`, class: `mark ${kind}` });
  }
  return draw("circle", { cx: x, cy: y, r: size - 0.5, class: `mark ${kind}` });
}
