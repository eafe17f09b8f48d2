// Where subnets and hosts are drawn, in a picture of a given width.

const BOX = { width: 200, height: 62, gap: 22 };
const SUBNET = { narrowest: 176, head: 46, pad: 14, gap: 56 };
const ABOVE = 56; // room for messages over the first row
const BELOW = 11; // room for what stands on the lower edge of a subnet
const BESIDE = 34; // room for messages beside subnets that stand one below the other

function layoutOf(network, width) {
  const hosts = network.subnets.map((_, subnet) =>
    network.hosts.map((host, index) => (host.subnet === subnet ? index : -1)).filter((index) => index >= 0),
  );
  const inOneRow = width >= network.subnets.length * (SUBNET.narrowest + SUBNET.gap) - SUBNET.gap;
  return inOneRow ? sideBySide(hosts, width) : stacked(hosts, width);
}

function sideBySide(hosts, width) {
  const n = hosts.length;
  const own = Math.min(BOX.width + 2 * SUBNET.pad, (width - (n - 1) * SUBNET.gap) / n);
  const gap = n > 1 ? Math.min(130, (width - n * own) / (n - 1)) : 0;
  const left = (width - n * own - (n - 1) * gap) / 2;
  const most = Math.max(...hosts.map((members) => members.length));
  const height = SUBNET.head + most * (BOX.height + BOX.gap);
  const subnets = hosts.map((_, index) => ({ x: left + index * (own + gap), y: ABOVE, width: own, height }));
  const boxes = [];
  hosts.forEach((members, index) => placeIn(boxes, subnets[index], members, 1));
  return { width, height: ABOVE + height + BELOW, subnets, boxes, stacked: false };
}

function stacked(hosts, width) {
  const own = width - BESIDE - 2;
  const columns = Math.max(1, Math.min(3, Math.floor(own / 156)));
  const boxes = [];
  let y = 2;
  const subnets = hosts.map((members) => {
    const rows = Math.ceil(members.length / columns);
    const subnet = { x: 2, y, width: own, height: SUBNET.head + rows * (BOX.height + BOX.gap) };
    placeIn(boxes, subnet, members, columns);
    y += subnet.height + 16;
    return subnet;
  });
  return { width, height: y - 16 + BELOW, subnets, boxes, stacked: true };
}

function placeIn(boxes, subnet, members, columns) {
  const width = (subnet.width - (columns + 1) * SUBNET.pad) / columns;
  members.forEach((host, place) => {
    boxes[host] = {
      x: subnet.x + SUBNET.pad + (place % columns) * (width + SUBNET.pad),
      y: subnet.y + SUBNET.head + Math.floor(place / columns) * (BOX.height + BOX.gap),
      width,
      height: BOX.height,
    };
  });
}

// Where an agent stands: at the end of the heading of its first subnet, beside those who share it if
// messages pass above.
function seatOf(layout, agent) {
  const { x, y, width } = homeOf(layout, agent);
  const { defenders } = DATA.network.subnets.find((subnet) => subnet.defenders.includes(agent));
  const aside = layout.stacked ? 0 : (defenders.indexOf(agent) * width) / (2 * defenders.length);
  return { x: x + width - SUBNET.pad - aside, y: y + 18 };
}

function homeOf(layout, agent) {
  return layout.subnets[DATA.network.subnets.findIndex((subnet) => subnet.defenders.includes(agent))];
}

// A line between two boxes: round the outside within a column, else from side to side.
function pathBetween(from, to) {
  const start = middle(from);
  const end = middle(to);
  if (Math.abs(start.x - end.x) < 1) {
    const x = from.x;
    const bend = x - 18;
    return `M${x} ${start.y} C${bend} ${start.y} ${bend} ${end.y} ${to.x - 2} ${end.y}`;
  }
  const right = end.x > start.x;
  const x1 = right ? from.x + from.width : from.x;
  const x2 = right ? to.x - 3 : to.x + to.width + 3;
  const bend = (x2 - x1) / 2;
  return `M${x1} ${start.y} C${x1 + bend} ${start.y} ${x2 - bend} ${end.y} ${x2} ${end.y}`;
}

function middle(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
