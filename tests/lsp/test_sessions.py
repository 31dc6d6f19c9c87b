"""What happens around the questions: files that come and go, folders, ends of sessions."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="pip install -e '.[lsp]'")

from lsp.conftest import LIBRARY, PLAN
from lsp.wire import Gone, Wire, place, session
from planc.lsp.checking import LENGTH, Request

ENCODING, LARGE = "PLC0004", "PLC0005"
CHILDREN = Path("/proc/self/task").exists()


def project(folder: Path, library: str = LIBRARY) -> Path:
    (folder / "plans" / "systems").mkdir(parents=True)
    (folder / "planc.yaml").write_text("backend: sim\n")
    (folder / "plans" / "systems" / "kv.plan").write_text(library)
    (folder / "plans" / "a.plan").write_text(PLAN)
    return folder / "plans" / "a.plan"


def errors(codes: list[str]) -> list[str]:
    return [each for each in codes if each.startswith("PLC")]


def checker_of(wire: Wire) -> int:
    """Return the process that checks; it is there once something was found."""
    listed = Path(f"/proc/{wire.process.pid}/task").glob("*/children")
    (found,) = (int(each) for path in listed for each in path.read_text().split())
    return found


# --- files that change outside the editor -------------------------------------------------------


def test_files_deleted_created_and_renamed_elsewhere(tmp_path: Path) -> None:
    plan = project(tmp_path)
    library = tmp_path / "plans" / "systems" / "kv.plan"
    with session(tmp_path) as wire:

        def watched(path: Path, kind: int) -> None:
            change = {"uri": path.as_uri(), "type": kind}
            wire.notify("workspace/didChangeWatchedFiles", changes=[change])

        uri = wire.open(plan)
        assert errors(wire.found(uri)) == []
        library.unlink()
        watched(library, 3)
        gone = errors(wire.found(uri))
        assert gone != []
        library.write_text(LIBRARY)
        watched(library, 1)
        assert errors(wire.found(uri)) == []
        library.rename(library.with_name("store.plan"))
        watched(library, 3)
        assert errors(wire.found(uri)) == gone
        assert wire.about("definition", uri, position=place(PLAN, "kv\n", 1)) == []
        wire.change(uri, 2, {"text": PLAN.replace("systems/kv.plan", "systems/store.plan")})
        assert errors(wire.found(uri, 2)) == []


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    plan = project(tmp_path)
    library = tmp_path / "plans" / "systems" / "kv.plan"
    library.write_bytes(LIBRARY.encode().replace(b"One node", b"One n\xf6de"))
    with session(tmp_path) as wire:
        uri = wire.open(plan)
        wire.until(library.as_uri(), ENCODING)
        assert len(wire.about("documentSymbol", uri)) > 3


def test_ten_megabytes(tmp_path: Path) -> None:
    plan = project(tmp_path)
    with session(tmp_path) as wire:
        big = tmp_path / "plans" / "big.plan"
        uri = wire.open(big, PLAN + "# much\n" * 1_500_000)
        wire.until(uri, LARGE)
        line = {"line": 1_000_000, "character": 3}
        wire.change(uri, 2, {"range": {"start": line, "end": line}, "text": "x"})
        assert wire.found(uri, 2) == [LARGE]
        assert wire.about("documentSymbol", uri) == []
        wire.change(uri, 3, {"text": PLAN})
        assert errors(wire.found(uri, 3)) == []
        assert errors(wire.found(wire.open(plan))) == []


# --- folders and sessions -----------------------------------------------------------------------


def test_two_folders_are_two_projects(tmp_path: Path) -> None:
    one = project(tmp_path / "one")
    other = project(tmp_path / "two", LIBRARY.replace("client kv", "client kx"))
    with session(tmp_path / "one", tmp_path / "two") as wire:
        first, second = wire.open(one), wire.open(other)
        assert errors(wire.found(first)) == []
        assert errors(wire.found(second)) != []
        here = wire.about("definition", first, position=place(PLAN, "kv\n", 1))
        assert [each["uri"] for each in here] == [
            (tmp_path / "one" / "plans" / "systems" / "kv.plan").as_uri()
        ]
        places = wire.call("workspace/symbol", query="nothlost")
        assert {each["location"]["uri"] for each in places} == {first, second}


def test_two_editors_in_one_folder(tmp_path: Path) -> None:
    plan = project(tmp_path)
    with session(tmp_path) as one, session(tmp_path) as other:
        first = one.open(plan)
        second = other.open(plan, PLAN.replace("client  kv", "client  kw"))
        assert errors(one.found(first)) == []
        assert errors(other.found(second)) != []
        assert one.end() == 0
        other.change(second, 2, {"text": PLAN})
        assert errors(other.found(second, 2)) == []
        assert other.end() == 0


def test_each_request_has_one_answer_cancelled_or_not(tmp_path: Path) -> None:
    plan = project(tmp_path)
    with session(tmp_path) as wire:
        uri = wire.open(plan)
        document = {"uri": uri}
        asked = []
        for _ in range(20):
            asked.append(wire.ask("textDocument/semanticTokens/full", textDocument=document))
            wire.notify("$/cancelRequest", id=asked[-1])
        wire.notify("$/cancelRequest", id=10_000)
        answers = [wire.answer(number) for number in asked]
        assert all("result" in each or each["error"]["code"] == -32800 for each in answers)
        assert wire.about("semanticTokens/full", uri)["data"]
        assert wire.answers == {}


# --- ends ---------------------------------------------------------------------------------------


def test_the_statuses_that_the_protocol_asks_for(tmp_path: Path) -> None:
    with session(tmp_path) as wire:
        assert wire.end() == 0
    with session(tmp_path) as wire:
        wire.notify("exit")
        assert wire.process.wait() == 1
        with pytest.raises(Gone):
            wire.read()


@pytest.mark.skipif(not CHILDREN, reason="finds processes in /proc")
def test_an_editor_that_dies_leaves_nothing_behind(tmp_path: Path) -> None:
    plan = project(tmp_path)
    with session(tmp_path) as wire:
        uri = wire.open(plan)
        wire.found(uri)
        checker = checker_of(wire)
        wire.ask("textDocument/documentSymbol", textDocument={"uri": uri})
        wire.change(uri, 2, {"text": PLAN + "\n"})
        assert wire.process.stdin is not None
        wire.process.stdin.close()
        assert wire.process.stdout is not None
        wire.process.stdout.close()
        assert wire.process.wait() == 1
        wait_for_end(checker)


@pytest.mark.skipif(not CHILDREN, reason="finds processes in /proc")
def test_a_server_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    plan = project(tmp_path)
    with session(tmp_path) as wire:
        wire.found(wire.open(plan))
        checker = checker_of(wire)
        wire.process.kill()
        wait_for_end(checker)


def wait_for_end(process: int) -> None:
    """Return when a process has ended that is no child of this one."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    assert poll.poll(300_000), "it goes on"
    os.close(descriptor)


@pytest.mark.skipif(not CHILDREN, reason="finds processes in /proc")
def test_a_checker_that_dies_is_replaced(tmp_path: Path) -> None:
    plan = project(tmp_path)
    with session(tmp_path) as wire:
        uri = wire.open(plan)
        wire.found(uri)
        os.kill(checker_of(wire), signal.SIGKILL)
        wire.change(uri, 2, {"text": PLAN.replace("client  kv", "client  kw")})
        # The first request after it may be the one that finds out.
        wire.notify("textDocument/didSave", textDocument={"uri": uri})
        wire.change(uri, 3, {"text": PLAN.replace("client  kv", "client  kw")})
        assert errors(wire.found(uri, 3)) != []


STUCK = """
import sys, time
from planc.lsp import checking

def check(self, texts, paths):
    print("begun", flush=True, file=sys.stderr)
    time.sleep(1000)

checking.Checker.check = check
checking.serve()
"""


def test_a_checker_that_is_stuck_ends_with_its_server() -> None:
    checker = subprocess.Popen(
        [sys.executable, "-c", STUCK], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert checker.stdin is not None
    assert checker.stderr is not None
    body = pickle.dumps(Request("/", {}, ()))
    checker.stdin.write(LENGTH.pack(len(body)) + body)
    checker.stdin.flush()
    assert checker.stderr.readline() == b"begun\n"
    checker.stdin.close()
    assert checker.wait(60) == 0
    checker.stderr.close()


def test_odd_messages_do_not_end_a_session(tmp_path: Path) -> None:
    plan = project(tmp_path)
    with session(tmp_path) as wire:
        uri = wire.open(plan)
        wire.notify("textDocument/didChange", textDocument={"uri": uri, "version": 2})
        wire.change("file:///nowhere/b.plan", 2, {"text": "x"})
        wire.notify("textDocument/didClose", textDocument={"uri": "untitled:1"})
        wire.notify("no/such/method", x=1)
        answer = wire.answer(wire.ask("no/such/request"))
        assert answer["error"]["code"] == -32601
        far = {"line": 99_999, "character": 99_999}
        for odd in (uri, "untitled:Untitled-1", "file:///%00%ff", "git:/a.plan?x", ""):
            wire.answer(wire.ask("textDocument/hover", textDocument={"uri": odd}, position=far))
        assert len(wire.about("documentSymbol", plan.as_uri())) > 3
