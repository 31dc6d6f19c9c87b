"""What a backend cannot do is known before anything runs."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import PLAN, Files

from planc.pipeline import check
from planc.vocabulary.backends import BACKENDS, Backend, Rung
from planc.vocabulary.backends.ability import exact

PEERS = 'command """kv {peers "{ip6}" join ","}"""'
SLOW = PLAN.replace("crash leader(store) for 2s", "slow links of leader(store) by 50ms for 2s")


@pytest.fixture(autouse=True)
def bare_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a backend that can do little, whatever those of this release have learnt."""
    rung = Rung("local", "little", "nothing", {"crash": exact("SIGKILL")})
    monkeypatch.setitem(BACKENDS, "local", Backend("local", "little", (rung,)))


def codes(project: Files, *on: str) -> list[tuple[str, int]]:
    return [(each.code, each.span.line) for each in check(root=project.root, on=on).diagnostics]


def test_a_backend_that_can_is_content(project: Files) -> None:
    assert codes(project, "sim", "local") == []


def test_a_missing_ability_is_named(project: Files) -> None:
    project.write("plans/store/first.plan", SLOW)

    assert codes(project) == []
    assert codes(project, "sim") == []
    assert codes(project, "local") == [("PLC0601", 18)]
    first = next(iter(check(root=project.root, on=["local"]).diagnostics))
    assert "lacks the ability `slow`" in first.message
    assert "sim" in first.help


def test_an_ability_is_missed_through_a_declared_fault(project: Files) -> None:
    fault = "fault trouble(t) {\n  slow links of t by 50ms for 2s\n}\n"
    plan = PLAN.replace("crash leader(store) for 2s", "trouble(store)")
    project.write("plans/store/first.plan", plan + fault)

    assert codes(project, "local") == [("PLC0601", 23)]


def test_a_scenario_that_skips_the_backend_needs_nothing_of_it(project: Files) -> None:
    skipped = SLOW.replace("  covers", '  skip on local "no network faults"\n  covers')
    project.write("plans/store/first.plan", skipped)
    assert codes(project, "local") == []

    project.write("plans/store/first.plan", SLOW.replace("  covers", "  only on sim\n  covers"))
    assert codes(project, "local") == []


def test_the_normal_state_of_links_needs_abilities_as_well(project: Files) -> None:
    plan = PLAN.replace("cluster store {", "cluster store {\n  links 5ms loss 1%\n  retransmit 1s")
    assert plan != PLAN
    project.write("plans/store/first.plan", plan)

    found = check(root=project.root, on=["local"]).diagnostics

    assert [each.code for each in found] == ["PLC0601"] * 3
    lacking = ("`slow`", "`drop`", "`retransmit`")
    assert all(any(one in each.message for each in found) for one in lacking)


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("systems/store.plan", 'python "raft_kv.server:main"', 'command "kv {node.ip6}"'),
        ("systems/store.plan", 'python "raft_kv.server:main"', PEERS),
        ("first.plan", "expect history", "expect store.n1.ip6 contains text(1)\n  expect history"),
    ],
)
def test_whoever_speaks_of_ipv6_addresses_needs_them(
    project: Files, place: str, old: str, new: str
) -> None:
    path = f"plans/store/{place}"
    text = (project.root / path).read_text("utf-8")
    project.write(path, text.replace(old, new))

    assert codes(project) == []
    (found,) = check(root=project.root, on=["sim"]).diagnostics
    assert found.code == "PLC0601"
    assert "cannot `{node.ip6}`: it lacks the ability `ipv6`" in found.message
    assert found.span.path == path


def test_a_backend_that_does_not_exist(project: Files) -> None:
    assert [code for code, _ in codes(project, "sym")] == ["PLC0603"]
