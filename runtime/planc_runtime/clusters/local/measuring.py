"""Coverage of the code inside node processes: of Python however they end, of Go when they may end.

A folder with a `sitecustomize` at the front of PYTHONPATH makes every Python interpreter below the
node measure itself, whatever started it. It saves at exit, at SIGTERM, when the keeper asks ahead
of a SIGKILL, and every second for the sake of processes that are ended by others.

A Go program that was built with `go build -cover` measures itself, and writes to the folder that
GOCOVERDIR names when its main returns; of one that is killed nothing is known.
"""

from __future__ import annotations

from pathlib import Path

from planc_runtime.errors import CannotRun

STARTUP = Path(__file__).with_name("startup")

GO = "go"
"""The folder beside the data of coverage.py that Go programs write to."""

_OWN_CODE = Path(__file__).resolve().parents[2]

_SETTINGS = """\
# Written by planc for the processes of one node.
[run]
branch = true
omit = {omit}
context = {context}
disable_warnings = no-data-collected
"""

_FOREIGN = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""A measurement of the test process that its children would join: two do not go together."""


def measure(env: dict[str, str], directory: Path, node: str) -> None:
    """Prepare the measuring of one node and put what that needs into its environment.

    Data files come to `directory`/coverage/, one for each process, with the static context
    `<name of the directory>|<node>`; what Go programs write, to coverage/go/ there, unless the
    service says another GOCOVERDIR. Raises CannotRun when the folder cannot be written.
    """
    folder = directory.absolute() / "coverage"
    settings = folder / f"{node}.ini"
    context = f"{directory.name}|{node}"
    # Coverage puts environment variables into its settings; a dollar sign of ours is just that.
    text = _SETTINGS.format(omit=_OWN_CODE / "*", context=context).replace("$", "$$")
    try:
        (folder / GO).mkdir(parents=True, exist_ok=True)
        settings.write_text(text, encoding="utf-8")
    except OSError as trouble:
        raise CannotRun(f"cannot write {settings}: {trouble.strerror}") from None
    for name in _FOREIGN:
        env.pop(name, None)
    env["PLANC_COVERAGE"] = str(settings)
    env.setdefault("GOCOVERDIR", str(folder / GO))


def tidy(directory: Path) -> None:
    """Remove what nodes were writing when they died; what they had published is complete."""
    for partial in (directory / "coverage").glob(".partial.*"):
        partial.unlink(missing_ok=True)
