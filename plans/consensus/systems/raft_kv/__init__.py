"""A replicated key-value store after the Raft paper, as a system to be tested.

It is small enough to be read in one sitting and complete enough to be wrong in every way that
matters: elections with pre-vote, replication, a synced log, snapshots, membership changes, reads
with leadership confirmed, and retries that take effect once. Bugs can be planted by name
(`planted.py`); each is one line that a real engineer could have written.

    messages   what the nodes say to each other
    log        entries in memory, behind a snapshot
    storage    the same on disk: what is not synced may be lost
    state      roles, timing, members, what a leader knows of its followers
    core       Raft itself, without input or output
    machine    the key-value state machine and its client sessions
    http       HTTP/1.1 over asyncio, as a server and as a client that keeps connections
    server     one node: clock, peers and disk around the core
    api        what clients may ask of a node

Papers: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), and
Ongaro's thesis "Consensus: Bridging Theory and Practice" (2014), whose sections are quoted.
"""
