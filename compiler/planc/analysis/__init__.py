"""From the trees of a project to its resolved plans, with every mistake found on the way."""

from planc.analysis.analyzer import Analyzer
from planc.analysis.project import Project

__all__ = ["Analyzer", "Project"]
