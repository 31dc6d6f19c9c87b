"""The suite itself lives in the package, so that others can run it against backends of theirs."""

from planc_runtime.testing.conformance import *  # noqa: F403
