// The network of one frame as a drawing.

const ARROWHEAD = {
  viewBox: "0 0 8 8",
  refX: 7,
  refY: 4,
  markerWidth: 8,
  markerHeight: 8,
  orient: "auto",
  markerUnits: "userSpaceOnUse",
};

function drawNetwork(frame, width) {
  const network = DATA.network;
  const layout = layoutOf(network, width);
  const picture = draw("svg", {
    viewBox: `0 0 ${layout.width} ${layout.height}`,
    width: layout.width,
    height: layout.height,
    role: "img",
    "aria-label": networkText(frame.scene),
  });
  picture.append(
    arrowheads(),
    ...layout.subnets.map((place, index) => drawSubnet(place, network.subnets[index])),
    ...drawWaysIn(layout),
    ...layout.boxes.map((box, index) => drawHost(box, index, frame.scene)),
    ...drawBlocks(layout, frame.scene),
    ...drawAttack(layout, frame.scene.attack),
    ...drawGreen(layout, frame.scene.scanned),
    ...drawMessages(layout, frame.agents),
  );
  return picture;
}

function networkText(scene) {
  const told = scene.hosts.map((host, index) => {
    const name = DATA.network.hosts[index].name;
    return `${name}: truth ${TRUTHS[host.truth][1]}, believed ${BELIEFS[host.believed][1]}, seen ${host.seen}`;
  });
  return told.join("; ");
}

function arrowheads() {
  const head = (id) =>
    draw("marker", { id, ...ARROWHEAD }, draw("path", { d: "M0 0 L8 4 L0 8 Z" }));
  return draw("defs", null, head("attack-head"), head("message-head"), head("way-head"));
}

function drawSubnet(place, subnet) {
  return draw(
    "g",
    { class: "subnet" },
    draw("rect", { x: place.x, y: place.y, width: place.width, height: place.height, rx: 10 }),
    drawName(place.x + SUBNET.pad, place.y + 21, subnet.name, place.width / 2),
    pill(place.x + place.width - SUBNET.pad, place.y + 18, defendersText(subnet.defenders), "defender", "end"),
  );
}

function defendersText(defenders) {
  return defenders.length === 1 ? DATA.agents[defenders[0]] : `${defenders.length} defenders`;
}

// From every host whose root session is the way into another subnet, to that subnet.
function drawWaysIn(layout) {
  return DATA.network.hosts.flatMap((host, index) => {
    if (host.reveals === null) return [];
    const to = layout.subnets[host.reveals];
    const box = layout.boxes[index];
    const d = layout.stacked ? wayDown(box, to) : wayAcross(box, to);
    return [draw("path", { d, class: "way", "marker-end": "url(#way-head)" })];
  });
}

function wayDown(box, subnet) {
  const below = subnet.y > box.y;
  const end = below ? subnet.y - 3 : subnet.y + subnet.height + 3;
  return `M${box.x + box.width / 2} ${below ? box.y + box.height : box.y} V${end}`;
}

function wayAcross(box, subnet) {
  const right = subnet.x > box.x;
  const end = right ? subnet.x - 3 : subnet.x + subnet.width + 3;
  return `M${right ? box.x + box.width : box.x} ${box.y + 16} H${end}`;
}

function drawHost(box, index, scene) {
  const host = scene.hosts[index];
  const own = index === DATA.network.foothold;
  const small = box.width < 150;
  const half = small ? 74 : box.width / 2 + 10; // where the right half begins
  const group = draw(
    "g",
    { class: `host ${own ? "own" : host.truth}${small ? " small" : ""}` },
    draw("rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 7 }),
    drawName(box.x + 10, box.y + 18, nameOf(index, scene), box.width - (host.process_known ? 44 : 16)),
  );
  if (own) {
    group.append(draw("text", { x: box.x + 10, y: box.y + 40, class: "note" }, "the attacker's own"));
    return group;
  }
  const [mark, truth] = TRUTHS[host.truth];
  const [sign, belief] = BELIEFS[host.believed];
  group.append(
    ...drawFact(box.x + 10, box.y, "truth", `${mark} ${truth}`, "truth"),
    ...drawFact(box.x + half, box.y, "believed", `${sign} ${belief}`, "belief"),
  );
  if (isWrong(host)) {
    const place = { x: box.x + half - (small ? 8 : 11), y: box.y + 51, "text-anchor": "middle" };
    group.append(draw("text", { ...place, class: "wrong" }, "≠"));
  }
  if (host.process_known) {
    const place = { x: box.x + box.width - 10, y: box.y + 21, "text-anchor": "end" };
    group.append(draw("text", { ...place, class: "note" }, "pid"));
  }
  if (host.seen !== "none") {
    group.append(pill(box.x + box.width - 6, box.y, ALERTS[host.seen], `alert ${host.seen}`, "end"));
  }
  return group;
}

function nameOf(index, scene) {
  const name = DATA.network.hosts[index].name;
  return index === scene.objective ? `★ ${name}` : name;
}

function drawFact(x, y, caption, value, kind) {
  return [
    draw("text", { x, y: y + 34, class: "note" }, caption),
    draw("text", { x, y: y + 51, class: kind }, value),
  ];
}

function drawBlocks(layout, scene) {
  return scene.deeds.flatMap((deed, agent) => {
    if (deed.blocks === null) return [];
    const home = homeOf(layout, agent);
    const text = `⊘ blocks ${DATA.network.subnets[deed.blocks].name}`;
    return [pill(home.x + home.width - SUBNET.pad, home.y + home.height, text, "block", "end")];
  });
}

function drawAttack(layout, attack) {
  if (!attack) return [];
  const kind = attack.result === "success" ? "works" : "fails";
  const source = layout.boxes[attack.source];
  const subnet = { ...layout.subnets[attack.target], height: SUBNET.head - 13 }; // its heading
  const target = attack.at_subnet ? subnet : layout.boxes[attack.target];
  const stopped = ["blocked", "protected"].includes(attack.result);
  const text = `${ATTACKS[attack.name] || attack.name} ${kind === "works" ? "✓" : stopped ? "⊘" : "✗"}`;
  const label = pill(target.x + 8, target.y + target.height + 4, text, `attack ${kind}`, "start");
  if (staysAtHome(attack)) return [label];
  const d = pathBetween(source, target);
  return [draw("path", { d, class: `attack ${kind}`, "marker-end": "url(#attack-head)" }), label];
}

function staysAtHome(attack) {
  return attack.target === (attack.at_subnet ? DATA.network.hosts[attack.source].subnet : attack.source);
}

function drawGreen(layout, scanned) {
  if (scanned === null) return [];
  const box = layout.boxes[scanned];
  return [pill(box.x + box.width - 6, box.y + box.height + 4, "green", "green", "end")];
}

function drawMessages(layout, agents) {
  const drawn = agents.flatMap((agent, receiver) =>
    agent.heard.map((message) => drawMessage(layout, message, receiver, message.without !== agent.action)),
  );
  return [...drawn.map(([line]) => line), ...drawn.map(([, label]) => label)]; // no line over a label
}

function drawMessage(layout, message, receiver, changed) {
  const from = seatOf(layout, message.sender);
  const to = seatOf(layout, receiver);
  const lead = message.sender < receiver ? 1 : -1;
  const curve = layout.stacked ? besides(layout, from, to, lead) : over(from, to, lead);
  const kind = changed ? "changes" : "idle";
  const text = message.bits.length > LONGEST_MESSAGE ? "…" : message.bits;
  return [
    draw("path", { d: curve.d, class: `message ${kind}`, "marker-end": "url(#message-head)" }),
    pill(curve.x, curve.y, text, `message ${kind}`, curve.anchor),
  ];
}

function over(from, to, lead) {
  const top = Math.max(12, from.y - 38 - Math.abs(to.x - from.x) / 14) + (lead > 0 ? 0 : 10);
  const x1 = from.x - 24 + 5 * lead;
  const x2 = to.x - 24 - 5 * lead;
  const d = `M${x1} ${from.y - 10} C${x1} ${top} ${x2} ${top} ${x2} ${to.y - 12}`;
  return { d, x: (x1 + x2) / 2 - 14 * lead, y: top + (from.y - 10 - top) / 4, anchor: "middle" };
}

function besides(layout, from, to, lead) {
  const x = from.x + SUBNET.pad + BESIDE - 12;
  const start = from.y + 4 * lead;
  const end = to.y - 4 * lead;
  const d = `M${from.x} ${start} C${x + 8} ${start} ${x + 8} ${end} ${to.x + 3} ${end}`;
  return { d, x: layout.width - 1, y: (start + end) / 2 - 12 * lead, anchor: "end" };
}
