"""The child process of a run: its lines, its end, and how it is stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from planc.cli.running.events import Outcome, Progress
from planc.cli.running.session import Ended, Session, Settings, Silent, stopping


@dataclass
class Script(Settings):
    """A child that runs these lines of Python; `say(...)` writes a progress line."""

    source: str = ""

    def command(self, progress: str, lifeline: int) -> list[str]:
        head = (
            "import json, os, signal, sys, time\n"
            f"out = open({progress!r}, 'w', buffering=1)\n"
            "def say(**event): print(json.dumps(event), file=out)\n"
        )
        return [sys.executable, "-c", head + self.source]


END = "say(kind='end', id='a', plan='p', title='t', line='p.plan:1', verdict='passed', wall=1)\n"


class Waiting(Silent):
    """Tells when the child has begun."""

    def __init__(self) -> None:
        self.begun = threading.Event()

    def tick(self, progress: Progress) -> None:
        if progress.running:
            self.begun.set()


def session(tmp_path: Path, source: str, watcher: Silent | None = None) -> Session:
    script = Script([], tmp_path / "reports", "sim", tmp_path, source=source)
    return Session(script, watcher or Silent(), (tmp_path / "log").open("wb"))


def test_lines_become_outcomes(tmp_path: Path) -> None:
    source = "say(kind='session', scenarios=1, seed=7)\nsay(kind='begin', id='a')\n" + END
    ended = session(tmp_path, source + "say(kind='finished', exit=0)\nsys.exit(1)").run()
    assert ended.status == 1
    assert ended.progress.finished
    assert ended.progress.seed == 7
    assert ended.progress.running == {}
    assert [outcome.title for outcome in ended.outcomes] == ["t"]


def test_a_line_that_is_no_event_is_ignored(tmp_path: Path) -> None:
    source = "print('nonsense', file=out); print('[]', file=out); out.write('{\"kind')\n"
    assert session(tmp_path, END + source).run().outcomes[0].verdict == "passed"


def test_the_watcher_hears_of_each_end_at_once(tmp_path: Path) -> None:
    heard: list[str] = []

    class Listener(Silent):
        def ended(self, outcome: Outcome) -> None:
            heard.append(outcome.title)

    session(tmp_path, END * 3, Listener()).run()
    assert heard == ["t"] * 3


def test_output_goes_to_the_log(tmp_path: Path) -> None:
    session(tmp_path, "print('hello'); print('there', file=sys.stderr)").run()
    assert (tmp_path / "log").read_text().split() == ["hello", "there"]


def test_hashing_is_fixed_in_the_child(tmp_path: Path) -> None:
    session(tmp_path, "print(os.environ['PYTHONHASHSEED'])").run()
    assert (tmp_path / "log").read_text() == "0\n"


WAIT_AND_TIDY = (
    "try:\n"
    "  say(kind='begin', id='a', title='t')\n"
    "  signal.pause()\n"
    "except KeyboardInterrupt:\n"
    "  print('tidied'); sys.exit(2)\n"
)


def in_thread(started: Session) -> tuple[threading.Thread, list[Ended]]:
    result: list[Ended] = []
    thread = threading.Thread(target=lambda: result.append(started.run()))
    thread.start()
    return thread, result


def test_an_interrupt_is_passed_on_and_waited_for(tmp_path: Path) -> None:
    watcher = Waiting()
    started = session(tmp_path, WAIT_AND_TIDY, watcher)
    thread, result = in_thread(started)
    assert watcher.begun.wait(30)
    started.stop()
    thread.join(30)
    assert (result[0].status, result[0].interrupted) == (2, True)
    assert (tmp_path / "log").read_text() == "tidied\n"


def test_a_child_that_does_not_listen_is_killed_at_the_third_time(tmp_path: Path) -> None:
    watcher = Waiting()
    deaf = "signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + WAIT_AND_TIDY
    started = session(tmp_path, deaf, watcher)
    thread, result = in_thread(started)
    assert watcher.begun.wait(30)
    for _ in range(3):
        started.stop()
    thread.join(30)
    assert result[0].status == -signal.SIGKILL


def test_a_signal_to_planc_stops_the_child(tmp_path: Path) -> None:
    class Interrupting(Silent):
        def __init__(self) -> None:
            self.sent = False

        def tick(self, progress: Progress) -> None:
            if progress.running and not self.sent:
                self.sent = True
                os.kill(os.getpid(), signal.SIGTERM)

    started = session(tmp_path, WAIT_AND_TIDY, Interrupting())
    with stopping(started.stop):
        ended = started.run()
    assert ended.status == 2
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_pipe_held_open_by_a_stray_process_does_not_hang(tmp_path: Path) -> None:
    source = (
        "import subprocess\n"
        "stray = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'],"
        " pass_fds=[out.fileno()])\n"
        "print(stray.pid)\n"
    )
    try:
        assert session(tmp_path, END + source).run().status == 0
    finally:
        os.kill(int((tmp_path / "log").read_text()), signal.SIGKILL)


def test_a_broken_watcher_leaves_no_child(tmp_path: Path) -> None:
    class Broken(Silent):
        def tick(self, progress: Progress) -> None:
            if progress.running:
                raise RuntimeError(progress.running["a"].title)

    with pytest.raises(RuntimeError, match=r"^\d+$") as caught:
        session(
            tmp_path, "say(kind='begin', id='a', title=str(os.getpid()))\nsignal.pause()", Broken()
        ).run()
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(caught.value)), 0)


def test_options_reach_the_plug_in() -> None:
    settings = Settings(
        modules=[Path("generated/test_a.py")],
        reports=Path("r"),
        backend="local",
        root=Path(),
        seed=7,
        plant="bug",
        repeat=3,
        coverage=True,
        extra=["-x"],
    )
    assert settings.command("-", 9)[3:] == [
        "-p",
        "planc_runtime.lifeline",
        "--planc-lifeline=9",
        "--planc-backend=local",
        "--planc-reports=r",
        "--planc-progress=-",
        "--planc-seed=7",
        "--planc-plant=bug",
        "--planc-repeat=3",
        "--planc-coverage",
        "generated/test_a.py",
        "-x",
    ]
