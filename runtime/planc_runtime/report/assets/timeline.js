// The time line: one view of time for axis, lanes, bands and points; zoom, pan, hover, select.

const OVERVIEW = 40;
const EDGE = 14;

class Timeline {
  constructor(host, data, selected) {
    this.data = data;
    this.selected = selected;
    this.view = new TimeView(data.length);
    this.lanes = new Lanes(data);
    this.operations = new Operations(data);
    this.chosen = null;
    this.pinned = null;
    this.build(host);
    this.listen();
    redrawn.add(() => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.plot);
    this.draw();
  }

  build(host) {
    const button = (text, label, act) => {
      const made = html("button", { type: "button", title: label, "aria-label": label }, text);
      made.addEventListener("click", () => { act(); this.draw(); });
      return made;
    };
    this.buttons = html("div", { class: "zoom" },
      button("−", "zoom out (-)", () => this.view.zoom(2)),
      button("+", "zoom in (+)", () => this.view.zoom(0.5)),
      button("all", "show all of it (0)", () => this.view.show(0, this.data.length)));
    this.overview = html("canvas", { class: "overview", title: "drag to choose what is in view" });
    this.tip = html("div", { class: "tip", hidden: "" });
    this.hover = html("div", { class: "cursor", hidden: "" });
    this.pin = html("div", { class: "cursor pin", hidden: "" });
    this.plot = html("div", {
      class: "plot", tabindex: "0", role: "group", "aria-roledescription": "time line",
      "aria-label": `${this.data.alternative} Arrow keys move, plus and minus zoom, 0 shows all, `
        + "n and p go to the next and previous operation that was not ok.",
    }, this.lanes.element, this.operations.canvas, this.hover, this.pin, this.tip);
    this.said = html("p", { class: "said", "aria-live": "polite" });
    this.hint = html("p", { class: "hint" }, this.hintText());
    host.replaceChildren(
      html("div", { class: "controls" }, this.legend(), this.buttons),
      this.overview, this.plot, html("div", { class: "below" }, this.hint, this.said));
  }

  hintText() {
    const left = this.operations.all.total - this.operations.all.size;
    const shown = left ? `${count(this.operations.all.size)} of ${count(this.operations.all.total)} `
      + "operations are shown one by one: those that were not ok, evidence, the slowest, and evenly "
      + "chosen others; the bands count all. " : "";
    return `${shown}Ctrl + wheel zooms, dragging moves, a click pins a moment.`;
  }

  legend() {
    const item = (kind, text) => html("span", { class: "item" }, html("i", { class: `sign ${kind}` }), text);
    const roles = new Set(this.data.lanes.flatMap((lane) => lane.segments.map(([, , role]) => role)));
    const found = [...roles].sort().map((role) => item(`role-${roleClass(role)}`, role));
    const TROUBLES = {
      clock: "clock off", network: "links troubled", disk: "disk troubled",
      resource: "resources short", honesty: "dishonest",
    };
    for (const [family, text] of Object.entries(TROUBLES)) {
      const there = this.data.faults.some((fault) => fault.family === family && fault.targets.length);
      if (there) found.push(item(`trouble-${family}`, text));
    }
    if (this.operations.height) {
      found.push(item("ok", "ok"), item("fail", "fail"), item("unknown", "unknown outcome"),
        item("median", "p50"), item("tail", "p99"));
    }
    return html("div", { class: "legend" }, ...found);
  }

  draw() {
    const width = this.plot.clientWidth;
    if (!width) return;
    this.width = width;
    this.view.left = width < 620 ? 62 : 104;
    this.view.width = width - this.view.left - EDGE;
    const colours = palette();
    this.lanes.draw(this.view, colours, width);
    this.operations.draw(this.view, colours, width, this.chosen);
    this.drawOverview(colours, width);
    this.place(this.pin, this.pinned);
  }

  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  place(line, time) {
    const inside = time !== null && time >= this.view.from && time <= this.view.to;
    line.hidden = !inside;
    if (inside) line.style.left = `${this.view.x(time)}px`;
  }

  drawOverview(colours, width) {
    const context = sharp(this.overview, width, OVERVIEW);
    const { left, width: wide } = this.view;
    const x = (time) => left + (time / this.view.length) * wide;
    const bands = this.data.bands;
    const totals = bands.ok.map((n, i) => n + bands.fail[i] + bands.unknown[i]);
    const most = Math.max(1, ...totals);
    context.fillStyle = colours.window;
    context.fillRect(left, 0, wide, OVERVIEW);
    totals.forEach((total, i) => {
      const bad = bands.fail[i] + bands.unknown[i];
      const at = x(i * bands.width);
      const one = Math.max(1, wide / totals.length + 0.2);
      context.fillStyle = colours.ok;
      context.globalAlpha = 0.45;
      context.fillRect(at, OVERVIEW - (total / most) * (OVERVIEW - 10), one, OVERVIEW);
      context.fillStyle = colours.fail;
      context.globalAlpha = 0.9;
      const high = (bad / most) * (OVERVIEW - 10);
      context.fillRect(at, OVERVIEW - high, one, high);
    });
    context.globalAlpha = 1;
    for (const fault of this.data.faults) {
      context.fillStyle = colours[fault.family];
      context.fillRect(x(fault.start), 1, Math.max(2, x(fault.until) - x(fault.start)), 4);
    }
    context.fillStyle = colours.card;
    context.globalAlpha = 0.72;
    context.fillRect(left, 0, x(this.view.from) - left, OVERVIEW);
    context.fillRect(x(this.view.to), 0, left + wide - x(this.view.to), OVERVIEW);
    context.globalAlpha = 1;
    context.strokeStyle = colours.cursor;
    context.lineWidth = 1.5;
    context.strokeRect(x(this.view.from), 0.75, x(this.view.to) - x(this.view.from), OVERVIEW - 1.5);
  }

  // --- what people do -----------------------------------------------------------------------------

  listen() {
    this.plot.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.plot.addEventListener("pointerdown", (event) => this.press(event));
    this.plot.addEventListener("pointermove", (event) => this.move(event));
    this.plot.addEventListener("pointerleave", () => this.leave());
    this.plot.addEventListener("dblclick", (event) => {
      this.view.zoom(0.25, this.view.time(this.at(event).x));
      this.draw();
    });
    this.overview.addEventListener("pointerdown", (event) => this.choose(event));
  }

  at(event) {
    const box = this.plot.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  wheel(event) {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      this.view.zoom(Math.exp(clamp(event.deltaY, -240, 240) / 300), this.view.time(this.at(event).x));
    } else if (sideways) {
      this.view.pan(((event.deltaX || event.deltaY) / this.view.width) * this.view.span);
    } else {
      return;
    }
    event.preventDefault();
    this.later();
  }

  key(event) {
    const acts = {
      ArrowLeft: () => this.view.pan(-0.15 * this.view.span),
      ArrowRight: () => this.view.pan(0.15 * this.view.span),
      "+": () => this.view.zoom(0.5), "=": () => this.view.zoom(0.5), "-": () => this.view.zoom(2),
      0: () => this.view.show(0, this.data.length), Home: () => this.view.show(0, this.data.length),
      n: () => this.step(1), p: () => this.step(-1),
      Escape: () => this.forget(),
    };
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
    this.draw();
  }

  step(direction) {
    const from = this.chosen ?? (direction > 0
      ? firstAt(this.operations.all.due, this.view.from) - 1
      : firstAt(this.operations.all.due, this.view.to));
    const next = this.operations.notable(from, direction);
    if (next === null) this.said.textContent = "there is no other";
    else this.chooseOperation(next);
  }

  forget() {
    this.chosen = this.pinned = null;
    this.said.textContent = "";
  }

  chooseOperation(place) {
    this.chosen = place;
    const operation = operationText(this.operations.all, place);
    this.view.bringIn(operation.due);
    this.said.textContent = `${operation.call}: ${operation.outcome}, at ${operation.due.toFixed(3)} s`;
    this.pinAt(operation.due, { operation });
  }

  // Called from outside: by a picture's bar, a fault's row, or a line of the plan.
  showOperation(index) {
    const place = this.operations.all.places.get(index);
    if (place === undefined) return;
    const due = this.operations.all.due[place];
    const span = Math.min(this.view.length, Math.max(1, this.view.length / 20));
    this.view.show(due - span / 2, due + span / 2);
    this.chooseOperation(place);
    this.draw();
  }

  showSpan(from, to) {
    const slack = Math.max((to - from) * 0.3, this.view.length / 60);
    this.view.show(Math.max(0, from - slack), Math.min(this.view.length, to + slack));
    this.pinAt(from, {});
    this.draw();
  }

  pinAt(time, what) {
    this.pinned = clamp(time, 0, this.view.length);
    this.selected(this.pinned, what);
  }

  press(event) {
    if (event.button !== 0) return;
    this.plot.focus({ preventScroll: true });
    this.fingers = this.fingers || new Map();
    this.fingers.set(event.pointerId, event.clientX);
    const start = { x: event.clientX, from: this.view.from, to: this.view.to, moved: false };
    this.plot.setPointerCapture(event.pointerId);
    const drag = (moved) => {
      if (moved.pointerId !== event.pointerId) return;
      const others = [...this.fingers].filter(([id]) => id !== event.pointerId);
      if (others.length) return this.pinch(others[0][1], this.fingers.get(event.pointerId), moved.clientX, event.pointerId);
      const pixels = moved.clientX - start.x;
      if (Math.abs(pixels) > 3) start.moved = true;
      if (!start.moved) return;
      this.leave();
      const seconds = (pixels / this.view.width) * (start.to - start.from);
      this.view.show(start.from - seconds, start.to - seconds);
      this.later();
    };
    const release = (ended) => {
      if (ended.pointerId !== event.pointerId) return;
      this.fingers.delete(event.pointerId);
      for (const name of ["pointermove"]) this.plot.removeEventListener(name, drag);
      for (const name of ["pointerup", "pointercancel"]) this.plot.removeEventListener(name, release);
      if (!start.moved && ended.type === "pointerup") this.click(ended);
    };
    this.plot.addEventListener("pointermove", drag);
    this.plot.addEventListener("pointerup", release);
    this.plot.addEventListener("pointercancel", release);
  }

  // Two fingers: what lay between them stays between them.
  pinch(other, before, now, id) {
    const box = this.plot.getBoundingClientRect();
    const old = Math.max(20, Math.abs(before - other));
    this.view.zoom(old / Math.max(20, Math.abs(now - other)), this.view.time((before + other) / 2 - box.left));
    this.fingers.set(id, now);
    this.later();
  }

  click(event) {
    const { x, y } = this.at(event);
    if (x < this.view.left) return;
    const found = this.under(x, y);
    if (found && found.place !== undefined) {
      this.chooseOperation(found.place);
    } else {
      this.chosen = null;
      this.pinAt(this.view.time(x), found || {});
    }
    this.draw();
  }

  under(x, y) {
    // The picture may be shown smaller than it was drawn.
    const scale = this.lanes.element.getBoundingClientRect().height / this.lanes.height || 1;
    if (y / scale < this.lanes.height) return this.lanes.under(this.view, x, y / scale);
    const place = this.operations.near(this.view, x, y / scale - this.lanes.height);
    return place === null ? null : { place };
  }

  move(event) {
    if (event.buttons) return;
    const { x, y } = this.at(event);
    if (x < this.view.left || x > this.view.left + this.view.width) return this.leave();
    const time = this.view.time(x);
    this.place(this.hover, time);
    this.showTip(this.under(x, y), time, x, y);
  }

  leave() {
    this.hover.hidden = true;
    this.tip.hidden = true;
  }

  showTip(found, time, x, y) {
    const what = found && found.place !== undefined
      ? { operation: operationText(this.operations.all, found.place) } : found || {};
    this.tip.replaceChildren(html("b", { class: "time" }, `${time.toFixed(this.view.span < 1 ? 6 : 3)} s`), ...details(what));
    this.tip.hidden = false;
    const room = this.plot.clientWidth;
    const wide = this.tip.offsetWidth;
    this.tip.style.left = `${clamp(x + 16 + wide > room ? x - wide - 16 : x + 16, 0, room - wide)}px`;
    this.tip.style.top = `${Math.max(0, y - this.tip.offsetHeight - 10)}px`;
  }

  choose(event) {
    const box = this.overview.getBoundingClientRect();
    const time = (moved) => clamp((moved.clientX - box.left - this.view.left) / this.view.width, 0, 1) * this.view.length;
    const start = time(event);
    const span = this.view.span;
    this.overview.setPointerCapture(event.pointerId);
    const drag = (moved) => {
      const end = time(moved);
      if (Math.abs(end - start) < this.view.length / 200) return;
      this.view.show(Math.min(start, end), Math.max(start, end));
      this.dragged = true;
      this.later();
    };
    const release = () => {
      this.overview.removeEventListener("pointermove", drag);
      this.overview.removeEventListener("pointerup", release);
      if (!this.dragged && !this.view.whole) this.view.show(start - span / 2, start + span / 2);
      this.dragged = false;
      this.draw();
    };
    this.overview.addEventListener("pointermove", drag);
    this.overview.addEventListener("pointerup", release);
  }
}

// What is known of a thing, as lines of text for the tip and for the inspector.
function details({ operation, fault, lane, segment, moment }) {
  const row = (name, text, kind = "") => html("div", { class: `row ${kind}` }, html("span", {}, name), html("span", {}, text));
  if (operation) {
    return [
      html("div", { class: `head ${operation.outcome}` }, operation.call),
      row("outcome", operation.outcome, operation.outcome),
      row(operation.outcome === "ok" ? "answer" : "because", operation.answer),
      row("client", operation.who),
      row("latency", operation.took === null ? "no answer" : words(operation.took)),
      ...(operation.lag > 1e-6 ? [row("sent late", words(operation.lag))] : []),
      row("due", `${operation.due.toFixed(6)} s`),
      row("number", `${operation.index}${operation.workload ? ` of ${operation.workload}` : ""}`),
    ];
  }
  if (fault) {
    return [
      html("div", { class: "head" }, fault.name),
      row("on", fault.targets.join(", ") || "links"),
      row("from, to", `${fault.start.toFixed(3)} s, ${fault.end === null ? "the end" : `${fault.end.toFixed(3)} s`}`),
      row(fault.hold, fault.proof, fault.hold === "installed" ? "" : "unknown"),
      ...(fault.healed ? [row("healed", fault.healed)] : []),
      ...(fault.line ? [row("line", fault.line)] : []),
    ];
  }
  if (segment) {
    const [start, end, role, detail] = segment;
    return [
      html("div", { class: "head" }, `${lane.node}: ${role}`),
      row("from, to", `${start.toFixed(3)} s, ${end.toFixed(3)} s (${words(end - start)})`),
      ...(detail ? [row("known", detail)] : []),
    ];
  }
  if (moment) {
    return [
      html("div", { class: `head ${moment.kind}` }, moment.text),
      row(moment.kind, `${moment.line} at ${moment.at.toFixed(3)} s`),
    ];
  }
  return [];
}
