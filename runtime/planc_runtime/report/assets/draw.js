// Colours as the style sheet has them, canvases as sharp as the screen, and the patterns that tell
// states apart without colour.

function palette() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = [
    "ink", "soft", "line", "card", "grid", "ok", "fail", "unknown", "culprit", "median", "cursor",
    "window", "role-leader", "role-follower", "role-candidate", "role-other", "role-unknown",
    "role-down", "role-paused", "on-strong", "process", "network", "clock", "disk", "resource",
    "honesty",
  ];
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}

function sharp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.aspectRatio = `${width} / ${height}`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

const known = new Map();

function rgb(colour) {
  if (!known.has(colour)) known.set(colour, read(colour));
  return known.get(colour);
}

function read(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

function hatching(id, colour, background, slope = 45, gap = 6) {
  return svg("pattern", {
    id, width: gap, height: gap, patternUnits: "userSpaceOnUse",
    patternTransform: `rotate(${slope})`,
  },
  svg("rect", { width: gap, height: gap, fill: background }),
  svg("rect", { width: gap / 3, height: gap, fill: colour }));
}

const STRONG = new Set(["leader", "primary", "master", "active"]);
const CALM = new Set(["follower", "replica", "slave", "backup", "standby", "running", "up"]);

function roleClass(role) {
  if (role === "down" || role === "paused" || role === "unknown") return role;
  if (STRONG.has(role)) return "leader";
  if (CALM.has(role)) return "follower";
  return role === "candidate" ? "candidate" : "other";
}

function shorten(text, pixels, letter = 6.3) {
  const room = Math.floor(pixels / letter);
  if (text.length <= room) return text;
  return room < 3 ? "" : `${text.slice(0, room - 1)}…`;
}
