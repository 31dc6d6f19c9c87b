"""Reports: what the scenarios' folders say, put together so that people and tools can read it.

The engine leaves one folder per scenario. Nothing here runs or judges anything: a report can be
made again at any time, by anyone, from those folders alone (`python -m planc_runtime.report DIR`),
also when the run that should have made it was killed.
"""

from __future__ import annotations

from planc_runtime.report.assemble import Assembled, assemble, begin

__all__ = ["Assembled", "assemble", "begin"]
