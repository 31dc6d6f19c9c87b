"""Session guarantees: what a client may rely on from one operation to its next."""
