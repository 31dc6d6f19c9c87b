"""What is drawn of a plan: when what happens, in three formats that others read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from planc.pipeline.snapshots import snapshot
from planc.show import Pictures, Words, mermaid, pictures_of, svg, text
from planc.show.mermaid import axis, moment
from planc.show.sentences import explain
from planc.show.timelines import Bar
from planc.show.words import seconds

from .conftest import Parse

ROOT = Path(__file__).parents[2]
SHOWN = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "plans").rglob("*.plan")
    if "systems" not in path.parts and not path.read_text().startswith("#")
)

PLAN = """plan "The store; survives: #1 \\"quoted\\" <b>%%" {
  owner "storage team"
}

let patience = 5s

service kv {
  command "kv"
  ports   client 7000
  status  GET "/status" on client returns json
  role    leader when status.role == "leader"
  plant   ack_early "acknowledges too early"
}

client web over http on port client {
  read(k) GET "/{k}"
  shut(node) POST "/down"
  start(node) POST "/up"
}

cluster store {
  nodes 3 of kv in zone east
  nodes 2 of kv in zone west
  spare 1 of kv
  links 1ms +/- 200us loss 0.1%
}

workload reads on store {
  client  web
  clients 4
  rate    50/s
  mix     read 100%
}

workload some on store {
  client     web
  clients    2
  mix        read 100%
  operations 100
}

machine life on store {
  client  web
  initial up
  up   -> down by shut
  down -> up by start
}

fault trouble(target) {
  together {
    isolate target for 300ms
    late(target)
  }
}

fault late(target) {
  wait 200ms
  crash target for 1s
}

scenario "all that takes time" {
  catches ack_early
  timeout 60s
  skip on local "it is slow"
  run reads for 30s {
    at 5s   crash leader(store) for 4s
    at 10s  trouble(store.n1)
    at 20s  partition minority(store) | others
    repeat every 2s..4s {
      pick one {
        weight 2 pause any 1 of store for 1s
        weight 1 {
        }
      }
    }
    always count(leaders(store)) <= 1
  }
  wait 2s
  eventually within patience count(leaders(store)) == 1
  stays for 3s count(leaders(store)) == 1
  expect availability >= 95%
  expect p99 latency outside faults < 100ms
}

scenario "{word} is all" for word in ["a", "b"] {
  run some
  explore life for 20 steps
  expect every illegal transition is refused
}
"""


def pictures(root: Path, path: str) -> tuple[Pictures, Words]:
    found = snapshot(str(root), [path])
    assert not found.broken, found.broken
    words = Words(found.sources)
    return pictures_of(found.plans[path], words), words


@pytest.fixture
def drawn(tmp_path: Path) -> Pictures:
    (tmp_path / "a.plan").write_text(PLAN)
    return pictures(tmp_path, "a.plan")[0]


def bars(drawn: Pictures, title: str) -> list[tuple[str, str, float, float, bool]]:
    found = next(each for each in drawn.timelines if each.title == title)
    return [(b.kind, b.label, round(b.start, 6), round(b.end, 6), b.certain) for b in found.bars]


def test_time_counts_from_the_first_statement(drawn: Pictures) -> None:
    assert bars(drawn, "all that takes time") == [
        ("load", "reads at 50/s", 0.0, 30.0, True),
        ("fault", "crash leader(store) for 4s", 5.0, 9.0, True),
        ("fault", "trouble(store.n1)", 10.0, 11.2, True),
        ("fault", "partition minority(store) | others", 20.0, 30.0, True),
        ("fault", "every 2s..4s: pick one ...", 0.0, 30.0, True),
        ("check", "always count(leaders(store)) <= 1", 0.0, 30.0, True),
        ("check", "eventually within patience count(leaders(store)) == 1", 32.0, 37.0, True),
        ("check", "stays for 3s count(leaders(store)) == 1", 37.0, 40.0, True),
        ("check", "expect availability >= 95%", 40.0, 40.0, True),
        ("check", "expect p99 latency outside faults < 100ms", 40.0, 40.0, True),
    ]


def test_what_ends_when_it_is_done_says_so(drawn: Pictures) -> None:
    load, walk, _ = bars(drawn, "{word} is all")

    assert load[1] == "some by 2 clients in a closed loop"
    assert (load[4], walk[4]) == (False, False)
    assert "(until done)" in mermaid.render(drawn)


def test_clusters_have_zones_spares_and_those_who_drive_them(drawn: Pictures) -> None:
    (store,) = drawn.clusters

    assert [(n.name, n.zone, n.spare) for n in store.nodes] == [
        *((f"n{i}", "east", False) for i in (1, 2, 3)),
        *((f"n{i}", "west", False) for i in (4, 5)),
        ("n6", "", True),
    ]
    assert store.network == "1ms +/- 200us loss 0.1%"
    assert [(load.name, load.client, load.pace) for load in store.loads] == [
        ("reads", "web", "4 clients, 50/s"),
        ("some", "web", "2 clients, closed loop"),
    ]


def test_text_for_the_terminal(drawn: Pictures) -> None:
    lines = text.render(drawn).splitlines()

    assert "cluster store: 6 nodes, network 1ms +/- 200us loss 0.1%" in lines
    assert "  n4 n5  kv in zone west" in lines
    assert "  up -> down by shut" in lines
    crash = next(line for line in lines if "crash leader" in line)
    # 44 columns for 40 seconds: from 5s to 9s.
    assert crash == "  " + " " * 6 + "####" + " " * 34 + "  5s to 9s  crash leader(store) for 4s"


# --- what others read ---------------------------------------------------------------------------


def diagrams(pictures: Pictures) -> list[str]:
    return re.findall(r"```mermaid\n(.*?)\n```", mermaid.render(pictures), re.DOTALL)


def test_mermaid_reads_every_diagram(drawn: Pictures, mermaid: Parse) -> None:
    wanted = diagrams(drawn)
    for path in SHOWN:
        wanted += diagrams(pictures(ROOT, path)[0])
    answers = mermaid([*wanted, "flowchart LR\n a --> --> b"])

    kinds = {"gantt", "flowchart-v2", "stateDiagram"}
    wrong = [
        (diagram, answer)
        for diagram, answer in zip(wanted, answers, strict=False)
        if answer.get("type") not in kinds
    ]
    assert wrong == []
    assert "error" in answers[-1]
    assert kinds == {answer["type"] for answer in answers[:-1]}


def test_no_label_runs_past_the_edge_of_a_comment() -> None:
    """Mermaid writes what is wider than its bar to the right or to the left, room or not."""
    words = "eventually within 20s " + "x" * 60
    middle, early = Bar("check", words, 40, 60), Bar("step", words, 0, 0)
    among = [middle, early, Bar("load", "load", 0, 100)]

    shown = [mermaid.task(each, "t", among).partition(" :")[0].strip() for each in among]

    assert shown[1:] == [words, "load"]  # To the right of the beginning there is room.
    assert shown[0].endswith("…")
    assert words.startswith(shown[0][:-1])
    assert len(shown[0]) * 5 < 0.4 * 734 + 75


HOSTILE = '"><script>alert(1)</script>; click n1 href javascript:x %%{init: {}}%% `x` #35; -->|a|'


@pytest.fixture
def hostile(tmp_path: Path) -> Pictures:
    escaped = HOSTILE.replace('"', '\\"').replace("{", "{{").replace("}", "}}")
    shown = f'plan "{escaped}"\n\nscenario "{escaped}" {{\n  mark "{escaped}"\n  wait 1s\n}}\n'
    (tmp_path / "h.plan").write_text(shown)
    return pictures(tmp_path, "h.plan")[0]


def test_a_strangers_title_is_a_title_in_mermaid(hostile: Pictures, mermaid: Parse) -> None:
    found = diagrams(hostile)

    assert all(each.get("type") == "gantt" for each in mermaid(found))
    assert not any(set("<>`;#") & set(each) for each in found)


def test_a_strangers_title_is_a_title_in_svg(hostile: Pictures, drawn: Pictures) -> None:
    root = etree.fromstring(svg.render([hostile, drawn]).encode())

    names = {etree.QName(each).localname for each in root.iter() if isinstance(each.tag, str)}
    assert names <= {"svg", "title", "style", "defs", "marker", "path", "rect", "text"}
    attributes = {name for each in root.iter() for name in each.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    assert HOSTILE[:20] in "".join(root.itertext())


def test_the_svg_holds_all_that_it_draws(drawn: Pictures) -> None:
    root = etree.fromstring(svg.render([drawn]).encode())
    height = float(root.get("height", "0"))

    for each in root.iter("{*}rect", "{*}text"):
        assert 0 <= float(each.get("x", "0")) <= 960
        assert 0 <= float(each.get("y", "0")) <= height


@pytest.mark.parametrize("path", SHOWN)
def test_every_plan_can_be_shown_and_told(path: str) -> None:
    made, words = pictures(ROOT, path)
    assert text.render(made)
    etree.fromstring(svg.render([made]).encode())
    plan = snapshot(str(ROOT), [path]).plans[path]

    told = explain(plan, words)
    assert all(f"## {each.name}" in told for each in plan.scenarios)
    assert "do `" not in told, "a statement has no sentence"


def test_a_plan_in_sentences(tmp_path: Path) -> None:
    (tmp_path / "a.plan").write_text(PLAN)
    found = snapshot(str(tmp_path), ["a.plan"])

    told = explain(found.plans["a.plan"], Words(found.sources))
    first = told.partition("## all that takes time\n\n")[2].partition("\n")[0]
    expected = """
        It is skipped on local: it is slow. Run `reads` for 30s; meanwhile at 5s crash leader(store)
        for 4s; at 10s cause *trouble* on store.n1; at 20s partition minority(store) | others; every
        2s..4s let chance pick one of: pause any 1 of store for 1s (weight 2); do nothing (weight
        1); all the time it must hold that `count(leaders(store)) <= 1`. Wait 2s. Within patience
        (5s) it must come to `count(leaders(store)) == 1`. For 3s it must stay so that
        `count(leaders(store)) == 1`. Then we expect that the availability is at least 95%; and that
        the p99 latency outside faults stays below 100ms. All of it must be done within 1min. It
        would catch a system with the bug `ack_early` (acknowledges too early)."""
    assert first == " ".join(expected.split())
    assert "- *late* of target: wait 200ms and then crash target for 1s" in told


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0s"), (0.3, "300ms"), (5.0, "5s"), (90.0, "90s"), (120.0, "2min"), (2e-4, "200us"),
     (3600.0, "1h"), (-2.0, "-2s")],
)  # fmt: skip
def test_durations_read_as_in_a_plan(value: float, written: str) -> None:
    assert seconds(value) == written


@pytest.mark.parametrize(
    ("seconds", "format", "step"),
    [(0.4, "%S.%L", "50millisecond"), (5, "%S.%L", "500millisecond"), (40, "%M:%S", "5second"),
     (900, "%M:%S", "120second"), (7200, "%H:%M:%S", "1200second")],
)  # fmt: skip
def test_an_axis_has_as_many_marks_as_can_be_read(seconds: float, format: str, step: str) -> None:
    assert axis(seconds) == [f"  axisFormat {format}", f"  tickInterval {step}"]


def test_moments_are_times_of_a_day() -> None:
    """As days since 1970 they would be moved by the reader's time zone."""
    assert [moment(each) for each in (0, 90_250, 3_600_000)] == [
        "00:00:00.000", "00:01:30.250", "01:00:00.000"]  # fmt: skip
