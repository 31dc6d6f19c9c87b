"""The syntax of plans: words, tree, parser."""

from planc.syntax.parser import parse

__all__ = ["parse"]
