// The nodes' logs beside the time line. Only the lines in view are in the document, so that a log of
// thousands of lines costs no more than one of fifty.

const LINE = 19;
const SPARE = 8;

class Logs {
  constructor(host, logs, jumped) {
    this.jumped = jumped;
    this.nodes = logs.map((log) => log.node);
    this.lines = merged(logs);
    this.shown = this.lines;
    this.time = null;
    this.current = -1;
    this.build(host, logs);
    this.filter();
  }

  build(host) {
    this.node = html("select", { "aria-label": "logs of which node" },
      html("option", { value: "" }, "all nodes"),
      ...this.nodes.map((node, n) => html("option", { value: String(n) }, node)));
    this.find = html("input", { type: "search", placeholder: "find in logs", "aria-label": "find in logs" });
    this.found = html("span", { class: "soft" });
    this.rows = html("div", { class: "rows" });
    this.box = html("div", {
      class: "lines", tabindex: "0", role: "log", "aria-live": "off",
      "aria-label": "log lines; arrow up and down choose one, Enter turns the time line to it",
    }, this.rows);
    host.replaceChildren(html("div", { class: "log-bar" }, html("h4", {}, "Logs"), this.node, this.find, this.found), this.box);
    this.node.addEventListener("change", () => this.filter());
    this.find.addEventListener("input", () => this.filter());
    this.box.addEventListener("scroll", () => this.draw());
    this.box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.box);
    this.rows.addEventListener("click", (event) => {
      const row = event.target.closest("[data-time]");
      if (row && !String(getSelection())) this.jumped(Number(row.dataset.time));
    });
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const line = this.shown[this.current];
    if (step) this.choose(clamp(this.current + step, 0, this.shown.length - 1));
    else if (event.key === "Enter" && line && line.time !== null) this.jumped(line.time);
    else return;
    event.preventDefault();
  }

  choose(place) {
    this.current = place;
    this.box.scrollTop = Math.max(0, this.current * LINE - this.box.clientHeight / 3);
    this.draw();
  }

  filter() {
    const wanted = this.find.value.toLowerCase();
    const node = this.node.value;
    this.shown = this.lines.filter((line) => (node === "" || line.node === Number(node))
      && (!wanted || line.text.toLowerCase().includes(wanted)));
    this.found.textContent = `${count(this.shown.length)} line${this.shown.length === 1 ? "" : "s"}`;
    this.rows.style.height = `${Math.max(this.shown.length, 1) * LINE}px`;
    if (this.time === null) this.draw();
    else this.jump(this.time);
  }

  // Scroll to the first line that had arrived at a moment or after it.
  jump(time) {
    this.time = time;
    const next = this.shown.findIndex((line) => line.time !== null && line.time >= time);
    this.choose(next < 0 ? this.shown.length - 1 : next);
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / LINE) - SPARE);
    const last = Math.min(this.shown.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / LINE) + SPARE);
    const made = [];
    for (let n = first; n < last; n++) made.push(this.row(this.shown[n], n));
    if (!this.shown.length) made.push(html("div", { class: "line soft" }, "no such line"));
    this.rows.replaceChildren(...made);
  }

  row(line, n) {
    const made = html("div", {
      class: `line${n === this.current ? " current" : ""}${line.gap ? " gap" : ""}`,
      "data-time": line.time === null ? undefined : line.time,
    },
    html("span", { class: "at" }, line.time === null ? "" : line.time.toFixed(3)),
    html("span", { class: "who" }, this.nodes[line.node]),
    html("span", { class: "text" }, line.text));
    made.style.top = `${n * LINE}px`;
    return made;
  }
}

// All lines of all nodes in the order of their arrival; a line without a time stays behind the one
// before it.
function merged(logs) {
  const lines = [];
  logs.forEach((log, node) => {
    let before = 0;
    log.lines.forEach((text, n) => {
      if (n === log.gap) {
        lines.push({ node, text: `… ${count(log.left_out)} bytes are left out here; the whole log is in its file`, time: null, order: before, gap: true });
      }
      before = log.times[n] ?? before;
      lines.push({ node, text, time: log.times[n], order: before, gap: false });
    });
  });
  return lines
    .map((line, n) => ({ ...line, n }))
    .sort((a, b) => a.order - b.order || a.node - b.node || a.n - b.n);
}
