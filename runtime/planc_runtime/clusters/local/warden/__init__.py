"""The processes that stand between a test and its nodes, so that no node outlives the test.

    test process ── warden (one per world) ── keeper (one per incarnation) ── the node's processes

The *warden* holds what belongs to all nodes together; the later network lab puts its namespaces,
switch and faults here. A *keeper* is a child subreaper: whatever a node forks, daemonizes or leaves
behind stays below it, so that "everything the node started" is a question with an exact answer.
Each of them ends its part of the tree when the one above it goes away, by whatever signal.

Nothing here may import more than a few quick modules of the standard library: a world pays for
the start of the warden, and every keeper is a fork of it.
"""
