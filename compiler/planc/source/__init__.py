"""Source files: their text, their lines, and the places in them."""

from planc.source.file import Problem, SourceFile
from planc.source.load import MAX_BYTES, load
from planc.source.span import Span

__all__ = ["MAX_BYTES", "Problem", "SourceFile", "Span", "load"]
