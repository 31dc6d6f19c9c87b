// The lower half: throughput and errors as bands, every operation as a point of its latency.
//
// Points are found by halving (the columns are in order) and drawn once per pixel: what it costs
// depends on what is in view and on the size of the picture, not on the history.

const BANDS = 76;
const BETWEEN = 18;
const POINTS = 190;
const DENSE = 3000;
const ROOM = 14;
const SIGN = 10;
const APART = 6;

class Operations {
  constructor(data) {
    this.data = data;
    this.all = operationsOf(data.operations);
    this.bands = data.bands;
    this.height = this.all.size ? BANDS + BETWEEN + POINTS + 12 : 0;
    this.top = BANDS + BETWEEN;
    this.evidence = new Set(data.evidence);
    this.culprits = new Set(data.culprits);
    const levels = this.all.level.filter((_, i) => this.all.took[i] >= 0);
    const low = levels.reduce((a, b) => Math.min(a, b), 0);
    const high = levels.reduce((a, b) => Math.max(a, b), -6);
    this.low = Math.floor(low * 4) / 4 - 0.1;
    this.high = Math.max(Math.ceil(high * 4) / 4, this.low + 1) + 0.15;
    this.canvas = html("canvas", { class: "operations", "aria-hidden": "true" });
    this.signs = new Map();
    this.silent = this.all.took.some((took) => took < 0);
  }

  y(level) {
    const share = (level - this.low) / (this.high - this.low);
    return this.top + POINTS - share * (POINTS - ROOM);
  }

  yOf(i) {
    return this.all.took[i] < 0 ? this.top + 6 : this.y(this.all.level[i]);
  }

  range(view) {
    const slack = view.span * 0.004;
    return [firstAt(this.all.due, view.from - slack), firstAt(this.all.due, view.to + slack)];
  }

  draw(view, colours, width, selected) {
    if (!this.height) return;
    const context = sharp(this.canvas, width, this.height);
    context.font = "11px system-ui, sans-serif";
    this.drawWindows(context, view, colours);
    this.drawBands(context, view, colours);
    this.drawGrid(context, view, colours);
    context.save();
    context.beginPath();
    context.rect(view.left, 0, view.width, this.height);
    context.clip();
    this.drawPoints(context, view, colours);
    this.drawPercentiles(context, view, colours);
    this.drawMarked(context, view, colours, selected);
    context.restore();
  }

  drawWindows(context, view, colours) {
    context.save();
    context.globalAlpha = 0.09;
    for (const fault of this.data.faults) {
      if (fault.hold !== "installed") continue;
      const left = clamp(view.x(fault.start), view.left, view.left + view.width);
      const right = clamp(view.x(fault.until), view.left, view.left + view.width);
      context.fillStyle = colours[fault.family];
      if (right > left) context.fillRect(left, 0, right - left, this.height);
    }
    context.restore();
  }

  // Operations per second, by outcome, in slices of four pixels or as wide as ten operations are
  // apart: thinner ones show the beat of the generator instead of the throughput.
  slices(view) {
    const [from, to] = this.range(view);
    const seen = (to - from) * (this.all.total / Math.max(1, this.all.size));
    const number = Math.floor(clamp(seen / 10, 20, Math.max(20, view.width / 4)));
    const width = view.span / number;
    const counts = OUTCOMES.map(() => new Float64Array(number));
    if (this.all.complete) {
      const [first, last] = this.range(view);
      for (let i = first; i < last; i++) {
        const place = Math.floor((this.all.due[i] - view.from) / width);
        if (place >= 0 && place < number) counts[this.all.outcome[i]][place] += 1;
      }
      return { number, rates: counts.map((each) => each.map((n) => n / width)) };
    }
    for (let place = 0; place < number; place++) {
      const bin = Math.floor((view.from + (place + 0.5) * width) / this.bands.width);
      OUTCOMES.forEach((name, n) => {
        counts[n][place] = (this.bands[name][bin] || 0) / this.bands.width;
      });
    }
    return { number, rates: counts };
  }

  drawBands(context, view, colours) {
    const { number, rates } = this.slices(view);
    const most = Math.max(1e-9, ...rates[0].map((_, n) => rates.reduce((s, r) => s + r[n], 0)));
    const wide = view.width / number;
    const floor = BANDS;
    const base = new Float64Array(number).fill(0);
    OUTCOMES.forEach((name, n) => {
      context.fillStyle = colours[name];
      context.globalAlpha = n ? 0.9 : 0.55;
      for (let place = 0; place < number; place++) {
        const high = (rates[n][place] / most) * (BANDS - 10);
        if (high <= 0) continue;
        context.fillRect(view.left + place * wide, floor - base[place] - high, wide + 0.3, high);
        base[place] += high;
      }
    });
    context.globalAlpha = 1;
    context.fillStyle = colours.soft;
    context.textAlign = "right";
    context.fillText(view.left < 80 ? "ops/s" : "operations/s", view.left - 10, BANDS / 2 + 2);
    context.fillText(count(most), view.left - 10, 15);
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(view.left, floor + 0.5);
    context.lineTo(view.left + view.width, floor + 0.5);
    context.stroke();
  }

  drawGrid(context, view, colours) {
    context.strokeStyle = colours.grid;
    context.fillStyle = colours.soft;
    context.textAlign = "right";
    for (let power = Math.ceil(this.low); power <= this.high; power++) {
      const y = Math.round(this.y(power)) + 0.5;
      context.beginPath();
      context.moveTo(view.left, y);
      context.lineTo(view.left + view.width, y);
      context.stroke();
      context.fillText(words(10 ** power).replace(/\.0+ /, " "), view.left - 10, y + 4);
    }
    context.fillText("latency", view.left - 10, this.top + POINTS + 10);
    if (this.silent) context.fillText(view.left < 80 ? "none" : "no answer", view.left - 10, this.top + 10);
  }

  drawPoints(context, view, colours) {
    const [first, last] = this.range(view);
    if (last - first > DENSE) this.drawDense(context, view, colours, first, last);
    const sparse = last - first <= DENSE;
    const signs = OUTCOMES.map(() => []);
    // Of signs that would lie over each other one is enough.
    const across = Math.ceil((view.left + view.width) / APART) + 2;
    const taken = new Uint8Array(sparse ? 0 : OUTCOMES.length * across * (Math.ceil(this.height / APART) + 2));
    for (let i = first; i < last; i++) {
      const outcome = this.all.outcome[i];
      if (outcome === 0 && !sparse) continue;
      const x = view.x(this.all.due[i]);
      const y = this.yOf(i);
      if (!sparse) {
        const place = (Math.round(y / APART) * across + Math.max(0, Math.round(x / APART))) * OUTCOMES.length + outcome;
        if (taken[place]) continue;
        taken[place] = 1;
      }
      signs[outcome].push(x, y);
    }
    signs.forEach((places, outcome) => this.drawSigns(context, colours, outcome, places));
  }

  drawDense(context, view, colours, first, last) {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.ceil(view.width * ratio);
    const height = Math.ceil(POINTS * ratio);
    const counts = new Uint16Array(width * height);
    for (let i = first; i < last; i++) {
      if (this.all.outcome[i] !== 0) continue;
      const x = Math.round((view.x(this.all.due[i]) - view.left) * ratio);
      const y = Math.round((this.yOf(i) - this.top) * ratio);
      if (x >= 0 && x < width - 1 && y >= 0 && y < height - 1) {
        const place = y * width + x;
        counts[place] += 2; counts[place + 1] += 1; counts[place + width] += 1;
      }
    }
    const image = new ImageData(width, height);
    const [red, green, blue] = rgb(colours.ok);
    const pixels = new Uint32Array(image.data.buffer);
    const colour = (blue << 16) | (green << 8) | red;
    for (let place = 0; place < counts.length; place++) {
      if (counts[place]) pixels[place] = colour | (Math.min(255, 90 + counts[place] * 26) << 24);
    }
    this.layer = this.layer || document.createElement("canvas");
    this.layer.width = width;
    this.layer.height = height;
    this.layer.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(this.layer, view.left, this.top, width / ratio, height / ratio);
  }

  // Shapes differ too: a dot is ok, a cross failed, a triangle nobody knows. Each is drawn once and
  // copied: to copy a picture costs a tenth of drawing its lines again.
  drawSigns(context, colours, outcome, places) {
    const sign = this.sign(outcome, colours[OUTCOMES[outcome]]);
    for (let at = 0; at < places.length; at += 2) {
      context.drawImage(sign, places[at] - SIGN / 2, places[at + 1] - SIGN / 2, SIGN, SIGN);
    }
  }

  sign(outcome, colour) {
    const key = `${outcome} ${colour} ${window.devicePixelRatio}`;
    if (!this.signs.has(key)) this.signs.set(key, this.drawSign(outcome, colour));
    return this.signs.get(key);
  }

  drawSign(outcome, colour) {
    const canvas = document.createElement("canvas");
    const context = sharp(canvas, SIGN, SIGN);
    const size = 2.2;
    context.translate(SIGN / 2, SIGN / 2);
    context.fillStyle = context.strokeStyle = colour;
    context.beginPath();
    if (outcome === 0) {
      context.globalAlpha = 0.75;
      context.arc(0, 0, size * 0.85, 0, 2 * Math.PI);
      context.fill();
    } else if (outcome === 1) {
      context.lineWidth = 1.6;
      context.moveTo(-size, -size);
      context.lineTo(size, size);
      context.moveTo(size, -size);
      context.lineTo(-size, size);
      context.stroke();
    } else {
      context.lineWidth = 1.4;
      context.moveTo(0, -size * 1.3);
      context.lineTo(size * 1.2, size);
      context.lineTo(-size * 1.2, size);
      context.closePath();
      context.stroke();
    }
    return canvas;
  }

  drawPercentiles(context, view, colours) {
    const lines = [["p50", [], 1.6], ["p99", [5, 3], 1.2]];
    for (const [name, dashes, thick] of lines) {
      context.strokeStyle = colours.median;
      context.setLineDash(dashes);
      context.lineWidth = thick;
      context.beginPath();
      let drawing = false;
      const width = this.bands.slice;
      const first = Math.max(0, Math.floor(view.from / width) - 1);
      const last = Math.min(this.bands[name].length, Math.ceil(view.to / width) + 1);
      for (let bin = first; bin < last; bin++) {
        const value = this.bands[name][bin];
        if (value === null) { drawing = false; continue; }
        const x = view.x((bin + 0.5) * width);
        const y = this.y(Math.log10(Math.max(value / MICRO, 1e-6)));
        if (drawing) context.lineTo(x, y);
        else context.moveTo(x, y);
        drawing = true;
      }
      context.stroke();
    }
    context.setLineDash([]);
    context.lineWidth = 1;
  }

  drawMarked(context, view, colours, selected) {
    const ring = (i, colour, radius) => {
      const x = view.x(this.all.due[i]);
      const y = this.yOf(i);
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke();
      return [x, y];
    };
    for (const index of this.evidence) {
      const i = this.all.places.get(index);
      if (i === undefined) continue;
      const culprit = this.culprits.has(index);
      const [x, y] = ring(i, culprit ? colours.culprit : colours.ink, culprit ? 8 : 5);
      if (culprit) {
        context.fillStyle = colours.culprit;
        context.font = "bold 12px system-ui, sans-serif";
        context.textAlign = "left";
        context.fillText("✗", x + 11, y + 4);
      }
    }
    if (selected !== null && selected !== undefined) {
      const [x, y] = ring(selected, colours.cursor, 6);
      const end = this.all.took[selected] < 0 ? view.left + view.width
        : view.x(this.all.due[selected] + this.all.took[selected]);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(Math.max(end, x + 1), y);
      context.stroke();
    }
    context.lineWidth = 1;
  }

  // The operation whose point is nearest, if one is near enough; evidence wins.
  near(view, x, y, reach = 14) {
    const first = firstAt(this.all.due, view.time(x - reach));
    const last = firstAt(this.all.due, view.time(x + reach));
    let best = null;
    let least = reach * reach;
    for (let i = first; i < last; i++) {
      const dx = view.x(this.all.due[i]) - x;
      const dy = this.yOf(i) - y;
      const far = (dx * dx + dy * dy) * (this.evidence.has(this.all.index[i]) ? 0.3 : 1);
      if (far < least) { least = far; best = i; }
    }
    return best;
  }

  // The next operation, in one direction, that was not ok or is evidence.
  notable(from, step) {
    for (let i = from + step; i >= 0 && i < this.all.size; i += step) {
      if (this.all.outcome[i] !== 0 || this.evidence.has(this.all.index[i])) return i;
    }
    return null;
  }
}
