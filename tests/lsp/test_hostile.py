"""A folder of somebody else's is opened: nothing in it runs, nothing makes the editor wait."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="pip install -e '.[lsp]'")

from lsp.conftest import LIBRARY, PLAN
from lsp.wire import Wire, place

TRAP = 'import pathlib\npathlib.Path({!r}).write_text("it ran")\n'
NAMES = ("store", "pickle", "yaml", "sitecustomize", "usercustomize", "conftest", "planc", "pygls")
CONFIGS = (
    "lint: !!python/object/apply:os.system ['touch {ran}']\n",
    "lint: {{ plugins: [store] }}\nbackends: {{ local: {{ x: !!python/name:os.system }} }}\n",
    "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in pairwise("abcdefghi")),
    "plans: ../../../..\n",
    "[" * 1_500,
)


def hostile(folder: Path, config: str) -> tuple[Path, Path]:
    """Return a plan of a project full of traps, and the file that appears if one goes off."""
    ran = folder / "it-ran"
    root = folder / "project"
    (root / "plans" / "systems").mkdir(parents=True)
    for name in NAMES:
        (root / f"{name}.py").write_text(TRAP.format(str(ran)))
        (root / "plans" / f"{name}.py").write_text(TRAP.format(str(ran)))
    (root / "planc.yaml").write_text(config.replace("{ran}", str(ran)).replace("{{", "{"))
    (root / "plans" / "systems" / "kv.plan").write_text(LIBRARY)
    (root / "plans" / "a.plan").write_text(PLAN)
    return root / "plans" / "a.plan", ran


def look(wire: Wire, uri: str, text: str) -> None:
    """Ask everything that looks into other files."""
    here = place(text, "kv\n", 1)
    for method in ("hover", "definition", "completion"):
        wire.about(method, uri, position=here)
    wire.about("references", uri, position=here, context={"includeDeclaration": True})
    wire.answer(
        wire.ask("textDocument/rename", textDocument={"uri": uri}, position=here, newName="x")
    )
    wire.about("formatting", uri, options={"tabSize": 2, "insertSpaces": True})
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
    wire.about("inlayHint", uri, range=whole)
    wire.about("codeAction", uri, range=whole, context={"diagnostics": []})
    wire.call("workspace/symbol", query="")


@pytest.mark.parametrize("config", CONFIGS, ids=["tag", "plug-in", "bomb", "outside", "nested"])
def test_nothing_runs(tmp_path: Path, config: str) -> None:
    plan, ran = hostile(tmp_path, config)
    with Wire(plan.parents[1]) as wire:
        wire.begin(plan.parents[1])
        uri = wire.open(plan)
        look(wire, uri, PLAN)
        wire.found(uri)
        assert wire.end() == 0
    assert not ran.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_nothing_hangs(tmp_path: Path) -> None:
    plan, _ = hostile(tmp_path, "backend: sim\n")
    root = plan.parents[1]
    (tmp_path / "secret.plan").write_text('library "secret"\nlet secret = 42\n')
    (root / "plans" / "out.plan").symlink_to(tmp_path / "secret.plan")
    (root / "plans" / "loop").symlink_to(root / "plans")
    (root / "plans" / "self.plan").symlink_to("self.plan")
    (root / "plans" / "endless.plan").symlink_to("/dev/zero")
    os.mkfifo(root / "plans" / "pipe.plan")
    (root / "planc.yaml").unlink()
    os.mkfifo(root / "planc.yaml")
    lines = "".join(f'use "{name}.plan"\n' for name in ("out", "self", "endless", "pipe", "loop/a"))
    text = PLAN.replace('use "systems/kv.plan"\n', f'use "systems/kv.plan"\n{lines}')
    deep = 'plan "deep"\nlet a = ' + "(" * 50_000 + "\nscenario " + '"{' * 50_000
    with Wire(root) as wire:
        wire.begin(root)
        uri = wire.open(plan, text)
        look(wire, uri, text)
        said = wire.about("hover", uri, position=place(text, "kv\n", 1))
        assert "42" not in str(said)
        wire.found(uri)
        other = wire.open(root / "plans" / "deep.plan", deep)
        assert wire.found(other) != []
        wire.about("documentSymbol", other)
        wire.about("completion", other, position={"line": 1, "character": 40_000})
        assert wire.end() == 0
