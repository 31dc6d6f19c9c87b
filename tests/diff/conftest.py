"""The cases are projects of their own: their plans are read, not collected."""

collect_ignore = ["cases"]
