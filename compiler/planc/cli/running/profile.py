"""A profile of planc.yaml, laid under the options of `planc run`: what is typed goes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planc.cli.errors import UsageError, suggestion

if TYPE_CHECKING:
    import argparse

    from planc.config import Config
    from planc.config.schema import Gates, Profile


def choose(config: Config, name: str | None) -> Profile | None:
    """Return the profile of this name; raises UsageError where there is none."""
    if name is None:
        return None
    profiles = config.profiles
    if name not in profiles:
        there = f"there are {', '.join(profiles)}" if profiles else "planc.yaml has no `profiles`"
        raise UsageError(f"there is no profile `{name}`", suggestion(name, profiles, there))
    return profiles[name]


def gates_of(config: Config, profile: Profile | None) -> Gates:
    """Return what the run is held to: the profile's gates over those of the project."""
    return config.gates if profile is None else profile.gates.over(config.gates)


def complete(options: argparse.Namespace, config: Config, profile: Profile | None) -> None:
    """Fill in what was not typed: by the profile, else by what holds without one."""
    from planc.cli.parser import backend_name

    wanted = gates_of(config, profile)
    chosen = {} if profile is None else {
        "on": profile.backend and backend_name(profile.backend),
        "repeat": profile.repeat,
        "n": profile.processes and str(profile.processes),
        "seed": profile.seed,
        "m": profile.tags,
        "coverage": profile.coverage,
        "stretch": profile.stretch,
    }  # fmt: skip
    otherwise = {
        "on": config.backend,
        "repeat": 1,
        # A gate on coverage is no gate where nothing is measured.
        "coverage": wanted.code_coverage is not None,
        "stretch": 1.0,
    }
    for defaults in (chosen, otherwise):
        for name, value in defaults.items():
            if getattr(options, name) is None:
                setattr(options, name, value)
