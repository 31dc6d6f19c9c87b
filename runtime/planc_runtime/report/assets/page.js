// What every part needs: elements, words for numbers, and the page's own buttons.
// Text from plans and nodes reaches the document as text nodes only, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function words(seconds) {
  const size = Math.abs(seconds);
  if (size >= 120) return `${Math.floor(seconds / 60)} min ${(seconds % 60).toFixed(0)} s`;
  if (size >= 1) return `${seconds.toFixed(size >= 10 ? 1 : 2)} s`;
  if (size >= 0.001) return `${(seconds * 1e3).toFixed(size >= 0.1 ? 0 : size >= 0.01 ? 1 : 2)} ms`;
  return `${(seconds * 1e6).toFixed(0)} µs`;
}

function count(number) {
  return Math.round(number).toLocaleString("en-US");
}

// --- the theme: as the system has it, until somebody chooses -------------------------------------

const THEMES = ["auto", "light", "dark"];
const redrawn = new Set();

function redrawAll() {
  for (const draw of redrawn) draw();
}

function currentTheme() {
  return document.documentElement.dataset.theme || "auto";
}

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-button]")) {
    button.textContent = `theme: ${theme}`;
    button.setAttribute("aria-label", `theme: ${theme}; press for the next`);
  }
  redrawAll();
}

function remembered(key, value) {
  // Pages opened from disk may be refused a memory; they then start anew.
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {
    return null;
  }
  return value;
}

function startTheme() {
  const kept = remembered("planc-theme");
  setTheme(THEMES.includes(kept) ? kept : "auto");
  for (const button of document.querySelectorAll("[data-theme-button]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(currentTheme()) + 1) % THEMES.length];
      remembered("planc-theme", next);
      setTheme(next);
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
}

// --- copying -------------------------------------------------------------------------------------

async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // The page may not be trusted with it; the old way still works.
    }
  }
  const area = html("textarea", { class: "offscreen" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function startCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(button.dataset.copy);
      button.textContent = done ? "copied" : "select and copy";
      setTimeout(() => { button.textContent = "copy"; }, 1600);
    });
  }
}
