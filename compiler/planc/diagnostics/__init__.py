"""What the compiler has to say: diagnostics as data, their codes, their renderings."""

from planc.diagnostics.codes import Code, all_codes, find_code
from planc.diagnostics.diagnostic import Diagnostic, Diagnostics, Edit, Related, Severity
from planc.diagnostics.nearest import did_you_mean, nearest

__all__ = [
    "Code",
    "Diagnostic",
    "Diagnostics",
    "Edit",
    "Related",
    "Severity",
    "all_codes",
    "did_you_mean",
    "find_code",
    "nearest",
]
