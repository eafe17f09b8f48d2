// Elements of the page and of drawings. Names that users chose only ever become text.

function make(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function draw(tag, attributes, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

function describe(list, pairs) {
  list.replaceChildren(
    ...pairs.map(([name, value]) => make("div", null, make("dt", null, name), make("dd", null, value))),
  );
}

const PILL_TEXT = 11.5; // pixels; as in page.css
const NAME_TEXT = 13;
const ruler = make("canvas").getContext("2d");

function widthOf(text, size) {
  ruler.font = `650 ${size}px system-ui, sans-serif`;
  return ruler.measureText(text).width;
}

// A name cut to the room that it has; it is told in full by the title.
function drawName(x, y, name, room) {
  let text = name;
  while (text.length > 1 && widthOf(text, NAME_TEXT) > room) text = `${text.replace("…", "").slice(0, -1)}…`;
  return draw("text", { x, y, class: "name" }, text, draw("title", null, name));
}

// A word in a box with round ends, by its middle or its left end.
function pill(x, y, text, kind, anchor = "middle") {
  const width = 14 + widthOf(text, PILL_TEXT);
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return draw(
    "g",
    { class: `pill ${kind}` },
    draw("rect", { x: left, y: y - 9, width, height: 18, rx: 9 }),
    draw("text", { x: left + width / 2, y: y + 4, "text-anchor": "middle" }, text),
  );
}
