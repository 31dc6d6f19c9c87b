"""The walk over a tree that grows while it is walked."""

import signal

import pytest

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import tree


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """A tree in which a second process is born just before the first is reached."""
    found = [[1], [1, 2], [1, 2]]

    def descendants(root: int) -> list[proc.Process]:
        pids = found.pop(0) if len(found) > 1 else found[0]
        return [proc.Process(pid, root, 10 * pid, "T") for pid in pids]

    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(proc, "descendants", descendants)
    monkeypatch.setattr(proc, "is_stopped", lambda pid: True)
    monkeypatch.setattr(tree, "send_group", lambda pid, number: signals.append((pid, number)))
    return signals


def test_who_is_born_during_the_walk_is_reached_once(sent: list[tuple[int, int]]) -> None:
    assert tree.pause(1.0) == ([1, 2], True)
    assert sent == [(10, signal.SIGSTOP), (20, signal.SIGSTOP)]


def test_who_is_not_seen_stopped_is_not_called_stopped(
    sent: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proc, "is_stopped", lambda pid: pid != 2)
    assert tree.pause(0.05) == ([1, 2], False)
