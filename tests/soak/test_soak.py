"""A short soak with every run of the tests; the long one is `python -m tests.soak`."""

from pathlib import Path

import pytest
from tests.soak.counting import SHARED
from tests.soak.cycles import MARK, soak


def test_nothing_is_left_of_clusters_in_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARK, "restored when the test is over")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()

    result = soak(12, 7, tmp_path, lambda line: None)

    shared = tuple(f"{name}: " for name in SHARED)
    assert [one for one in result.leftovers if not one.startswith(shared)] == []
    assert result.slowest < 5.0, "the promise to users"
