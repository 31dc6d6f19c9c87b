"""What the front end costs, beside what it is compared with, in one run.

    python tests/benchmarks/frontend.py [--plans 1000] [--modules 500] [--runs 11]

The sides of a comparison take turns, so that a busy machine slows all of them, and the median of
their times is taken. Quote the ratios; the times belong to the machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from planc.cli.verbs.init import starter_files

Action = Callable[[], None]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
"""Without PYTHONDONTWRITEBYTECODE: with it, collecting modules looks four times slower."""
NO_TESTS = 5
"""pytest's exit status when there was nothing to collect."""
NOTHING_ELSE = [f"-pno:{name}" for name in ("cacheprovider", "anyio", "hypothesispytest", "xdist")]
"""pytest without the plug-ins that happen to be installed beside planc's."""
PLANC = [str(Path(sys.executable).with_name("planc"))]


@dataclass(frozen=True)
class Row:
    measure: str
    milliseconds: float
    ratio: float
    beside: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=1000, help="plans to compile")
    parser.add_argument("--modules", type=int, default=500, help="modules to collect")
    parser.add_argument("--runs", type=int, default=11, help="of each side")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="planc-bench-") as folder:
        rows += check(Path(folder) / "check", options.runs)
        rows += compile_many(Path(folder) / "compile", options.plans)
        rows += collect(Path(folder) / "collect", options.modules, max(3, options.runs // 3))
    print("| measure | ms | ratio | beside |\n| --- | ---: | ---: | --- |")
    for row in rows:
        print(f"| {row.measure} | {row.milliseconds:,.0f} | {row.ratio:.2f} | {row.beside} |")


def check(root: Path, runs: int) -> list[Row]:
    """Cold `planc check` of one plan, unchanged and changed, beside `python -c pass`."""
    start_project(root)
    plan = root / "plans" / "first.plan"
    text = plan.read_text()
    numbers = iter(range(1_000_000))

    def changed() -> None:
        run(root, [*PLANC, "check", "plans/first.plan"])

    def change() -> None:
        plan.write_text(f"{text}# {next(numbers)}\n")

    def restore() -> None:
        plan.write_text(text)
        run(root, [*PLANC, "check", "plans/first.plan"])

    times = take_turns(
        {
            "python": (nothing, lambda: run(root, [sys.executable, "-c", "pass"])),
            "changed": (change, changed),
            "unchanged": (restore, changed),
        },
        runs,
    )
    return beside(
        times,
        "python",
        "`python -c pass`",
        {
            "changed": "`planc check` of a changed plan",
            "unchanged": "`planc check` of an unchanged plan",
        },
    )


def compile_many(root: Path, plans: int) -> list[Row]:
    """Compile many plans of 50 lines: cold, again, and after one of them was touched."""
    start_project(root)
    (root / "plans" / "first.plan").unlink()
    for number in range(plans):
        (root / "plans" / f"p{number:04}.plan").write_text(plan_text(number, scenarios=5))
    touched = root / "plans" / "p0000.plan"
    command = [*PLANC, "compile", "plans"]
    cold = timed(lambda: run(root, command))
    again = timed(lambda: run(root, command))
    touched.write_text(touched.read_text().replace("within 5s", "within 6s"))
    one = timed(lambda: run(root, command))
    lines = len(touched.read_text().splitlines())
    name = f"compile {plans:,} plans of {lines} lines"
    return [
        Row(f"{name}, cold", cold * 1000, 1.0, "itself"),
        Row(f"{name}, one touched", one * 1000, one / cold, "cold"),
        Row(f"{name}, none touched", again * 1000, again / cold, "cold"),
    ]


def collect(root: Path, modules: int, runs: int) -> list[Row]:
    """pytest --collect-only: hand-written modules, generated ones, and plans themselves."""
    start_project(root)
    (root / "plans" / "first.plan").unlink()
    by_hand = root / "by_hand"
    by_hand.mkdir()
    for number in range(modules):
        (root / "plans" / f"p{number:04}.plan").write_text(plan_text(number, scenarios=5))
        (by_hand / f"test_h{number:04}.py").write_text(module_text())
    run(root, [*PLANC, "compile", "plans"])
    pytest = [sys.executable, "-m", "pytest", "--collect-only", "-q", *NOTHING_ELSE]
    (root / "empty").mkdir()
    sides = {
        name: (nothing, lambda folder=folder: run(root, [*pytest, folder]))  # type: ignore[misc]
        for name, folder in (
            ("empty", "empty"),
            ("hand", "by_hand"),
            ("modules", "generated"),
            ("plans", "plans"),
        )
    }
    for _, action in sides.values():
        action()
    return beside(
        take_turns(sides, runs),
        "hand",
        f"{modules} hand-written modules",
        {
            "empty": "pytest with nothing to collect",
            "modules": f"pytest collects {modules} generated modules",
            "plans": f"pytest collects {modules} plans directly",
        },
    )


def start_project(root: Path) -> None:
    for name, data in starter_files():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def plan_text(number: int, scenarios: int) -> str:
    head = f"""plan "Plan {number}" {{
  owner "bench"
  tags  bench
}}

use "systems/register.plan"

cluster registers {{
  nodes 3 of register
}}

workload traffic on registers {{
  client  kv
  clients 4
  rate    50/s
  mix     read 60%, write 40%
  keys    5 uniform
}}
"""
    bodies = [
        f"""
scenario "scenario {each} of plan {number}" {{
  run traffic for 10s {{
    at 3s  crash n{each % 3 + 1} for 2s
  }}
  eventually within 5s  count(running(registers)) == 3
}}
"""
        for each in range(scenarios)
    ]
    return head + "".join(bodies)


def module_text() -> str:
    """A module as somebody writes it by hand, with what such modules import."""
    tests = "".join(f"\n\ndef test_{n}():\n    assert json.dumps({n}) == '{n}'\n" for n in range(5))
    return "import json\nimport pathlib\n\nimport pytest\n" + tests


def take_turns(sides: Mapping[str, tuple[Action, Action]], runs: int) -> dict[str, float]:
    """Return the median time of each side in seconds; its first action is not timed."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, (prepare, action) in sides.items():
            prepare()
            times[name].append(timed(action))
    return {name: statistics.median(values) for name, values in times.items()}


def beside(
    times: Mapping[str, float], base: str, base_name: str, names: Mapping[str, str]
) -> list[Row]:
    rows = [Row(base_name, times[base] * 1000, 1.0, "itself")]
    for key, name in names.items():
        rows.append(Row(name, times[key] * 1000, times[key] / times[base], base_name))
    return rows


def timed(action: Action) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def run(root: Path, command: list[str]) -> None:
    done = subprocess.run(command, cwd=root, env=ENVIRONMENT, capture_output=True, check=False)
    if done.returncode not in (0, NO_TESTS):
        raise SystemExit(f"{command}\n{done.stdout.decode()}\n{done.stderr.decode()}")


def nothing() -> None:
    """Nothing has to be prepared."""


if __name__ == "__main__":
    main()
