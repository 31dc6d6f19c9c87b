"""`python -m planc_runtime.recheck HISTORY`: judge a recorded history again.

A verdict rests on the history alone, so that it can be had again later, elsewhere, with more
budget or under another model. A plan's joined history is judged scenario by scenario.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.errors import CannotRun, PlancError
from planc_runtime.history import History, Result, Verdict

STATES = 10_000_000
"""More than a run allows itself: whoever asks again has time."""


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when every history passes, 1 when one does not, 2 when none could be read."""
    options = _parser().parse_args(arguments)
    try:
        if options.property not in HISTORY_CHECKS:
            known = ", ".join(HISTORY_CHECKS)
            raise CannotRun(
                f"there is no property {options.property!r}", help=f"use one of {known}"
            )
        results = [_judge(name, history, options) for name, history in read(options.history)]
    except PlancError as error:
        print(f"error: {error.message}\nhelp: {error.help}", file=sys.stderr)
        return 2
    return 0 if all(result is Result.PASSED for result in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="planc recheck", description=__doc__)
    parser.add_argument("history", type=Path)
    parser.add_argument("--property", default="linearizable", help=", ".join(HISTORY_CHECKS))
    parser.add_argument("--model", help="register, set, counter, queue, ...")
    parser.add_argument("--workload", help="only what this workload did")
    parser.add_argument("--states", type=int, default=STATES, help="how many to visit at most")
    return parser


def read(path: Path) -> list[tuple[str, History]]:
    """Read a history; one that was joined from several scenarios comes back in its parts."""
    parts: dict[str, list[str]] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                parts.setdefault(_scenario(line), []).append(line)
        return [(name, History.from_lines(part)) for name, part in parts.items()]
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}", help="name a history.jsonl") from error
    except ValueError as error:
        raise CannotRun(
            f"{path} is not a history: {error}", help="name a history.jsonl, as a run leaves it"
        ) from error


def _scenario(line: str) -> str:
    row = json.loads(line)
    return str(row.get("scenario", "")) if isinstance(row, dict) else ""


def _judge(name: str, history: History, options: argparse.Namespace) -> Result:
    if options.workload:
        history = history.of_workload(options.workload)
    check = HISTORY_CHECKS[options.property]
    wanted = {"model": options.model} if options.model else {}
    verdict = check(history, options=wanted, budget=Budget(states=options.states))
    print("\n".join(_lines(name, verdict)))
    return verdict.result


def _lines(name: str, verdict: Verdict) -> Iterable[str]:
    yield f"{verdict.result}: {verdict.measured}" + (f"  [{name}]" if name else "")
    yield from (f"  {line}" for line in verdict.evidence)


if __name__ == "__main__":
    raise SystemExit(main())
