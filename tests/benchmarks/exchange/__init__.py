"""One exchange, told to several simulators: a leader, four followers, a client.

The leader sends a heartbeat to each follower every 50 ms and has it answered. The client asks for
an operation every 10 ms; the leader sends it to all followers and answers when two of them did.
"""

HEARTBEAT = 0.05
"""Seconds between heartbeats: 20 a second to each follower."""
OPERATION = 0.01
"""Seconds between operations: 100 a second."""
FOLLOWERS = 4
QUORUM = 2
LATENCY = (0.000_2, 0.001)
"""Least and greatest seconds that a message travels."""
