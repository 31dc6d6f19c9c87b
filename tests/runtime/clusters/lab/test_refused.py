"""A machine that refuses: the next rung is taken, and everybody is told why."""

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from planc_runtime.clusters.lab.remedies import remedies

POWERLESS = "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all " + (
    '--inh-caps=-all "$@"'
)
"""Run a command where user namespaces are used up and nothing is permitted."""


def _refused(*command: str) -> "subprocess.CompletedProcess[str]":
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        pytest.skip("unshare and setpriv of util-linux make the place to try it in")
    place = ["unshare", "--user", "--map-root-user", "sh", "-c", POWERLESS, "sh"]
    if subprocess.run([*place, "true"], capture_output=True, check=False).returncode:
        pytest.skip("user namespaces are refused here to begin with")
    return subprocess.run([*place, *command], capture_output=True, text=True, check=False)


def test_the_doctor_names_the_setting_that_refuses() -> None:
    done = _refused(sys.executable, "-m", "planc_runtime.doctor", "--format", "json")
    assert done.returncode == 1, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["rung"] == "loopback"
    assert found["network_abilities"] == []
    assert "unshare" in found["missing"]["partition"]
    assert found["remedies"] == ["`sudo sysctl -w user.max_user_namespaces=15000`"]


TROUBLED = """
import asyncio, tempfile, pathlib
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.faults.abilities import require

async def main(world):
    require("isolate", world)

LocalBackend().execute(Settings(1, pathlib.Path(tempfile.mkdtemp())), main)
"""


def test_a_scenario_is_told_why_links_cannot_be_troubled() -> None:
    done = _refused(sys.executable, "-c", TROUBLED)
    assert "NotSupported: backend 'local' cannot isolate here: unshare:" in done.stderr


def test_the_doctor_says_what_it_found_in_words() -> None:
    done = _refused(sys.executable, "-m", "planc_runtime.doctor")
    assert "on the rung 'loopback'" in done.stdout
    assert "what would help: `sudo sysctl" in done.stdout


def test_a_filter_of_system_calls_is_a_container(tmp_path: Any) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self/status").write_text("Name:\tx\nSeccomp:\t2\n")
    assert "docker run" in remedies(["unshare: Operation not permitted"], tmp_path)[0]
    (tmp_path / "self/status").write_text("Name:\tx\nSeccomp:\t0\n")
    assert remedies(["unshare: Operation not permitted"], tmp_path) == ["run as root"]


def test_a_kernel_without_the_modules_is_told_which(tmp_path: Any) -> None:
    assert "modprobe" in remedies(["bridge hub: Operation not supported"], tmp_path)[0]


def test_nothing_is_advised_where_nothing_is_refused() -> None:
    assert remedies([]) == []
