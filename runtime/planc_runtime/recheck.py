"""`python -m planc_runtime.recheck HISTORY`: judge a recorded history again.

A verdict rests on the history alone, so that it can be had again later, elsewhere, with more
budget or under another model. A plan's joined history is judged scenario by scenario.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.errors import CannotRun, PlancError
from planc_runtime.history import History, Result, Verdict
from planc_runtime.history.reading import read_histories

STATES = 10_000_000
"""More than a run allows itself: whoever asks again has time."""


EVERY = "all"
OPTIONS: Mapping[str, Mapping[str, type]] = {
    "linearizable": {"initial": object},
    "sequential": {"initial": object},
    "serializable": {"strict": bool},
    "unique-ids": {"of": str},
    "counter-total": {"initial": float},
    "bank-total": {"total": float, "overdraft": bool},
    "mutually-exclusive": {"ttl": float},
    "replicas-equal": {"unordered": bool},
}
"""What a property can be told with --option; of what kind it is."""
_EXAMPLES: Mapping[type, str] = {float: "5", bool: "true", str: "NAME", object: "VALUE"}


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when every history passes, 1 when one does not, 2 when none could be read.

    Of all properties at once many say nothing about a history: then it is enough that one passes
    and none fails.
    """
    options = _parser().parse_args(arguments)
    try:
        if options.list:
            print("\n".join(_listed()))
            return 0
        wanted = _properties(options.property or ["linearizable"])
        given = _given(options, wanted)
        histories = read(options.history)
        if options.workload:
            histories = _of_workload(histories, options.workload)
        results = [
            _judge(name, history, each, given, options)
            for name, history in histories
            for each in wanted
        ]
    except PlancError as error:
        print(f"error: {error.message}\nhelp: {error.help}", file=sys.stderr)
        return 2
    if EVERY in (options.property or ()):
        return 0 if Result.PASSED in results and Result.FAILED not in results else 1
    return 0 if all(result is Result.PASSED for result in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="planc recheck", description=__doc__)
    parser.add_argument("history", type=Path, nargs="?", default=Path("history.jsonl"))
    parser.add_argument("--property", action="append", help=f"{', '.join(HISTORY_CHECKS)}, {EVERY}")
    parser.add_argument("--list", action="store_true", help="say what each property means")
    parser.add_argument("--model", help="register, set, counter, queue, ... or module:function")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE",
                        help="of the checker, as JSON: strict=true, ttl=5")  # fmt: skip
    parser.add_argument("--workload", help="only what this workload did")
    parser.add_argument("--states", type=int, default=STATES, help="how many to visit at most")
    parser.add_argument("--seconds", type=float, help="how long to try at most")
    parser.add_argument("--memory", type=float, metavar="MIB", help="how much to hold at most")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser


def _properties(named: Sequence[str]) -> list[str]:
    if EVERY in named:
        return list(HISTORY_CHECKS)
    for name in named:
        if name not in HISTORY_CHECKS:
            raise CannotRun(
                f"there is no property {name!r}",
                help=f"use one of {', '.join(HISTORY_CHECKS)}, or {EVERY}",
            )
    return list(named)


def _listed() -> Iterator[str]:
    width = max(map(len, HISTORY_CHECKS))
    for name, check in HISTORY_CHECKS.items():
        meaning = (check.__doc__ or "").strip().splitlines()[0]
        yield f"{name:{width}}  {meaning}"


def _given(options: argparse.Namespace, wanted: Sequence[str]) -> dict[str, Any]:
    """Return the options of the checkers; raises CannotRun for what cannot be one."""
    known = {option: kind for name in wanted for option, kind in OPTIONS.get(name, {}).items()}
    given: dict[str, Any] = {}
    for text in options.option:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise CannotRun(f"{text!r} is no option", help="write NAME=VALUE: strict=true")
        try:
            given[name] = json.loads(value)
        except ValueError:
            given[name] = value
        if name not in known:
            listed = f"they have {', '.join(known)}" if known else "they have none"
            raise CannotRun(f"no property asked for has an option {name!r}", help=listed)
        if not _fits(given[name], known[name]):
            raise CannotRun(
                f"{value!r} is no {name}", help=f"write {name}={_EXAMPLES[known[name]]}"
            )
    if options.model:
        given["model"] = _model(options.model)
    return given


def _fits(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
    return isinstance(value, kind)


def _model(name: str) -> Any:
    """Return the name of a model of ours, or the function of the user's own."""
    module, colon, function = name.partition(":")
    if not colon:
        if name not in MODELS:
            known = ", ".join(MODELS)
            raise CannotRun(f"there is no model {name!r}", help=f"use one of {known}, or MODULE:F")
        return name
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module), function, None)
    except Exception as trouble:
        raise CannotRun(
            f"the model {name!r} could not be imported: {trouble}",
            help="it is looked for where this is run, and where Python looks",
        ) from trouble
    finally:
        sys.path.remove(str(Path.cwd()))
    if not callable(found):
        raise CannotRun(f"{module!r} has no function {function!r}", help=f"wanted: {name}")
    return found


def read(path: Path) -> list[tuple[str, History]]:
    """Read a history; one that was joined from several scenarios comes back in its parts."""
    try:
        return list(read_histories(path).items())
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}", help="name a history.jsonl") from error
    except ValueError as error:
        raise CannotRun(
            f"{path} is not a history: {error}", help="name a history.jsonl, as a run leaves it"
        ) from error


def _of_workload(histories: list[tuple[str, History]], name: str) -> list[tuple[str, History]]:
    """Return what a workload did in each; raises CannotRun where there is none of that name."""
    names = {operation.workload for _, history in histories for operation in history} - {""}
    if name not in names:
        known = ", ".join(sorted(names)) or "none"
        raise CannotRun(f"there is no workload {name!r} in it", help=f"there are {known}")
    return [(scenario, history.of_workload(name)) for scenario, history in histories]


def _judge(
    name: str,
    history: History,
    wanted: str,
    given: Mapping[str, Any],
    options: argparse.Namespace,
) -> Result:
    budget = Budget(options.states, options.seconds, options.memory)
    verdict = HISTORY_CHECKS[wanted](history, options=given, budget=budget)
    alone = len(options.property or ()) < 2 and EVERY not in (options.property or ())
    if options.format == "json":
        print(json.dumps(_record(name, wanted, verdict), default=str))
    else:
        print("\n".join(_lines(name, "" if alone else wanted, verdict)))
    return verdict.result


def _record(name: str, wanted: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "scenario": name,
        "property": wanted,
        "result": verdict.result.value,
        "measured": verdict.measured,
        "evidence": list(verdict.evidence),
        "data": verdict.data,
    }


def _lines(name: str, wanted: str, verdict: Verdict) -> Iterable[str]:
    title = f"{wanted}: " if wanted else ""
    yield f"{title}{verdict.result}: {verdict.measured}" + (f"  [{name}]" if name else "")
    yield from (f"  {line}" for line in verdict.evidence)


def _run() -> int:
    try:
        return main()
    except BrokenPipeError:
        # Whoever read along has seen enough; Python must not complain of it at its end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    raise SystemExit(_run())
