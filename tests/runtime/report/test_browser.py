"""The page of a plan in a real browser: everything that a reader can do there.

The report is of a real run: a store with a bug planted that goes through everything a lane shows,
judged and found guilty.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.report.conftest import failed, summary

from planc_runtime.history.summary import NodeSummary
from planc_runtime.report import assemble

sync_api = pytest.importorskip("playwright.sync_api", reason="pip install planc[test]")

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
REQUIRED = bool(os.environ.get("PLANC_REQUIRE_SYSTEMS"))
MANY = 100_000
OURS = ("COVERAGE_", "COV_", "PYTEST_", "PLANC_")
"""What the tests tell their own children: nothing of it is meant for a user's run."""

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None and not REQUIRED,
        reason="there is no Chromium: apt-get install chromium",
    ),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run in which a stale read was found."""
    project = tmp_path_factory.mktemp("project")
    (project / "planc.yaml").write_text("backend: sim\n")
    shutil.copytree(ROOT / "plans/consensus/systems", project / "plans/consensus/systems")
    plan = Path(__file__).parent / "plans/everything.txt"
    shutil.copy(plan, project / "plans/everything.plan")
    command = [sys.executable, "-m", "planc", "run", "plans/everything.plan"]
    done = subprocess.run(
        [*command, "--seed", "1", "--plant", "stale_read"],
        cwd=project,
        env={name: text for name, text in os.environ.items() if not name.startswith(OURS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return project / "reports/everything/index.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page whose every complaint fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda ask: ask.url.startswith(("file:", "blob:")) or said.append(ask.url))
    yield page
    context.close()
    assert said == []


def open_page(page: Any, path: Path) -> Any:
    """Return the time line of the scenario that stands open, once it is drawn."""
    page.goto(path.as_uri())
    plot = page.locator("details[open] .plot").first
    plot.locator("canvas").wait_for()
    # The pointer reaches only what is in the window.
    plot.locator("svg").scroll_into_view_if_needed()
    return plot


def test_the_verdict_stands_first_and_the_counterexample_is_drawn(page: Any, found: Path) -> None:
    open_page(page, found)
    first = page.locator("details[open]").first
    words = first.locator("dl.sentences").inner_text()
    assert "Expected" in words
    assert "Measured" in words
    assert "Because" in words
    assert first.locator("svg [data-operation]").count() >= 2
    assert "although client" in words
    assert first.locator("svg .culprit").count() == 1
    assert first.locator("svg path.before").count() == 1
    assert first.locator(".source .failed, .failed").count() >= 1


def test_wheel_buttons_and_keys_zoom_and_move(page: Any, found: Path) -> None:
    plot = open_page(page, found)
    all_of_it = plot.locator("canvas").screenshot()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    settle(page)
    page.mouse.move(0, 0)
    settle(page)
    closer = plot.locator("canvas").screenshot()
    assert closer != all_of_it
    plot.focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    assert plot.locator("canvas").screenshot() != closer
    page.get_by_role("button", name="show all of it (0)").first.click()
    page.mouse.move(0, 0)
    plot.focus()
    settle(page)
    assert plot.locator("canvas").screenshot() == all_of_it


def test_every_state_of_a_node_is_named_on_its_lane(page: Any, found: Path) -> None:
    plot = open_page(page, found)
    said = set(plot.locator("svg text.role").all_text_contents())
    assert {"leader", "follower", "paused", "clock off"} <= said
    assert plot.locator("svg rect.role.down").count() >= 1
    legend = page.locator("details[open] .legend").first.inner_text()
    assert "links troubled" in legend


def test_what_lies_under_the_pointer_is_told_and_a_click_pins_it(page: Any, found: Path) -> None:
    plot = open_page(page, found)
    lanes = plot.locator("svg").bounding_box()
    page.mouse.move(lanes["x"] + lanes["width"] / 2, lanes["y"] + lanes["height"] * 0.8)
    tip = plot.locator(".tip")
    tip.wait_for(state="visible")
    assert " s" in tip.inner_text()
    page.mouse.click(lanes["x"] + lanes["width"] / 2, lanes["y"] + lanes["height"] * 0.8)
    assert "At " in page.locator("details[open] .inspector").first.inner_text()
    assert plot.locator(".pin").is_visible()


def test_the_next_operation_that_was_not_ok_is_a_key_away(page: Any, found: Path) -> None:
    plot = open_page(page, found)
    plot.focus()
    page.keyboard.press("n")
    words = page.locator("details[open] .inspector").first.inner_text()
    assert "outcome" in words


def test_a_bar_of_the_counterexample_leads_to_its_operation(page: Any, found: Path) -> None:
    open_page(page, found)
    bar = page.locator("details[open] svg [data-operation]").first
    number = bar.get_attribute("data-operation")
    bar.focus()
    page.keyboard.press("Enter")
    words = page.locator("details[open] .inspector").first.inner_text()
    assert f"number\n{number}" in words or number in words


def test_logs_turn_to_the_moment_that_was_clicked(page: Any, tmp_path: Path) -> None:
    plot = open_page(page, many(tmp_path, 2_000, logs=400))
    lines = page.locator("details[open] .logs .lines").first
    before = lines.evaluate("box => box.scrollTop")
    lanes = plot.locator("svg").bounding_box()
    page.mouse.click(lanes["x"] + lanes["width"] * 0.8, lanes["y"] + lanes["height"] - 6)
    settle(page)
    assert lines.evaluate("box => box.scrollTop") > before
    assert lines.locator(".current").count() == 1
    lines.focus()
    chosen = lines.locator(".current .at").text_content()
    page.keyboard.press("ArrowDown")
    settle(page)
    assert float(lines.locator(".current .at").text_content()) > float(chosen)
    pinned = plot.locator(".pin").evaluate("line => line.style.left")
    page.keyboard.press("Enter")
    settle(page)
    assert plot.locator(".pin").evaluate("line => line.style.left") != pinned


def test_a_log_that_holds_markup_stays_text(page: Any, tmp_path: Path) -> None:
    evil = "</script><script>document.title = 'taken'</script><img src=x onerror=alert(1)>"
    open_page(page, many(tmp_path, 100, logs=3, line=evil))
    shown = page.locator("details[open] .logs .text").first
    assert shown.inner_text() == evil
    assert page.title() != "taken"
    assert page.locator("img").count() == 0


def test_the_replay_command_can_be_copied(page: Any, found: Path) -> None:
    open_page(page, found)
    button = page.locator("details[open] [data-copy]").first
    wanted = button.get_attribute("data-copy")
    button.click()
    page.get_by_text("copied").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == wanted


def test_light_and_dark_and_as_the_system_has_it(page: Any, found: Path) -> None:
    open_page(page, found)
    button = page.locator("[data-theme-button]")
    colours = []
    for _ in range(3):
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        button.click()
    assert len(set(colours)) == 2


def test_nothing_is_wider_than_a_telephone(page: Any, found: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, found)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_paper_gets_the_page_in_light(page: Any, found: Path, tmp_path: Path) -> None:
    page.emulate_media(color_scheme="dark")
    open_page(page, found)
    page.evaluate(
        """addEventListener("beforeprint", () => {
             window.atPrint = {
               colour: getComputedStyle(document.documentElement).getPropertyValue("--card"),
               closed: document.querySelectorAll("details:not([open])").length,
             };
           })"""
    )
    page.locator("details[open] summary").first.click()
    printed = page.pdf(print_background=True)
    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000
    assert page.evaluate("window.atPrint") == {"colour": "#ffffff", "closed": 0}
    assert page.locator("details.scenario:not([open])").count() == 1, "as it was before"


def test_a_hundred_thousand_operations_open_and_zoom(page: Any, tmp_path: Path) -> None:
    plot = open_page(page, many(tmp_path, MANY))
    before = plot.locator("canvas").screenshot()
    plot.focus()
    for _ in range(6):
        page.keyboard.press("+")
    settle(page)
    assert plot.locator("canvas").screenshot() != before


def settle(page: Any) -> None:
    """Wait until what was asked for is drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def many(folder: Path, operations: int, logs: int = 0, line: str = "line") -> Path:
    """Return the page of a scenario with so many operations and lines of a log."""
    reports = folder / "reports"
    scenario = reports / "consensus/first/scenarios/test_kept"
    (scenario / "logs").mkdir(parents=True)
    seconds = 60.0
    with (scenario / "history.jsonl").open("w") as file:
        for index in range(operations):
            due = seconds * index / operations
            outcome = ("ok", "ok", "ok", "fail", "unknown")[index * 7919 % 5]
            row = {
                "index": index, "process": index % 8, "f": "write", "args": [f"k{index % 9}", 1],
                "intended": due, "invoked": due, "completed": due + 0.001 + index % 97 / 1e4,
                "outcome": outcome, "value": None, "node": "n1", "workload": "registers",
            }  # fmt: skip
            file.write(json.dumps(row) + "\n")
    log = scenario / "logs/n1.log"
    with log.open("w") as file, (scenario / "arrivals.jsonl").open("w") as looks:
        for number in range(logs):
            file.write(f"{line}\n" if logs < 10 else f"{line} {number}\n")
            file.flush()
            moment = seconds * number / logs
            size = log.stat().st_size
            looks.write(json.dumps({"t": moment, "log": "n1.log", "size": size}) + "\n")
    nodes = [NodeSummary(name="n1", service="raft_kv", address="10.0.0.1", log="logs/n1.log")]
    summary(**failed(duration=seconds, nodes=nodes)).write(scenario)
    assemble(reports)
    return reports / "consensus/first/index.html"
