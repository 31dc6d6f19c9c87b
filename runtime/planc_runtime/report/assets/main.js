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

function preparePaper() {
  const theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  redrawAll();
  addEventListener("afterprint", () => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    redrawAll();
  }, { once: true });
}

startTheme();
startCopying();
for (const [element, scenario] of scenarios) {
  element.addEventListener("toggle", () => { if (element.open) scenario.open(); });
  if (element.open) scenario.open();
}
addEventListener("hashchange", openAddressed);
addEventListener("beforeprint", preparePaper);
openAddressed();
