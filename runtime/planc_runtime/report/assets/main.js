// The page as a whole: scenarios open on demand, addresses lead to them, paper gets what it needs.

const scenarios = new Map(
  Array.from(document.querySelectorAll("details.scenario"), (element) => [element, new Scenario(element)]),
);

function openAddressed() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* an address is text of anybody's making */ }
  const target = id && (document.getElementById(id) || document.getElementById(location.hash.slice(1)));
  const scenario = target && target.closest("details.scenario");
  if (scenario) {
    scenario.open = true;
    scenario.scrollIntoView();
  }
}

// Paper is light, and nobody can open anything on it.
function preparePaper() {
  const theme = document.documentElement.dataset.theme;
  const closed = [...document.querySelectorAll("details:not([open])")];
  document.documentElement.dataset.theme = "light";
  for (const details of closed) {
    details.open = true;
    if (scenarios.has(details)) scenarios.get(details).open();
  }
  redrawAll();
  addEventListener("afterprint", () => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    for (const details of closed) details.open = false;
    redrawAll();
  }, { once: true });
}

// What is closed is unpacked when nothing else is to be done: a printer does not wait for it.
async function prepareClosed() {
  for (const [element, scenario] of scenarios) {
    if (element.open) continue;
    await new Promise((done) => { (window.requestIdleCallback || setTimeout)(done); });
    await scenario.open();
  }
}

startTheme();
startCopying();
for (const [element, scenario] of scenarios) {
  element.addEventListener("toggle", () => { if (element.open) scenario.open(); });
  if (element.open) scenario.open();
}
addEventListener("hashchange", openAddressed);
addEventListener("beforeprint", preparePaper);
addEventListener("load", prepareClosed);
openAddressed();
