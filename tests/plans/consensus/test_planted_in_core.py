"""Each planted bug of the core has a schedule that the right code survives and the bug does not.

The schedules are the short ones that a paper would print; a schedule that no longer tells the two
apart fails its test from either side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from raft_kv.state import Role
from raft_town import Build, Town

Schedule = Callable[..., None]
SCHEDULES: dict[str, Schedule] = {}


def shows(bug: str) -> Callable[[Schedule], Schedule]:
    def keep(schedule: Schedule) -> Schedule:
        SCHEDULES[bug] = schedule
        return schedule

    return keep


@shows("two_votes_per_term")
def two_candidates_ask_in_one_term(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.now += 10
    for name in "ab":
        town.rafts[name]._canvassing = False
        town.rafts[name].role = Role.CANDIDATE
        town.rafts[name]._stand_for_election(town.now)
        town.settle(name)
    town.asks = [ask for ask in town.asks if ask[1] == "c"]
    town.deliver()


@shows("forget_vote")
def a_voter_restarts_between_two_candidates(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.now += 10
    for name in "ab":
        town.rafts[name].role = Role.CANDIDATE
        town.rafts[name]._stand_for_election(town.now)
        town.settle(name)
        town.asks = [ask for ask in town.asks if ask[1] == "c"]
        town.ask(0)
        town.crash("c")
        town.start("c")
    while town.replies:
        town.reply(0)


@shows("forget_term")
def a_cluster_restarts_and_terms_go_on(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.elect("b")
    term = town.rafts["b"].term
    town.crash(*"abc")
    town.start()
    town.elect("c")
    assert town.rafts["c"].term > term


@shows("vote_for_outdated_log")
def a_node_that_missed_a_write_stands_for_election(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    town.deliver("a", "b")
    town.crash("a")
    town.now += 10
    town.rafts["c"].tick(town.now)
    town.settle("c")
    town.deliver("b", "c")
    assert town.rafts["c"].role is not Role.LEADER


@shows("no_step_down")
def an_old_leader_hears_of_a_new_one(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.elect("b", "b", "c")
    town.tick("b")
    town.deliver()
    assert town.rafts["a"].role is Role.FOLLOWER


@shows("ack_before_quorum")
def a_leader_cut_off_commits_nothing(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    assert town.values("a") == [None]


@shows("truncate_without_conflict")
def an_old_message_arrives_late(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    late = next(at for at, ask in enumerate(town.asks) if ask[1] == "b")
    old = town.asks[late]
    town.deliver()
    town.propose("a", value=2)
    town.deliver()
    town.asks = [old]
    town.ask(0)
    assert town.rafts["b"].log.last_index == town.rafts["a"].log.last_index


@shows("applies_uncommitted")
def a_follower_receives_what_is_not_committed(build: Build, *bugs: str) -> None:
    town = build("abcde", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    town.deliver("a", "b")
    assert town.values("b") == [None]


@shows("commit_old_term")
def figure_8(build: Build, *bugs: str) -> None:
    town = build("abcde", *bugs, batch=1)
    town.elect("a")
    town.propose("a", value=1)
    town.deliver("a", "b")
    town.crash("a")
    _elect_and_no_more(town, "e", "cd")
    town.crash("e")
    town.start("a")
    _elect_and_no_more(town, "a", "bcd")
    while town.rafts["c"].log.last_index < 2:
        town.now += 0.1
        town.rafts["a"].tick(town.now)
        town.settle("a")
        town.asks = [ask for ask in town.asks if ask[1] in "bc"]
        while town.asks:
            town.ask(0)
        while town.replies:
            town.reply(0)
    # The old entry is on a, b and c now, the new one of a on a and b only.
    town.crash("a")
    town.start("e")
    town.elect("e", "c", "d", "e")
    town.tick("e")
    town.deliver()


def _elect_and_no_more(town: Town, name: str, voters: str) -> None:
    """Make it leader, and lose what it sends as a leader."""
    town.asks, town.replies = [], []
    for raft in town.rafts.values():
        raft._heard_leader = float("-inf")
    town.now += 10
    for _ in range(100):
        town.asks = [ask for ask in town.asks if ask[1] in voters]
        if town.rafts[name].role is Role.LEADER:
            break
        if town.asks:
            town.ask(0)
        elif town.replies:
            town.reply(0)
        else:
            town.tick(name)
    town.asks, town.replies = [], []


@shows("no_log_check_on_append")
def a_follower_missed_what_the_last_leader_wrote(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    town.deliver("a", "b")
    town.elect("b")
    town.tick("b")
    town.deliver()
    assert town.terms("c") == town.terms("b")


@shows("commit_past_match")
def a_follower_with_a_tail_of_its_own_hears_of_a_commit(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    for value in range(4):
        town.propose("a", value=value)
    town.deliver("a")
    town.elect("b", "b", "c")
    town.propose("b", value=9)
    town.deliver("b", "c")
    town.tick("b")
    town.deliver("b", "c")
    town.rafts["b"].begin_read(town.now)
    town.settle("b")
    town.deliver()


@shows("delayed_reply_accepted")
def an_answer_to_an_earlier_term_of_its_own(build: Build, *bugs: str) -> None:
    town = build("abcde", *bugs)
    town.elect("a")
    for value in range(3):
        town.propose("a", value=value)
    town.asks = []
    late = _exchange(town, "a", "b")
    town.elect("e", "c", "d", "e")
    town.tick("e")
    town.deliver("a", "b", "e")
    _elect_and_no_more(town, "a", "bcd")
    town.propose("a", value=9)
    town.replies = _exchange(town, "a", "c") + late
    while town.replies:
        town.reply(0)
    # Only a and c hold the entry: two of five.
    assert town.rafts["a"].commit < town.rafts["a"].log.last_index


def _exchange(town: Town, leader: str, follower: str) -> list[Any]:
    """Let the follower store what the leader has; return the answers, which are under way."""
    town.now += 0.1
    town.rafts[leader].tick(town.now)
    town.settle(leader)
    town.asks = [ask for ask in town.asks if ask[1] == follower]
    while town.asks:
        town.ask(0)
    answers, town.replies = town.replies, []
    return answers


@shows("read_before_first_commit")
def a_new_leader_is_asked_at_once(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    town.deliver()
    assert town.values("a", "b") == [1, None]
    _elect_and_no_more(town, "b", "ac")
    read = town.rafts["b"].begin_read(town.now)
    assert read is not None
    assert read.index > town.rafts["a"].commit


@shows("stale_read")
def a_leader_cut_off_is_asked(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    read = town.rafts["a"].begin_read(town.now)
    assert read is not None
    town.settle("a")
    assert not town.rafts["a"].confirmed(read)
    town.deliver()
    assert town.rafts["a"].confirmed(read)


@shows("resume_serves_reads")
def a_leader_sleeps_while_another_is_elected(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.tick("a")
    town.deliver()
    town.elect("b", "b", "c")
    town.tick("a")
    read = town.rafts["a"].begin_read(town.now)
    assert read is None or not town.rafts["a"].confirmed(read)


@shows("membership_old_majority")
def two_of_five_are_no_majority(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    for name in "de":
        town.names.append(name)
        town.members = ["a", "b", "c"]
        town.start(name)
        assert town.rafts["a"].change_members(name, None, town.now) is None
        town.settle("a")
        town.deliver()
    assert town.rafts["a"].members == list("abcde")
    town.propose("a", value=1)
    town.deliver("a", "b")
    assert town.values("a") == [None]


@shows("snapshot_without_members")
def a_member_is_restored_from_a_snapshot(build: Build, *bugs: str) -> None:
    town = build("abcd", *bugs)
    town.elect("a")
    assert town.rafts["a"].change_members(None, "d", town.now) is None
    town.settle("a")
    town.deliver()
    town.snapshot("a")
    town.crash("a")
    town.start("a")
    assert town.rafts["a"].members == list("abc")


@shows("snapshot_drops_tail")
def a_leader_compacts_with_a_write_under_way(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    town.snapshot("a")
    town.deliver()
    assert town.values("a") == [1]


@shows("snapshot_at_last_index")
def a_snapshot_is_taken_with_a_write_under_way(build: Build, *bugs: str) -> None:
    town = build("abc", *bugs)
    town.elect("a")
    town.propose("a", value=1)
    town.snapshot("a")
    town.deliver()
    assert town.values("a") == [1]


@pytest.mark.parametrize("bug", sorted(SCHEDULES))
def test_the_schedule_tells_right_from_wrong(build: Build, bug: str) -> None:
    SCHEDULES[bug](build)
    with pytest.raises((AssertionError, IndexError)):
        SCHEDULES[bug](build, bug)
