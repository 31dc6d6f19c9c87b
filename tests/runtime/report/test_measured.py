"""Coverage of nodes: combined, labelled with the scenario, and forgiving about cut files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from coverage import CoverageData
from lxml import etree, html

from planc_runtime.report import assemble
from planc_runtime.report.collect import read_plan
from planc_runtime.report.measured import measure

Leave = Callable[..., Path]

NODE = """
import sys

def greet():
    return "hello"

def part():
    return "bye"

greet() if sys.argv[1] == "greet" else part()
"""


def run_measured(folder: Path, node: Path, word: str, *, branch: bool = True) -> None:
    """Run a node's code under coverage, as a backend does."""
    data = folder / "coverage" / f".coverage.{word}"
    data.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "coverage", "run", f"--data-file={data}"]
    command += ["--branch"] if branch else []
    subprocess.run([*command, str(node), word], check=True, cwd=node.parent)


def test_scenarios_add_up_and_contexts_tell_them_apart(
    leave: Leave, reports: Path, tmp_path: Path
) -> None:
    node = tmp_path / "node.py"
    node.write_text(NODE)
    run_measured(leave(test="test_greet"), node, "greet")
    run_measured(leave(test="test_part"), node, "part")
    assemble(reports)
    plan = reports / "consensus/first"
    root = etree.parse(plan / "coverage.xml").getroot()
    assert float(root.get("line-rate")) == 1.0
    pages = "".join(page.read_text() for page in (plan / "coverage").glob("*.html"))
    assert "test_greet" in pages
    assert "test_part" in pages
    words = html.parse(str(reports / "index.html")).getroot().text_content()
    assert "code coverage 100 %" in " ".join(words.split())


def test_without_measurements_there_is_no_coverage(leave: Leave, reports: Path) -> None:
    leave()
    assemble(reports)
    assert not (reports / "consensus/first/coverage.xml").exists()
    document = html.parse(str(reports / "consensus/first/index.html"))
    assert not document.xpath("//a[contains(@href, 'coverage')]")
    assert "code coverage" not in document.getroot().text_content().lower()


def test_a_data_file_cut_short_is_named_and_the_rest_counts(
    leave: Leave, reports: Path, tmp_path: Path
) -> None:
    node = tmp_path / "node.py"
    node.write_text(NODE)
    folder = leave()
    run_measured(folder, node, "greet")
    whole = folder / "coverage" / ".coverage.greet"
    cut = folder / "coverage" / ".coverage.cut"
    cut.write_bytes(whole.read_bytes()[:5000])
    measured = measure(read_plan(reports, reports / "consensus/first"))
    assert measured is not None
    assert measured.unreadable == [cut]
    assert 50 < measured.percent < 100


def test_code_that_has_gone_since_is_left_out(leave: Leave, reports: Path, tmp_path: Path) -> None:
    node = tmp_path / "node.py"
    node.write_text(NODE)
    run_measured(leave(), node, "greet")
    node.unlink()
    assemble(reports)
    assert (reports / "consensus/first/junit.xml").exists()


def test_data_of_lines_joins_data_of_branches(leave: Leave, reports: Path, tmp_path: Path) -> None:
    node = tmp_path / "node.py"
    node.write_text(NODE)
    run_measured(leave(test="test_a"), node, "greet", branch=True)
    run_measured(leave(test="test_b"), node, "part", branch=False)
    measured = measure(read_plan(reports, reports / "consensus/first"))
    assert measured is not None
    assert measured.unreadable == []
    assert measured.percent == 100


def test_the_data_of_the_nodes_stays_as_it_was(leave: Leave, reports: Path, tmp_path: Path) -> None:
    node = tmp_path / "node.py"
    node.write_text(NODE)
    folder = leave()
    run_measured(folder, node, "greet")
    assemble(reports)
    data = CoverageData(str(folder / "coverage" / ".coverage.greet"))
    data.read()
    assert data.measured_files() == {str(node)}
