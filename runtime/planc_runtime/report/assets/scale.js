// The one time axis that everything shares: what is in view, and where a time lies.

const SHORTEST = 20e-6;

class TimeView {
  constructor(length) {
    this.length = Math.max(length, 1e-3);
    this.from = 0;
    this.to = this.length;
    this.left = 0;
    this.width = 1;
  }

  get span() { return this.to - this.from; }
  get whole() { return this.from <= 0 && this.to >= this.length; }

  x(time) { return this.left + ((time - this.from) / this.span) * this.width; }
  time(x) { return this.from + ((x - this.left) / this.width) * this.span; }

  show(from, to) {
    const span = clamp(to - from, SHORTEST, this.length);
    this.from = clamp(from, 0, this.length - span);
    this.to = this.from + span;
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    const span = clamp(this.span * factor, SHORTEST, this.length);
    const share = (at - this.from) / this.span;
    this.show(at - share * span, at - share * span + span);
  }

  pan(seconds) { this.show(this.from + seconds, this.to + seconds); }

  bringIn(time) {
    if (time < this.from || time > this.to) this.pan(time - (this.from + this.to) / 2);
  }
}

// Round times, at most one in `room` pixels.
function ticks(view, room = 86) {
  const least = (view.span * room) / view.width;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((n) => n * power).find((each) => each >= least);
  const digits = clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 6);
  const found = [];
  for (let n = Math.ceil(view.from / step - 1e-9); n * step <= view.to + 1e-12; n++) {
    found.push({ time: n * step, text: `${(n * step).toFixed(digits)}` });
  }
  return found;
}
