"""The words of the language, by name, in one place.

The compiler never imports the runtime; what it has to know of it (which faults there are, what
ability each needs, what each backend can do, which functions an expression may call) stands here as
data. Parser, analysis, emitter, formatter, documentation and editor grammars read the same tables.
"""

from planc.vocabulary.backends import BACKENDS, LATER_BACKENDS, Backend
from planc.vocabulary.expectations import (
    HISTORY_PROPERTIES,
    LATENCY_STATS,
    MEASURES,
    MODELS,
    WINDOWS,
    HistoryProperty,
    MeasureWord,
)
from planc.vocabulary.faults import FAULTS, FaultWord
from planc.vocabulary.functions import FUNCTIONS, FunctionWord
from planc.vocabulary.types import TypeName
from planc.vocabulary.units import UNITS, Unit
from planc.vocabulary.words import (
    CLIENT_PROTOCOLS,
    DISTRIBUTIONS,
    HOOKS,
    HTTP_METHODS,
    OPERATIONS,
    OUTCOME_WORDS,
    ROUTES,
    SEVERITIES,
    SIGNALS,
)

__all__ = [
    "BACKENDS",
    "CLIENT_PROTOCOLS",
    "DISTRIBUTIONS",
    "FAULTS",
    "FUNCTIONS",
    "HISTORY_PROPERTIES",
    "HOOKS",
    "HTTP_METHODS",
    "LATENCY_STATS",
    "LATER_BACKENDS",
    "MEASURES",
    "MODELS",
    "OPERATIONS",
    "OUTCOME_WORDS",
    "ROUTES",
    "SEVERITIES",
    "SIGNALS",
    "UNITS",
    "WINDOWS",
    "Backend",
    "FaultWord",
    "FunctionWord",
    "HistoryProperty",
    "MeasureWord",
    "TypeName",
    "Unit",
]
