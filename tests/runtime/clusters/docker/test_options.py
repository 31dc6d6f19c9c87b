"""What planc.yaml says about containers, and what it may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from planc_runtime.clusters.docker import options
from planc_runtime.clusters.docker.options import Options
from planc_runtime.errors import CannotRun


def _read(folder: Path, text: str) -> Options:
    (folder / "planc.yaml").write_text(text)
    inside = folder / "plans" / "deep"
    inside.mkdir(parents=True)
    return options.read(inside)


def test_without_a_word_nodes_are_made_of_this_machines_files(tmp_path: Path) -> None:
    assert _read(tmp_path, "plans: plans\n").image_of("etcd") is None


def test_an_image_is_for_all_services_or_for_one(tmp_path: Path) -> None:
    text = "backends: {docker: {image: 'debian:12', images: {etcd: 'etcd:3.5'}}}"
    found = _read(tmp_path, text)
    assert found.image_of("etcd") == "etcd:3.5"
    assert found.image_of("kv") == "debian:12"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("backends: {docker: {imgae: x}}", "`imgae` is no setting"),
        ("backends: {docker: {image: 7}}", "`image` must be the name of an image"),
        ("backends: {docker: {images: [x]}}", "`images` must hold names"),
        ("backends: {docker: {images: {etcd: 7}}}", "`images` must hold names"),
        ("backends: {docker: [x]}", "`docker` must hold settings"),
        ("backends: [docker", "cannot be read"),
        ("- docker", "cannot be read"),
    ],
)
def test_a_mistake_is_told_in_words(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CannotRun, match=message):
        _read(tmp_path, text)
