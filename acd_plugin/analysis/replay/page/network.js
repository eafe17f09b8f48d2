// The network of one frame as a drawing.

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
    ...layout.boxes.map((box, index) => drawHost(box, index, frame.scene.hosts[index])),
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
    draw(
      "marker",
      { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto", markerUnits: "userSpaceOnUse" },
      draw("path", { d: "M0 0 L8 4 L0 8 Z" }),
    );
  return draw("defs", null, head("attack-head"), head("message-head"), head("way-head"));
}

function drawSubnet(place, subnet) {
  return draw(
    "g",
    { class: "subnet" },
    draw("rect", { x: place.x, y: place.y, width: place.width, height: place.height, rx: 10 }),
    draw("text", { x: place.x + SUBNET.pad, y: place.y + 25, class: "name" }, subnet.name),
    pill(place.x + place.width - SUBNET.pad, place.y + 20, DATA.agents[subnet.defender], "defender", "end"),
  );
}

// From every host whose root session is the way into another subnet, to that subnet.
function drawWaysIn(layout) {
  return DATA.network.hosts.flatMap((host, index) => {
    if (host.reveals === null) return [];
    const to = layout.subnets[host.reveals];
    const box = layout.boxes[index];
    const d = layout.stacked
      ? `M${box.x + box.width / 2} ${box.y + box.height} V${to.y > box.y ? to.y - 3 : to.y + to.height}`
      : `M${box.x + box.width} ${box.y + 16} H${to.x - 3}`;
    return [draw("path", { d, class: "way", "marker-end": "url(#way-head)" })];
  });
}

function drawHost(box, index, host) {
  const own = index === DATA.network.foothold;
  const half = box.width / 2;
  const group = draw(
    "g",
    { class: `host ${own ? "own" : host.truth}` },
    draw("rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 7 }),
    draw("text", { x: box.x + 10, y: box.y + 18, class: "name" }, nameOf(index)),
  );
  if (own) {
    group.append(draw("text", { x: box.x + 10, y: box.y + 40, class: "note" }, "the attacker's own"));
    return group;
  }
  const [mark, truth] = TRUTHS[host.truth];
  const [sign, belief] = BELIEFS[host.believed];
  group.append(
    ...drawFact(box.x + 10, box.y, "truth", `${mark} ${truth}`, "truth"),
    ...drawFact(box.x + half + 10, box.y, "believed", `${sign} ${belief}`, "belief"),
  );
  if (isWrong(host)) {
    group.append(draw("text", { x: box.x + half - 2, y: box.y + 51, class: "wrong", "text-anchor": "middle" }, "≠"));
  }
  if (host.process_known) {
    group.append(draw("text", { x: box.x + box.width - 10, y: box.y + 21, class: "note", "text-anchor": "end" }, "pid"));
  }
  if (host.seen !== "none") {
    group.append(pill(box.x + box.width - 6, box.y, ALERTS[host.seen], `alert ${host.seen}`, "end"));
  }
  return group;
}

function nameOf(index) {
  const name = DATA.network.hosts[index].name;
  return index === DATA.network.objective ? `★ ${name}` : name;
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
    return [pill(home.x + SUBNET.pad, home.y, text, "block", "start")];
  });
}

function drawAttack(layout, attack) {
  if (!attack) return [];
  const kind = attack.result === "success" ? "works" : "fails";
  const source = layout.boxes[attack.source];
  const subnet = { ...layout.subnets[attack.target], height: SUBNET.head - 16 }; // its heading
  const target = attack.at_subnet ? subnet : layout.boxes[attack.target];
  const text = `${ATTACKS[attack.name]} ${kind === "works" ? "✓" : attack.blocked ? "⊘" : "✗"}`;
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
  return [pill(box.x + box.width - 6, box.y + box.height, "user's scan", "green", "end")];
}

function drawMessages(layout, agents) {
  return agents.flatMap((agent, receiver) =>
    agent.heard.flatMap((message) => drawMessage(layout, message, receiver, message.without !== agent.action)),
  );
}

function drawMessage(layout, message, receiver, changed) {
  const from = seatOf(layout, message.sender);
  const to = seatOf(layout, receiver);
  const lead = message.sender < receiver ? 1 : -1;
  const curve = layout.stacked ? besides(from, to, lead) : over(from, to, lead);
  const kind = changed ? "changes" : "idle";
  return [
    draw("path", { d: curve.d, class: `message ${kind}`, "marker-end": "url(#message-head)" }),
    pill(curve.x, curve.y, messageText(message.bits), `message ${kind}`),
  ];
}

function over(from, to, lead) {
  const top = Math.max(12, from.y - 38 - Math.abs(to.x - from.x) / 14) + (lead > 0 ? 0 : 10);
  const x1 = from.x - 24 + 5 * lead;
  const x2 = to.x - 24 - 5 * lead;
  const d = `M${x1} ${from.y - 10} C${x1} ${top} ${x2} ${top} ${x2} ${to.y - 12}`;
  return { d, x: (x1 + x2) / 2 - 14 * lead, y: top + (from.y - 10 - top) / 4 };
}

function besides(from, to, lead) {
  const x = from.x + SUBNET.pad + BESIDE - 12;
  const start = from.y + 4 * lead;
  const end = to.y - 4 * lead;
  const d = `M${from.x} ${start} C${x + 8} ${start} ${x + 8} ${end} ${to.x + 3} ${end}`;
  return { d, x: x - 4, y: (start + end) / 2 - 12 * lead };
}
