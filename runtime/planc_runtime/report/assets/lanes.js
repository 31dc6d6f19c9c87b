// The upper half of the time line: axis, what the plan did, fault windows, a lane per node.

const AXIS = 24;
const STEPS = 20;
const FAULT = 21;
const LANE = 26;
const FAMILIES = ["process", "network", "clock", "disk", "resource", "honesty"];

// Faults that do not overlap share a row; the words beside a short one count as part of it.
function packFaults(faults, length, width) {
  const rows = [];
  const last = [];
  for (const fault of faults) {
    const end = fault.end === null ? length : fault.end;
    const letters = (fault.name.length * 6.3 + 14) * (length / width);
    const reach = Math.max(end, fault.start + Math.min(letters, length * 0.5));
    let row = rows.findIndex((until) => until <= fault.start);
    if (row < 0) row = rows.push(0) - 1;
    rows[row] = reach;
    // Where the words beside it must end, however narrow the picture becomes.
    fault.next = Infinity;
    if (last[row]) last[row].next = fault.start;
    last[row] = fault;
    fault.row = row;
    fault.until = end;
  }
  return rows.length;
}

class Lanes {
  constructor(data) {
    this.data = data;
    this.rows = packFaults(data.faults, data.length, 900);
    this.faultTop = AXIS + STEPS;
    this.laneTop = this.faultTop + this.rows * FAULT + (this.rows ? 8 : 0);
    this.height = this.laneTop + data.lanes.length * LANE + 6;
    this.name = `h${Math.random().toString(36).slice(2, 8)}`;
    this.element = svg("svg", { class: "lanes", "aria-hidden": "true" });
  }

  draw(view, colours, width) {
    this.element.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    const clip = svg("clipPath", { id: `${this.name}c` }, svg("rect", {
      x: view.left, y: 0, width: view.width, height: this.height,
    }));
    const patterns = svg("defs", {},
      hatching(`${this.name}down`, colours["role-down"], colours.card, 45),
      hatching(`${this.name}paused`, colours["role-paused"], colours.card, -45),
      clip);
    const inside = svg("g", { "clip-path": `url(#${this.name}c)` });
    inside.append(...this.axis(view), ...this.steps(view), ...this.faults(view, colours, width));
    const parts = [patterns, ...this.gutter(view, colours), inside];
    this.data.lanes.forEach((lane, n) => inside.append(...this.lane(view, colours, lane, n)));
    this.element.replaceChildren(...parts);
  }

  gutter(view) {
    const label = (y, text, kind) =>
      svg("text", { x: view.left - 10, y, class: `label ${kind}`, "text-anchor": "end" }, text);
    const room = view.left - 16;
    const found = [label(AXIS - 8, shorten(this.data.unit, room, 5.6), "small")];
    found.push(label(AXIS + 13, "plan", "small"));
    if (this.rows) found.push(label(this.faultTop + 14, "faults", "small"));
    this.data.lanes.forEach((lane, n) => {
      found.push(label(this.laneTop + n * LANE + 17, shorten(lane.node, room, 7.4), "node"));
    });
    return found;
  }

  axis(view) {
    return ticks(view).flatMap(({ time, text }) => [
      svg("line", {
        x1: view.x(time), x2: view.x(time), y1: AXIS - 5, y2: this.height, class: "grid",
      }),
      svg("text", {
        x: view.x(time), y: AXIS - 9, class: "tick",
        // What stands at an edge begins or ends there: half of it would be cut off.
        "text-anchor": view.x(time) < view.left + 8 ? "start"
          : view.x(time) > view.left + view.width - 8 ? "end" : "middle",
      }, text),
    ]);
  }

  steps(view) {
    const found = [];
    let free = -Infinity;
    for (const moment of this.data.moments) {
      const x = view.x(moment.at);
      if (x < view.left - 2 || x > view.left + view.width + 2) continue;
      if (moment.kind === "workload") continue;
      const kind = moment.kind === "passed" ? "passed" : moment.kind;
      found.push(svg("path", { d: `M${x},${AXIS + 2} v14`, class: `moment ${kind}` }));
      const bold = kind === "failed" || kind === "mark" || kind === "inconclusive";
      if (bold && x >= free) {
        const words = shorten(kind === "mark" ? moment.text : kind, 130);
        found.push(svg("text", { x: x + 4, y: AXIS + 13, class: `moment ${kind}` }, words));
        free = x + words.length * 6.3 + 12;
      }
    }
    return found;
  }

  faults(view, colours, width) {
    return this.data.faults.flatMap((fault) => {
      const left = view.x(fault.start);
      const right = Math.max(view.x(fault.until), left + 3);
      if (right < view.left || left > view.left + view.width) return [];
      const y = this.faultTop + fault.row * FAULT;
      const from = Math.max(left, view.left);
      const visible = Math.min(right, view.left + view.width) - from;
      const colour = colours[fault.family];
      const missed = fault.hold !== "installed";
      const fits = shorten(fault.name, visible - 12);
      const within = fits.length >= Math.min(fault.name.length, 8);
      const free = Math.min(width, fault.next < view.to ? view.x(fault.next) : width);
      const room = within ? visible - 12 : free - right - 10;
      return [
        svg("rect", {
          x: left, y: y + 2, width: right - left, height: FAULT - 5, rx: 3,
          class: `fault${missed ? " missed" : ""}`, fill: colour, stroke: colour,
        }),
        svg("text", {
          x: within ? from + 6 : right + 5, y: y + 14, class: "fault-name",
        }, shorten(`${missed ? "? " : ""}${fault.name}`, room)),
      ];
    });
  }

  lane(view, colours, lane, n) {
    const y = this.laneTop + n * LANE;
    const found = [];
    for (const [start, end, role] of lane.segments) {
      if (end < view.from || start > view.to) continue;
      const left = Math.max(view.x(start), view.left - 1);
      const right = Math.min(view.x(end), view.left + view.width + 1);
      const kind = roleClass(role);
      const hatched = kind === "down" || kind === "paused";
      found.push(svg("rect", {
        x: left, y: y + 3, width: Math.max(right - left, 1), height: LANE - 10,
        class: `role ${kind}`, fill: hatched ? `url(#${this.name}${kind})` : undefined,
      }));
      const text = shorten(role, right - left - 10);
      if (text && kind !== "unknown") {
        const said = svg("text", { x: left + 6, y: y + 15, class: `role ${kind}` }, text);
        found.push(said);
      }
    }
    return [...found, ...this.troubles(view, colours, lane, y)];
  }

  // A line under a lane for what troubles the node and leaves its role alone; a clock that is off
  // is a state of the node, and is said in words as well.
  troubles(view, colours, lane, y) {
    const found = [];
    for (const fault of this.data.faults) {
      if (fault.family === "process" || !fault.targets.includes(lane.node)) continue;
      const left = Math.max(view.x(fault.start), view.left);
      const right = Math.min(view.x(fault.until), view.left + view.width);
      if (right < view.left || left > view.left + view.width) continue;
      found.push(svg("rect", {
        x: left, y: y + LANE - 6, fill: colours[fault.family], class: `trouble ${fault.family}`,
        width: Math.max(right - left, 2), height: 3, rx: 1.5,
      }));
      if (fault.family !== "clock" || fault.hold !== "installed") continue;
      found.push(svg("rect", {
        x: left, y: y + 3, width: Math.max(right - left, 2), height: LANE - 10, class: "clock-off",
      }));
      const text = shorten("clock off", right - left - 10);
      if (text) found.push(svg("text", { x: left + 6, y: y + 15, class: "role clock-off" }, text));
    }
    return found;
  }

  // What lies under a point: a fault, a node in a role, or a moment of the plan.
  under(view, x, y) {
    const time = view.time(x);
    if (y < this.faultTop) {
      const near = this.data.moments
        .map((moment) => ({ moment, far: Math.abs(view.x(moment.at) - x) }))
        .filter(({ far }) => far <= 6)
        .sort((a, b) => a.far - b.far);
      return near.length ? { moment: near[0].moment } : null;
    }
    if (y < this.laneTop) {
      const row = Math.floor((y - this.faultTop) / FAULT);
      const fault = this.data.faults.find((each) => each.row === row
        && view.x(each.start) - 4 <= x
        && Math.max(view.x(each.until), view.x(each.start) + each.name.length * 6.3) + 8 >= x);
      return fault ? { fault } : null;
    }
    const lane = this.data.lanes[Math.floor((y - this.laneTop) / LANE)];
    const segment = lane && lane.segments.find(([start, end]) => start <= time && time <= end);
    return segment ? { lane, segment } : null;
  }
}
