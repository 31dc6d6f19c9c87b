"""The deterministic simulator: what it does exactly is exact for the machines that it simulates."""

from __future__ import annotations

from planc.vocabulary.backends.ability import Backend, Rung, approximate, exact, impossible

_REPEATED = "datagrams literally; a TCP segment costs the time of its retransmission"

SIM = Backend(
    "sim",
    "the deterministic simulator: virtual time, one process",
    (
        Rung(
            "sim",
            "simulated machines",
            "nothing",
            {
                "crash": exact("tasks, timers and sockets vanish between two callbacks"),
                "stop": exact("SIGTERM to its handler, or the cancellation of main"),
                "restart": exact("fresh modules and memory, the same disk"),
                "pause": exact("no callback runs; the kernel goes on receiving for it"),
                "probe": approximate("descriptors and tasks; memory is not told apart by node"),
                "partition": exact("datagrams vanish, segments wait for the retransmission"),
                "slow": exact("virtual time on the way"),
                "drop": exact(_REPEATED),
                "duplicate": exact("datagrams twice; TCP discards what it has"),
                "reorder": exact("datagrams overtake each other; TCP puts them in order"),
                "corrupt": exact("one bit of a datagram; TCP discards and repeats the segment"),
                "limit": exact("packets queue for their turn on the link"),
                "refuse": exact("RST to a SYN"),
                "cut": exact("RST to both ends"),
                "skew": exact("wall clock of the machine"),
                "jump": exact("wall clock of the machine"),
                "drift": exact("wall clock, monotonic clock and timers"),
                "fill_disk": exact("ENOSPC, for files written by Python code"),
                "slow_disk": exact("virtual time in fsync"),
                "fail_fsync": exact("EIO from fsync"),
                "lose_unsynced": exact("content and names that no sync had made durable"),
                "flip_bits": exact("bits of the files, drawn with the seed"),
                "limit_memory": impossible("all nodes share one interpreter"),
                "throttle_cpu": approximate("a callback is taken to need 50 us at full speed"),
                "exhaust_files": exact("EMFILE from the next open, socket or accept"),
                "fail_names": exact("getaddrinfo fails"),
                "ipv6": impossible("simulated machines have IPv4 addresses only"),
                "multicast": impossible("simulated datagrams go to one machine"),
                "retransmit": exact("the longest pause of the simulated TCP"),
            },
        ),
    ),
)
