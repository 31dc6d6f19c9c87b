"""The scripts of action.yml and of the GitLab template, run as their runners would run them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .conftest import ROOT, environment

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "docs/ci/planc.gitlab-ci.yml").read_text("utf-8"))
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@dataclass
class Step:
    status: int
    out: str
    outputs: dict[str, str]


@dataclass
class Action:
    """One use of the action: runs its steps by id, and keeps their outputs and the summary."""

    project: Path
    scratch: Path
    inputs: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)

    def run(self, name: str) -> Step:
        (step,) = [each for each in ACTION["runs"]["steps"] if each.get("id") == name]
        output = self.scratch / f"output-{name}"
        output.touch()
        variables = {key: self._value(text) for key, text in step.get("env", {}).items()}
        script = self.scratch / f"{name}.sh"
        script.write_text(step["run"])
        # https://docs.github.com/actions/reference/workflow-syntax-for-github-actions: shell bash
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.project / self._value(step.get("working-directory", ".")),
            env=environment(
                GITHUB_OUTPUT=str(output),
                GITHUB_STEP_SUMMARY=str(self.scratch / "summary.md"),
                RUNNER_TEMP=str(self.scratch),
                **self.environment,
                **variables,
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [line.partition("=") for line in output.read_text().splitlines()]
        outputs = {key: value for key, _, value in lines}
        self.steps[name] = Step(done.returncode, done.stdout + done.stderr, outputs)
        return self.steps[name]

    @property
    def summary(self) -> str:
        path = self.scratch / "summary.md"
        return path.read_text() if path.exists() else ""

    def _value(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: self._evaluated(match[1]), text)

    def _evaluated(self, expression: str) -> str:
        """Evaluate the few forms of expressions that the action uses for values."""
        if expression.startswith("inputs."):
            name = expression.removeprefix("inputs.")
            return self.inputs.get(name, ACTION["inputs"][name]["default"])
        if match := re.fullmatch(r"steps\.(\w+)\.outputs\.(\w+)", expression):
            return self.steps[match[1]].outputs.get(match[2], "")
        if expression == "github.action_path":
            return str(ROOT)
        raise ValueError(expression)


def run_job(name: str, project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a job of the GitLab template."""
    known = {key: str(value) for key, value in GITLAB["variables"].items()}
    script = "\n".join(GITLAB[name]["script"])
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=project,
        env=environment(**{**known, **variables}),
        capture_output=True,
        text=True,
        check=False,
    )
