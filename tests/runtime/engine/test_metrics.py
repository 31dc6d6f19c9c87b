"""Metrics read while a scenario runs, and lines of logs: on the simulator, as plans say them."""

from __future__ import annotations

import gzip
from typing import Any

from tests.runtime.engine.conftest import HEAD

RUN = """
async with s.run(load, seconds=8.0) as run:
    run.at(3.0, planc.crash(planc.node(store, "n1"), seconds=2.0))
"""
WRITES = 'planc.of_metric("{stat}", "writes_total", {nodes}{more})'


def told(play: Any, *expectations: str) -> dict[str, Any]:
    body = RUN + "".join(f"await s.expect({text})\n" for text in expectations)
    return dict(zip(expectations, play(body).expectations, strict=True))


def writes(stat: str, nodes: str = 'planc.node(store, "n1")', more: str = "") -> str:
    return WRITES.format(stat=stat, nodes=nodes, more=more)


def test_counters_are_followed_through_the_life_of_nodes(play: Any) -> None:
    wanted = {
        f"{writes('increase')} > 40": "passed",
        f"{writes('increase', more=', window=planc.during_faults()')} < 1": "inconclusive",
        f"{writes('increase', more=', window=planc.after_heal()')} > 20": "passed",
        f"{writes('increase', more=', labels={}'.format(repr({'key': 'b'})))} == 0": "passed",
        f"{writes('increase', 'store')} == 0": "failed",
        f"{writes('increase', 'planc.followers(store)')} == 0": "inconclusive",
        f"{writes('rate')} < 100": "passed",
        f"planc.near({writes('rate')}, 25, 0.5)": "passed",
        'planc.of_metric("max", "heap_bytes", store) <= 1024': "passed",
        'planc.of_metric("min", "heap_bytes", store) > 1024': "failed",
        'planc.of_metric("max", "heap_size", store) <= 1024': "inconclusive",
        f"{writes('rate', more=', window=planc.between_marks({}, {})'.format(*'12'))} > 1": (
            "inconclusive"
        ),
    }
    found = told(play, *wanted)
    assert {text: verdict.result.value for text, verdict in found.items()} == wanted
    unknown = found['planc.of_metric("max", "heap_size", store) <= 1024']
    assert unknown.measured.endswith("ever showed a metric heap_size")
    failed = found[f"{writes('increase', 'store')} == 0"]
    assert failed.measured.endswith("on n1")
    assert [point for point in failed.data["series"]["n1"] if point[1] is None]


def test_all_pages_are_kept_with_their_times(project: Any) -> None:
    project.run(project.scenario(RUN + f"await s.expect({writes('increase')} > 0)\n"))
    pages = gzip.decompress((project.folder / "metrics" / "n1.txt.gz").read_bytes()).decode()
    assert "heap_bytes 1024" in pages
    assert "s no answer: it is crashed" in pages


def test_nodes_without_metrics_are_said_to_have_none(project: Any) -> None:
    head = HEAD.replace('"hello"', '"no metrics"')
    body = f"await s.expect({writes('increase')} > 0)"
    text = f"""
@planc.scenario(PLAN, "it works", clusters=[store])  # tiny.plan:10
async def test_it_works(s: planc.Scenario) -> None:
    {body}  # tiny.plan:11
"""
    found = project.run(project.module(text, head)).expectations[0]
    assert found.result.value == "inconclusive"
    assert found.measured == "n1 did not show its metrics: status 404"


def test_a_service_says_where_its_metrics_are_and_how_often_they_are_read(project: Any) -> None:
    where = 'metrics=planc.metrics(planc.http("GET", "/metrics", port="http"), every=0.25),'
    head = HEAD.replace('    params={"greeting"', f'    {where}\n    params={{"greeting"')
    text = """
@planc.scenario(PLAN, "it works", clusters=[store])  # tiny.plan:10
async def test_it_works(s: planc.Scenario) -> None:
    await s.wait(5.0)  # tiny.plan:11
"""
    project.run(project.module(text, head))
    pages = gzip.decompress((project.folder / "metrics" / "n2.txt.gz").read_bytes()).decode()
    assert 20 <= pages.count("# read at ") <= 22


def test_log_lines_of_all_nodes_and_of_every_life(play: Any) -> None:
    lines = "planc.no_log_line_matches"
    wanted = {
        f'{lines}("panic|DATA RACE")': "passed",
        f'{lines}("SERVES")': "passed",
        f'{lines}("SERVES", ignoring_case=True)': "failed",
        f'{lines}("serves", of=planc.node(store, "n2"))': "failed",
        f'{lines}("serves", window=planc.after_heal())': "failed",
        f'{lines}("serves", of=planc.node(store, "n2"), window=planc.after_heal())': "passed",
        f'{lines}("serves", excepting=[planc.before_faults()])': "failed",
        f'{lines}("serves", excepting=[planc.before_faults(), planc.during_faults()])': "passed",
        f'{lines}("serves", excepting=[planc.between_marks("a", "b")])': "inconclusive",
    }
    found = told(play, *wanted)
    assert {text: verdict.result.value for text, verdict in found.items()} == wanted
    every = found[f'{lines}("SERVES", ignoring_case=True)']
    assert every.data["count"] == 4
    assert every.evidence[-1].startswith("n1, line 2 at 5.")
    assert every.evidence[-1].endswith("n1 serves")
