"""Hosts files: what stands in each, whatever was added and hidden in between."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.clusters.lab.naming import Names

NAMES = st.sampled_from(["n1", "n2", "n3", "client"])
STEPS = st.lists(st.tuples(st.sampled_from(["add", "hide", "show"]), NAMES), max_size=20)


@given(STEPS)
@settings(deadline=None, max_examples=60)
def test_every_node_knows_whoever_is_there_and_itself_when_names_are_hidden(
    steps: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        names, known, hides = Names(folder), list[str](), Counter[str]()
        inodes: dict[str, int] = {}
        for what, name in steps:
            if what == "add" and name not in known:
                known.append(name)
                names.add(name, f"10.77.0.{len(known)}", f"fd77::{len(known)}")
            elif what == "hide" and name in known:
                hides[name] += 1
                assert names.hide(name, True) == 1
            elif what == "show" and hides[name]:
                hides[name] -= 1
                names.hide(name, False)
            for node in known:
                path = Path(folder, f"{node}.hosts")
                # A mount holds on to the file that it was made of.
                assert inodes.setdefault(node, os.stat(path).st_ino) == os.stat(path).st_ino
                lines = path.read_text().splitlines()[2:]
                seen = [line.split()[1] for line in lines]
                wanted = [node] if hides[node] else known
                assert seen == [each for each in wanted for _ in range(2)]
