"""The pages: complete, linked, and unable to run what a plan or a node says."""

from __future__ import annotations

import base64
import hashlib
import string
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from planc_runtime.report import assemble, markdown
from planc_runtime.report.drawing import DRAWN
from planc_runtime.report.text import seconds

Leave = Callable[..., Path]
BASE64 = set(string.ascii_letters + string.digits + "+/=")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def pages(reports: Path) -> list[Path]:
    return sorted(path for path in reports.rglob("index.html") if "coverage" not in path.parts)


def test_every_link_leads_somewhere(leave: Leave, reports: Path) -> None:
    leave(test="test_a[x y-%]")
    leave(plan="web/über #1", test="test_b")
    assemble(reports)
    assert len(pages(reports)) == 3
    for page in pages(reports):
        document = html.parse(str(page))
        links = [urlsplit(href) for href in document.xpath("//a/@href")]
        assert links
        for link in links:
            target = (page.parent / unquote(link.path)) if link.path else page
            assert target.exists(), (page, link)
            if link.fragment:
                ids = html.parse(str(target)).xpath("//@id")
                assert link.fragment in ids or unquote(link.fragment) in ids


def test_whatever_a_plan_says_is_text(leave: Leave, reports: Path) -> None:
    expectation = {"line": EVIL, "text": EVIL, "result": "failed", "measured": EVIL}
    leave(
        title=EVIL,
        plan_title=EVIL,
        because=EVIL,
        owner=EVIL,
        replay=EVIL,
        tags=[EVIL],
        covers=[EVIL],
        verdict="failed",
        expectations=[expectation | {"evidence": [EVIL], "wanted": EVIL}],
        faults=[{"name": EVIL, "start": 1, "hold": "installed", "proof": EVIL, "healed": EVIL}],
        workloads=[{"name": EVIL}],
        nodes=[{"name": EVIL}],
        not_reached=[{"line": EVIL, "text": EVIL}],
    )
    assemble(reports)
    for page in pages(reports):
        document = html.parse(str(page))
        assert not document.xpath("//img | //*[@onerror]")
        scripts = document.xpath("//script[not(@data-packed)]")
        assert len(scripts) == 1
        assert "alert(1)" not in scripts[0].text
        assert all(set(word) <= BASE64 for word in document.xpath("//script[@data-packed]/text()"))
        assert "alert(1)" in document.find("body").text_content()


def test_pages_run_one_script_and_no_other(leave: Leave, reports: Path) -> None:
    leave()
    assemble(reports)
    for page in pages(reports):
        document = html.parse(str(page))
        [policy] = document.xpath("//meta[@http-equiv]/@content")
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        [script] = document.xpath("//script[not(@data-packed)]/text()")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_a_thousand_repeats_still_make_a_page(leave: Leave, reports: Path) -> None:
    """Those that failed keep their pictures; the others keep their tables."""
    for number in range(DRAWN + 5):
        bad = number == DRAWN + 4
        leave(test=f"test_{number:03}", verdict="failed" if bad else "passed")
    assemble(reports)
    document = html.parse(str(reports / "consensus/first/index.html"))
    drawn = document.xpath("//details[.//script[@data-packed]]/@id")
    assert len(drawn) == DRAWN
    assert f"test_{DRAWN + 4:03}" in drawn
    assert len(document.xpath("//details[contains(@class, 'scenario')]")) == DRAWN + 5


@pytest.mark.parametrize("log", ["../../../../../../etc/passwd", "/etc/passwd", ""])
def test_a_log_outside_the_folder_is_not_linked(leave: Leave, reports: Path, log: str) -> None:
    leave(nodes=[{"name": "n1", "log": log}])
    assemble(reports)
    assert "passwd" not in (reports / "consensus/first/index.html").read_text()


def test_what_was_measured_stands_beside_what_was_wanted(leave: Leave, reports: Path) -> None:
    expectation = {
        "line": "first.plan:38",
        "text": "expect p99 latency < 100ms",
        "result": "failed",
        "measured": "p99 latency was 143 ms",
        "wanted": "< 100 ms",
    }
    leave(verdict="failed", expectations=[expectation])
    assemble(reports)
    document = html.parse(str(reports / "consensus/first/index.html"))
    [row] = document.xpath("//tr[td[contains(., 'p99 latency was')]]")
    cells = [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
    assert cells == [expectation[n] for n in ("result", "line", "text", "wanted", "measured")]


@given(st.text(min_size=1))
def test_markdown_stays_one_row(text: str) -> None:
    assert "\n" not in markdown.escape(text)
    assert "|" not in markdown.escape(text).replace("\\|", "")


@given(st.text(alphabet="`a\n ~", min_size=1))
def test_no_text_ends_its_code_block(text: str) -> None:
    opening, *body, closing = markdown.fenced(text).split("\n")
    fence = opening.removesuffix("text")
    assert closing == fence
    assert not [line for line in body if line.strip().startswith(fence)]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 ms"), (0.0004, "0.40 ms"), (0.84, "840 ms"), (12.34, "12.3 s"), (125, "2 min 5 s")],
)
def test_durations_read_well(value: float, text: str) -> None:
    assert seconds(value) == text
