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

const ruler = make("canvas").getContext("2d");

function widthOf(text) {
  ruler.font = "600 11.5px system-ui, sans-serif"; // as that of .pill text in page.css
  return ruler.measureText(text).width;
}

// A word in a box with round ends, by its middle or its left end.
function pill(x, y, text, kind, anchor = "middle") {
  const width = 14 + widthOf(text);
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return draw(
    "g",
    { class: `pill ${kind}` },
    draw("rect", { x: left, y: y - 9, width, height: 18, rx: 9 }),
    draw("text", { x: left + width / 2, y: y + 4, "text-anchor": "middle" }, text),
  );
}
