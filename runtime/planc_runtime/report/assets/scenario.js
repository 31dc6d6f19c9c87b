// One scenario of the page: made when it is opened, its parts bound to each other.

class Scenario {
  constructor(element) {
    this.element = element;
    this.ready = null;
  }

  open() {
    this.ready = this.ready || this.make();
    return this.ready;
  }

  async make() {
    const word = this.element.querySelector("script[data-packed]");
    const host = this.element.querySelector(".timeline");
    if (!word || !host) return;
    try {
      this.data = unpackNow(word.textContent) || await unpack(word.textContent);
    } catch {
      host.textContent = "This browser cannot unpack the time line's data; the tables below hold the verdict.";
      return;
    }
    this.inspector = this.element.querySelector(".inspector");
    this.timeline = new Timeline(host, this.data, (time, what) => this.selected(time, what));
    const logs = this.element.querySelector(".logs");
    if (this.data.logs.some((log) => log.lines.length)) {
      this.logs = new Logs(logs, this.data.logs, (time) => {
        this.timeline.view.bringIn(time);
        this.timeline.pinned = time;
        this.timeline.draw();
      });
    } else {
      logs.classList.add("none");
      logs.replaceChildren(html("p", { class: "soft empty" }, "The nodes wrote nothing to their logs."));
    }
    this.bind();
  }

  selected(time, what) {
    const found = details(what);
    this.inspector.replaceChildren(
      html("h4", {}, `At ${time.toFixed(3)} s`),
      ...found,
      ...(found.length ? [] : [html("p", { class: "soft" }, "nothing lies under this moment")]),
      ...this.meanwhile(time));
    if (this.logs) this.logs.jump(time);
  }

  // What every node was at that moment, in words.
  meanwhile(time) {
    const lanes = this.data.lanes.flatMap((lane) => {
      const segment = lane.segments.find(([start, end]) => start <= time && time <= end);
      return segment ? [html("div", { class: "row" }, html("span", {}, lane.node), html("span", {}, segment[2]))] : [];
    });
    const faults = this.data.faults
      .filter((fault) => fault.start <= time && time <= fault.until)
      .map((fault) => html("div", { class: "row" }, html("span", {}, "in force"), html("span", {}, fault.name)));
    return lanes.length || faults.length ? [html("h5", {}, "meanwhile"), ...faults, ...lanes] : [];
  }

  // A picture that is wider than the window shows first what it is about.
  showCulprits() {
    for (const frame of this.element.querySelectorAll(".frame")) {
      const culprit = frame.querySelector(".culprit rect");
      if (!culprit || frame.scrollWidth <= frame.clientWidth) continue;
      frame.scrollLeft = Number(culprit.getAttribute("x")) + Number(culprit.getAttribute("width")) - frame.clientWidth + 40;
    }
  }

  bind() {
    this.showCulprits();
    const pressable = (node, act) => {
      node.tabIndex = 0;
      node.setAttribute("role", "button");
      const go = () => {
        act();
        this.timeline.plot.scrollIntoView({ block: "center", behavior: "smooth" });
      };
      node.addEventListener("click", go);
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(); }
      });
    };
    for (const bar of this.element.querySelectorAll("[data-operation]")) {
      pressable(bar, () => this.timeline.showOperation(Number(bar.dataset.operation)));
    }
    for (const row of this.element.querySelectorAll("[data-from]")) {
      pressable(row, () => this.timeline.showSpan(Number(row.dataset.from), Number(row.dataset.to)));
    }
  }
}
