"""Running what was compiled: pytest in a process of its own, watched through its progress lines.

The compiler never imports the runtime. What it knows of a run are the lines that the pytest
plug-in writes (docs/internals/runtime.md) and the files it leaves.
"""
