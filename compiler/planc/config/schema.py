"""What planc.yaml may hold, as data: settings, profiles of runs, gates."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from planc.config.shares import Share


def _hyphens(name: str) -> str:
    return name.replace("_", "-")


class Section(BaseModel):
    """Unknown words are mistakes; nothing is converted silently."""

    model_config = ConfigDict(
        extra="forbid", strict=True, alias_generator=_hyphens, frozen=True, validate_by_name=False
    )


def _inside(text: str) -> str:
    parts = text.replace("\\", "/").split("/")
    absolute = text.startswith(("/", "\\")) or ":" in parts[0]
    if absolute or ".." in parts or not text.strip("./ "):
        raise ValueError("must be a folder below the project's root, such as `plans`")
    return "/".join(part for part in parts if part not in ("", "."))


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


def _gone(text: str) -> str:
    try:
        return _inside(text)
    except ValueError as error:
        wanted = "must be a plan that is gone, or a folder of plans, such as `plans/old.plan`"
        raise ValueError(wanted) from error


Folder = Annotated[str, AfterValidator(_inside)]
Word = Annotated[str, AfterValidator(_word)]
Removed = Annotated[str, AfterValidator(_gone)]


class Gates(Section):
    """What a run must reach; None: not asked for. Rates are shares of scenarios that ran."""

    success_rate: Share | None = None
    """At least: passed, of all that were not skipped."""
    inconclusive_rate: Share | None = None
    """At most: inconclusive, of all that were not skipped."""
    code_coverage: Share | None = None
    """At least: lines of the nodes' code."""
    plan_coverage: Share | None = None
    """At least: rows whose scenarios all passed."""
    weakening: Word | None = None
    """The git ref at which no plan may have been stronger."""

    def over(self, general: Gates) -> Gates:
        """Return these gates, and the general ones where these say nothing."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        return general.model_copy(update=said)


class Profile(Section):
    """How a run is done: each is what the option of `planc run` of that name would say."""

    backend: Word | None = None
    repeat: Annotated[int, Field(ge=1, le=100_000)] | None = None
    processes: Annotated[int, Field(ge=1, le=1000)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    tags: Word | None = None
    """pytest's -m."""
    coverage: bool | None = None
    stretch: Annotated[float, Field(ge=1, le=10_000, strict=False)] | None = None
    """How many times as long load and troubles last."""
    gates: Gates = Gates()


class Running(Section):
    profiles: dict[Word, Profile] = Field(default_factory=dict)
    gates: Gates = Gates()
    catalogue: Folder | None = None


class Lint(Section):
    """Which rules `planc lint` asks; names are checked where the rules are known."""

    select: list[Word] = Field(default_factory=list)
    """Only these; all when there are none."""
    ignore: list[Word] = Field(default_factory=list)
    plugins: list[Word] = Field(default_factory=list)
    """Entry points of installed packages whose rules are wanted, too."""


class File(Running):
    plans: Folder = "plans"
    generated: Folder = "generated"
    reports: Folder = "reports"
    backend: Word = "sim"
    backends: dict[Word, dict[str, Any]] = Field(default_factory=dict)
    lint: Lint = Lint()
    removed: dict[Removed, Word] = Field(default_factory=dict)
    """Plans, or folders of plans, that are gone, and why that is no loss."""
    weaker: dict[Word, Word] = Field(default_factory=dict)
    """Settings that ask less than they did, and why: for `planc diff`."""
