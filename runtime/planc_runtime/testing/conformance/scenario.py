"""Turn an async method about a Scene into a pytest test that runs it in a backend's world."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.protocols.backend import Backend, Settings, World
from planc_runtime.testing.scene import Scene

Method = Callable[[Any, Scene], Awaitable[None]]

_LIMIT = 120.0
"""Seconds of the world's clock after which a scenario is stuck."""


def scenario(
    *abilities: str, required: str | None = None
) -> Callable[[Method], Callable[[Any, Backend, Path], None]]:
    """Run the method in a fresh world of the fixture `backend`; skip without the abilities.

    An ability that is `required` of every backend is exercised, but never a reason to skip. The
    test says in its attribute `abilities` which it exercises.
    """

    def decorate(method: Method) -> Callable[[Any, Backend, Path], None]:
        @wraps(method)
        def test(self: Any, backend: Backend, tmp_path: Path) -> None:
            async def main(world: World) -> frozenset[str]:
                missing = frozenset(abilities) - world.abilities
                if not missing:
                    async with asyncio.timeout(_LIMIT):
                        await method(self, Scene(world))
                return missing

            settings = Settings(seed=7, directory=tmp_path, troubles=frozenset(abilities))
            missing = backend.execute(settings, main)
            if missing:
                pytest.skip(f"backend {backend.name!r} cannot {', '.join(sorted(missing))}")

        # pytest reads the fixtures off the signature, and must not look behind the wrapper.
        del test.__wrapped__
        test.abilities = {*abilities, *([required] if required else [])}  # type: ignore[attr-defined]
        return test

    return decorate
