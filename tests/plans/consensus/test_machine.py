"""The state machine: versions, compare-and-set, and requests that come twice."""

from __future__ import annotations

from raft_kv.machine import SESSIONS, Machine


def put(value: object, **more: object) -> dict[str, object]:
    return {"op": "put", "key": "k", "value": value, **more}


def test_a_request_sent_again_counts_once() -> None:
    machine = Machine()
    first = machine.apply(put(1, client="c", seq=1))
    machine.apply(put(2))
    assert machine.apply(put(1, client="c", seq=1)) == first
    assert machine.read("k") == {"value": 2, "version": 2}


def test_a_request_older_than_the_last_is_not_carried_out() -> None:
    machine = Machine()
    machine.apply(put(1, client="c", seq=2))
    assert machine.apply(put(0, client="c", seq=1))["unknown"]
    assert machine.read("k")["value"] == 1


def test_a_snapshot_holds_values_and_sessions() -> None:
    machine, copy = Machine(), Machine()
    machine.apply(put(1, client="c", seq=1))
    copy.restore(machine.dump())
    copy.apply(put(1, client="c", seq=1))
    assert copy.digest() == machine.digest()
    forgetful = Machine(frozenset({"lost_snapshot_dedup"}))
    forgetful.apply(put(1, client="c", seq=1))
    copy.restore(forgetful.dump())
    copy.apply(put(1, client="c", seq=1))
    assert copy.digest() != machine.digest()


def test_cas_compares() -> None:
    cas = {"op": "cas", "key": "k", "old": 1, "new": 2}
    machine, careless = Machine(), Machine(frozenset({"cas_ignores_old"}))
    assert not machine.apply(cas)["ok"]
    assert careless.apply(cas)["ok"]
    machine.apply(put(1))
    assert machine.apply(cas) == {"ok": True, "value": 2, "version": 2}


def test_the_client_that_was_silent_for_longest_is_forgotten() -> None:
    machine = Machine()
    for client in range(SESSIONS + 1):
        machine.apply(put(client, client=f"c{client}", seq=1))
        machine.apply(put(0, client="busy", seq=client))
    assert len(machine.sessions) == SESSIONS
    assert "busy" in machine.sessions
    assert "c0" not in machine.sessions
