"""The wheel from the outside: what is in it, and what somebody can do who has only that."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("compiler/planc", "grammar/planc_grammar", "runtime/planc_runtime")


@dataclass(frozen=True)
class Installed:
    python: Path
    folder: Path
    site: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.python), *arguments]
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [path] = folder.glob("planc-*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return an environment with the wheel; what the wheel depends on is borrowed from ours."""
    folder = tmp_path_factory.mktemp("consumer")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "env"], cwd=folder, check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "env" / "lib" / version / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(folder / "env" / "bin" / "python", folder, site)


def sources() -> set[str]:
    """Return every file of the three packages by its name in a wheel."""
    return {
        path.relative_to((ROOT / package).parent).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_exactly_the_sources(wheel: Path) -> None:
    assert names(wheel) == sources()


@pytest.mark.parametrize(
    "name",
    [
        "planc/py.typed",
        "planc_grammar/py.typed",
        "planc_runtime/py.typed",
        "planc_grammar/plan.lark",
        "planc_grammar/terminals.lark",
        "planc_grammar/mistakes/backends.toml",
        "planc_runtime/report/templates/index.html.j2",
        "planc/cli/starter/plans/first.plan",
    ],
)
def test_what_is_read_at_run_time_is_there(wheel: Path, name: str) -> None:
    assert name in names(wheel)


def test_entry_points(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [each for each in archive.namelist() if each.endswith("entry_points.txt")]
        text = archive.read(name).decode()
    parser = configparser.ConfigParser()
    parser.read_string(text)
    assert parser["console_scripts"]["planc"] == "planc.cli.main:main"
    assert dict(parser["pytest11"]) == {
        "planc": "planc_runtime.pytest_plugin",
        "planc_files": "planc.pytest_files",
    }


def test_the_installed_command_comes_from_the_wheel(installed: Installed) -> None:
    done = installed.run("-c", "import planc, planc_runtime; print(planc.__file__)")
    assert done.stdout.startswith(str(installed.site)), done.stderr
    assert installed.run("-m", "planc", "--help").returncode == 0


def test_the_project_of_init_works_with_the_wheel_alone(installed: Installed) -> None:
    assert installed.run("-m", "planc", "init", "fresh").returncode == 0
    for verb in ("lint", "compile", "run"):
        done = installed.run("-m", "planc", verb, "fresh/plans")
        assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert (installed.folder / "fresh/generated/test_first.py").exists()
    assert (installed.folder / "fresh/reports/first/index.html").exists()


CONSUMER = """
import planc_runtime.api as planc
from planc.diagnostics import Diagnostic

PLAN = planc.plan("typed", source="plans/typed.plan")


@planc.scenario(PLAN, "nothing happens")
async def test_nothing(s: planc.Scenario) -> None:
    await s.wait(1.0)


def first_line(diagnostic: Diagnostic) -> int:
    return diagnostic.span.line
"""


def mypy(installed: Installed, source: str) -> subprocess.CompletedProcess[str]:
    (installed.folder / "consumer.py").write_text(source)
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable"]
    command += [str(installed.python), "consumer.py"]
    return subprocess.run(
        command, cwd=installed.folder, capture_output=True, text=True, check=False
    )


def test_a_consumer_is_type_checked_against_the_wheel(installed: Installed) -> None:
    done = mypy(installed, CONSUMER)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_consumers_mistake_is_found(installed: Installed) -> None:
    done = mypy(installed, CONSUMER.replace('source="plans/typed.plan"', "source=1"))
    assert done.returncode == 1
    assert "arg-type" in done.stdout
