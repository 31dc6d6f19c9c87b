"""Coverage of the Python code inside node processes, however they end.

A folder with a `sitecustomize` at the front of PYTHONPATH makes every Python interpreter below the
node measure itself, whatever started it. It saves at exit, at SIGTERM, when the keeper asks ahead
of a SIGKILL, and every second for the sake of processes that are ended by others.
"""

from __future__ import annotations

from pathlib import Path

from planc_runtime.errors import CannotRun

STARTUP = Path(__file__).with_name("startup")

_OWN_CODE = Path(__file__).resolve().parents[2]

_SETTINGS = """\
# Written by planc for the processes of one scenario's nodes.
[run]
branch = true
parallel = true
sigterm = true
data_file = {data}
omit = {omit}
context = {context}
"""


def variables(directory: Path, node: str) -> dict[str, str]:
    """Prepare the measuring of one node; return what its environment needs for it.

    Data files come to `directory`/coverage/, one for each process, with the static context
    `<name of the directory>|<node>`.
    """
    folder = directory.absolute() / "coverage"
    settings = folder / f"{node}.ini"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        settings.write_text(
            _SETTINGS.format(
                data=folder / f".coverage.{node}",
                omit=_OWN_CODE / "*",
                context=f"{directory.name}|{node}",
            ).replace("%", "%%"),
            encoding="utf-8",
        )
    except OSError as trouble:
        raise CannotRun(f"cannot write {settings}: {trouble.strerror}") from None
    return {"PLANC_COVERAGE": str(settings)}
