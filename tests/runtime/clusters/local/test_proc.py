import os
import signal
import subprocess
import sys
from pathlib import Path

from planc_runtime.clusters.local import proc


def test_a_program_with_parentheses_in_its_name_is_read_right(tmp_path: Path) -> None:
    program = tmp_path / "a) S (b 1"
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([str(program), "100"])
    try:
        found = proc.read(child.pid)
        assert found is not None
        assert (found.pid, found.parent) == (child.pid, os.getpid())
    finally:
        child.kill()
        child.wait()


def test_descendants_are_found_generation_by_generation() -> None:
    nested = "sh -c 'sleep 100 & echo $!; wait'"
    child = subprocess.Popen(
        ["sh", "-c", f"{nested}; true"], stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    grandchild = int(child.stdout.readline())
    pids = [process.pid for process in proc.descendants(child.pid)]
    assert pids[-1] == grandchild
    mine = [process.pid for process in proc.descendants(os.getpid())]
    assert mine.index(child.pid) < mine.index(grandchild)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()


def test_what_has_ended_is_no_descendant() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    zombie = proc.read(child.pid)
    assert zombie is not None
    assert zombie.state == "Z"
    assert child.pid not in [process.pid for process in proc.descendants(os.getpid())]
    child.wait()
    assert proc.read(child.pid) is None


def test_measures_of_this_process() -> None:
    before = proc.open_files(os.getpid())
    with open(os.devnull):
        assert proc.open_files(os.getpid()) == before + 1
    assert proc.resident_bytes(os.getpid()) > 1_000_000
    assert "python" in proc.command_line(os.getpid())


def test_measures_of_nobody_are_zero() -> None:
    nobody = 2**22 + 1
    assert proc.open_files(nobody) == proc.resident_bytes(nobody) == proc.thread_count(nobody) == 0
    assert proc.command_line(nobody) == ""
    assert proc.is_stopped(nobody)
