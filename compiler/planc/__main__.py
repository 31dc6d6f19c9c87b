"""`python -m planc`."""

from __future__ import annotations

import sys

from planc.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
