"""A machine that refuses: the next rung is taken, and everybody is told why."""

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from planc_runtime.clusters.lab.remedies import remedies
from support import denied

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


def _denied(words: str, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command where some system calls fail; see tests/support/denied.py."""
    place = [sys.executable, denied.__file__, words]
    return subprocess.run([*place, *command], capture_output=True, text=True, check=False)


def _examined(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


DOCTOR = (sys.executable, "-m", "planc_runtime.doctor", "--format", "json")


def test_the_doctor_names_the_setting_that_refuses() -> None:
    done = _refused(*DOCTOR)
    found = _examined(done)
    assert done.returncode == 0
    assert found["rung"] == "redirect"
    assert found["network_abilities"] == ["cut", "limit", "partition", "refuse", "slow"]
    assert found["rungs"]["userns"]["missing"]["partition"].startswith("unshare:")
    assert found["remedies"] == ["`sudo sysctl -w user.max_user_namespaces=15000`"]


REFUSALS = {
    "unshare": ("redirect", "unshare: Operation not permitted"),
    "setns": ("redirect", "setns: Operation not permitted"),
    "netlink": ("redirect", "netlink (rtnetlink): Operation not permitted"),
    "nft": ("redirect", "netlink (nf_tables): Operation not permitted"),
    "unshare,seccomp": ("loopback", "unshare: Operation not permitted"),
}


@pytest.mark.parametrize("words", REFUSALS)
def test_a_machine_that_refuses_gives_the_next_rung_and_says_why(words: str) -> None:
    rung, reason = REFUSALS[words]
    done = _denied(words, *DOCTOR)
    found = _examined(done)
    assert (found["rung"], done.returncode) == (rung, int(rung == "loopback"))
    assert found["rungs"]["userns"]["missing"]["partition"] == reason
    assert "docker run" in found["remedies"][0]


def test_without_ipv6_the_lab_stands_on_ipv4() -> None:
    found = _examined(_denied("ipv6", *DOCTOR))
    carrying = [rung for rung in ("root", "userns") if found["rungs"][rung]["carries"]]
    if not carrying:
        pytest.skip("there is no lab here to begin with")
    assert found["rung"] == carrying[0]
    assert "partition" in found["network_abilities"]
    assert found["missing"]["ipv6"] == (
        "the kernel gives no IPv6 address: Address family not supported by protocol"
    )


def test_without_seccomp_nothing_can_be_led_or_slowed() -> None:
    found = _examined(_denied("unshare,seccomp", *DOCTOR))
    refused = "seccomp notifications: Operation not permitted"
    assert found["rungs"]["redirect"]["missing"]["partition"] == refused
    assert "slow_disk" in found["node_missing"]


TROUBLED = """
import asyncio, tempfile, pathlib
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.faults.abilities import require

async def main(world):
    require("{kind}", world)
    print(sorted(world.abilities))

LocalBackend().execute(Settings(1, pathlib.Path(tempfile.mkdtemp())), main)
"""


def test_a_scenario_is_told_why_links_cannot_be_troubled() -> None:
    done = _denied("unshare,seccomp", sys.executable, "-c", TROUBLED.format(kind="isolate"))
    assert "NotSupported: backend 'local' cannot isolate here: unshare:" in done.stderr


def test_a_scenario_that_can_do_with_led_connections_runs() -> None:
    done = _denied("unshare", sys.executable, "-c", TROUBLED.format(kind="isolate"))
    assert "'partition'" in done.stdout, done.stderr


def test_what_needs_packets_says_so_and_what_would_give_them() -> None:
    done = _denied("unshare", sys.executable, "-c", TROUBLED.format(kind="drop"))
    assert "cannot drop here: connections are led as streams" in done.stderr
    assert "(no network of our own: unshare: Operation not permitted)" in done.stderr


def test_the_doctor_says_what_it_found_in_words() -> None:
    done = _denied("unshare", *DOCTOR[:-2])
    assert "on the rung 'redirect'" in done.stdout
    assert "no corrupt, drop, duplicate, reorder: connections are led as streams" in done.stdout
    assert "what would help: in a container: `docker run" in done.stdout
    assert "these are not possible: corrupt, drop, duplicate, fail_names" in done.stdout


def test_a_filter_of_system_calls_is_a_container(tmp_path: Any) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self/status").write_text("Name:\tx\nSeccomp:\t2\n")
    assert "docker run" in remedies(["unshare: Operation not permitted"], tmp_path)[0]
    (tmp_path / "self/status").write_text("Name:\tx\nSeccomp:\t0\n")
    assert remedies(["unshare: Operation not permitted"], tmp_path) == ["run as root"]


def test_a_kernel_without_the_modules_is_told_which(tmp_path: Any) -> None:
    assert "modprobe" in remedies(["bridge hub: Operation not supported"], tmp_path)[0]


def test_settings_that_a_container_may_not_write_are_told_how_it_may(tmp_path: Any) -> None:
    reason = "net.ipv4.tcp_rto_max_ms: Read-only file system"
    assert "systempaths=unconfined" in remedies([reason], tmp_path)[0]


def test_nobody_who_listens_no_longer_is_shown_a_traceback() -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" | true; exit ${PIPESTATUS[0]}', "_", *DOCTOR[:-2]],
        capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_nothing_is_advised_where_nothing_is_refused() -> None:
    assert remedies([]) == []
