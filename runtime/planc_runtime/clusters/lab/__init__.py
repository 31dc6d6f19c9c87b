"""The network lab: every node of a local cluster on a machine of its own, as far as it can tell."""
