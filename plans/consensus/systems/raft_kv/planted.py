"""The bugs that can be switched on from outside, and what each one gets wrong.

The code asks for them by name where it deviates, beside a comment with the right behaviour.
"""

from __future__ import annotations

BUGS: dict[str, str] = {
    # elections
    "two_votes_per_term": "votes for every candidate that asks, twice in a term if need be",
    "vote_for_outdated_log": "votes for a candidate whose log misses entries of the voter's",
    "forget_vote": "does not store whom it voted for, and votes again after a restart",
    "forget_term": "does not store its term, and starts again from zero after a restart",
    "no_step_down": "a leader that sees a higher term stays leader",
    # replication
    "ack_before_quorum": "acknowledges a write before a majority stores it",
    "no_log_check_on_append": "accepts entries without checking what comes before them",
    "truncate_without_conflict": "an old message that arrives late cuts the log short",
    "applies_uncommitted": "a follower applies entries before they are committed",
    "commit_past_match": "a follower commits entries that the leader never confirmed",
    "commit_old_term": "commits entries of earlier terms by counting copies (figure 8)",
    "delayed_reply_accepted": "counts replies that belong to an earlier term of its own",
    # durability
    "skip_fsync": "acknowledges entries that are still in the page cache",
    "snapshot_unsynced": "drops the log before the snapshot that replaces it is on disk",
    "snapshot_drops_tail": "throws away entries behind the snapshot with those before it",
    "snapshot_at_last_index": "labels a snapshot with the end of the log, not with what it holds",
    "snapshot_without_members": "a node restored from a snapshot forgets who the members are",
    # reads and clients
    "stale_read": "believes that it leads until somebody tells it otherwise",
    "read_before_first_commit": "a new leader serves reads before it knows what is committed",
    "clock_lease": "reads under a lease that is measured with the wall clock",
    "resume_serves_reads": "measures its lease by its own ticks, which stand still while it sleeps",
    "no_dedup": "applies a request again when it is sent again",
    "lost_snapshot_dedup": "forgets with each snapshot which requests were answered",
    "cas_ignores_old": "a compare-and-set that sets without comparing",
    # membership
    "membership_old_majority": "counts majorities of the cluster as it was at the beginning",
}
