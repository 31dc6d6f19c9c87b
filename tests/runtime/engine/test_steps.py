"""Calls, requests, functions of the plan's author, mocks, machines, clusters of one's own."""

from __future__ import annotations

import textwrap
from typing import Any

from planc_runtime.history.summary import ScenarioVerdict


def test_what_a_call_returns_can_be_expected_and_used(play: Any) -> None:
    summary = play(
        """
        await s.call(kv, "write", "a", "1")
        value = await s.call(kv, "read", "a", on=planc.node(store, "n1"))
        await s.expect(value == "1")
        await s.call(kv, "write", value, planc.text("x", value))
        again = await s.call(kv, "read", "1")
        await s.expect(again == "x1")
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because


def test_a_call_that_fails_is_a_failed_step_unless_its_result_is_looked_at(play: Any) -> None:
    looked_at = """
        reply = await s.call(kv, "read", "a", on=planc.node(store, "n2"))
        await s.expect(reply["status"] == 421)
        await s.expect(reply["outcome"] == "fail")
        """
    assert play(looked_at).verdict is ScenarioVerdict.PASSED
    summary = play('await s.call(kv, "read", "a", on=planc.node(store, "n2"))\nawait s.wait(1.0)')
    assert summary.verdict is ScenarioVerdict.FAILED
    assert "kv.read ended fail: 421 on n2" in summary.because


def test_an_http_step_shows_status_headers_json_and_latency(play: Any) -> None:
    summary = play(
        """
        base = planc.url(planc.node(store, "n1"), "http")
        reply = await s.http("GET", planc.text(base, "/status"))
        await s.expect(reply["status"] == 200)
        await s.expect(reply["headers"]["content-type"] == "application/json")
        await s.expect(reply["json"]["greeting"] == "hello")
        await s.expect(reply["latency"] < 0.1)
        await s.expect(planc.matches_schema(reply["json"], {"term": "integer", "role": "number"}))
        """
    )
    assert [e.result.value for e in summary.expectations] == ["passed"] * 4 + ["failed"]
    assert summary.expectations[-1].measured == "it.role is string, not number"
    assert summary.expectations[1].measured == (
        'reply.headers["content-type"] was "application/json"'
    )


def test_python_is_found_beside_the_plan_and_its_troubles_are_failed_steps(
    play: Any, project: Any
) -> None:
    (project.plans / "checks.py").write_text(
        textwrap.dedent(
            """
            def count(history): return len(history)
            async def double(x): return 2 * x
            def bad(): assert 1 == 2, "not equal"
            """
        )
    )
    summary = play(
        """
        async with s.run(load, seconds=1.0) as run:
            run.always(True)
        await s.expect(planc.python("checks:count", planc.history()) == 50)
        four = await s.python("checks:double", 2)
        await s.expect(four == 4)
        await s.python("checks:bad")
        """
    )
    assert [e.result.value for e in summary.expectations] == ["passed"] * 3 + ["failed"]
    assert "python checks:bad: not equal" in summary.because


def test_a_missing_function_says_where_it_was_looked_for(play: Any, project: Any) -> None:
    summary = play('await s.python("nowhere:f")')
    assert summary.verdict is ScenarioVerdict.ERROR
    assert "there is no module 'nowhere'" in summary.because
    assert str(project.plans) in summary.because


MOCKED = """
billing = planc.mock(
    "billing",
    [
        planc.route(
            "GET",
            "/price",
            planc.reply(200, json=planc.record({"price": 3}), after=0.02),
            planc.reply(503, probability=0.3),
        ),
        planc.route(
            "POST", "/pay/:who", planc.reply(201, text=planc.text("paid ", planc.var("who")))
        ),
    ],
)


@planc.scenario(PLAN, "mocked", clusters=[store], mocks=[billing])  # tiny.plan:10
async def test_it_works(s: planc.Scenario) -> None:
    pay = planc.text(billing["url"], "/pay/ann")
    paid = await s.http("POST", pay, json={"sum": 3})  # tiny.plan:11
    await s.expect(paid["text"] == "paid ann")  # tiny.plan:12
    for _ in s.times(20):  # tiny.plan:13
        price = await s.http("GET", planc.text(planc.url(billing), "/price"))  # tiny.plan:14
        await s.expect(planc.is_in(price["status"], [200, 503]))  # tiny.plan:15
    await s.expect(planc.count(billing["requests"]) == 21)  # tiny.plan:16
    await s.expect(planc.first(billing["requests"])["json"]["sum"] == 3)  # tiny.plan:17
"""


def test_a_mock_answers_as_it_was_told_and_remembers(project: Any) -> None:
    summary = project.run(project.module(MOCKED))
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    statuses = {e.measured for e in summary.expectations if e.line == "tiny.plan:15"}
    assert {s.split(" was ")[1][:3] for s in statuses} == {"200", "503"}


EXPLORED = """
life = planc.machine(
    "life",
    client=kv,
    on=store,
    transitions=[
        planc.transition("idle", "busy", by="start"),
        planc.transition("busy", "idle", by="halt"),
        planc.transition(["busy"], "idle", by="reset"),
    ],
)


@planc.scenario(PLAN, "explored", clusters=[store])  # tiny.plan:10
async def test_it_works(s: planc.Scenario) -> None:
    {}
    await s.explore(life, 30)  # tiny.plan:12
    await s.expect(planc.every_illegal_transition_is_refused())  # tiny.plan:13
"""


def test_a_machine_is_explored_by_legal_and_illegal_events(project: Any) -> None:
    summary = project.run(project.module(EXPLORED.format("s.mark('begin')  # tiny.plan:11")))
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    explored, refused = summary.expectations
    assert "2 of 2 states were visited" in explored.measured
    assert refused.measured.startswith("all ")


def test_an_illegal_transition_that_is_accepted_is_found(project: Any) -> None:
    lying = "await s.do(planc.lie(store))  # tiny.plan:11"
    summary = project.run(project.module(EXPLORED.format(lying)))
    assert summary.verdict is ScenarioVerdict.FAILED
    assert any("reset in state idle was accepted" in e for e in summary.expectations[1].evidence)


def test_a_cluster_of_the_scenario_alone(play: Any) -> None:
    summary = play(
        """
        other = await s.cluster("other", planc.nodes(1, tiny, name="solo"), set={"greeting": "hi"})
        await s.expect(planc.node(other, "solo")["status"]["greeting"] == "hi")
        await s.expect(planc.distinct(store["status"]["greeting"]) == ["hello"])
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because


def test_files_and_logs_of_nodes(play: Any) -> None:
    summary = play(
        """
        await s.call(kv, "write", "a", "1")
        await s.expect(planc.json_(planc.file(planc.node(store, "n1"), "kv.json"))["a"] == "1")
        await s.expect(planc.files(planc.node(store, "n1"), "*.json") == ["kv.json"])
        await s.expect(planc.contains(planc.log_of(planc.node(store, "n3")), "n3 serves"))
        for n in await s.each(planc.running(store)):
            await s.expect(n["running"] == True)
        if await s.when(planc.count(planc.leaders(store)) == 7):
            await s.wait(1000.0)
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert len(summary.expectations) == 6


def test_exec_is_a_skip_where_no_programs_run(play: Any) -> None:
    summary = play('await s.exec("ls -l")')
    assert summary.verdict is ScenarioVerdict.SKIPPED
    assert summary.because == "backend 'sim' cannot run programs"
