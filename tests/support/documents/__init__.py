"""The documentation as tests see it: its code blocks, and how each of them is run."""
