"""Raft, and nothing else: what happens to a node when a request, an answer or time arrives.

No input, no output, no clock of its own: every method is told the time, changes the node's state
and leaves requests for others in `outbox`. Whoever drives it must store `term`, `voted_for` and
`log` before anything that the call led to leaves the node. The same inputs give the same state, so
that every schedule of the paper can be played by a test.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from .log import Log
from .messages import (
    Append,
    AppendReply,
    Command,
    Entry,
    Install,
    InstallReply,
    Reply,
    Request,
    Snapshot,
    Vote,
    VoteReply,
)
from .state import Members, Progress, Read, Role, Timing


class Raft:
    def __init__(
        self,
        name: str,
        initial: Iterable[str],
        stored: tuple[int, str | None, Log],
        *,
        random: Callable[[], float],
        timing: Timing,
        planted: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.term, self.voted_for, self.log = stored
        self._members = Members(list(initial), self.log, planted)
        self.timing, self.planted, self._random = timing, planted, random
        self.role = Role.FOLLOWER
        self.leader: str | None = None
        self.commit = self.log.snapshot.index
        self.outbox: list[tuple[str, Request]] = []
        self.joining: str | None = None
        """A node that receives the log but is no member yet (thesis 4.2.1)."""
        self._progress: dict[str, Progress] = {}
        self._votes: set[str] = set()
        self._canvassing = False
        """Asking for pre-votes: the term has not been raised."""
        self._round = 0
        self._ticks = 0
        self._first_of_term = 0
        self._heard_leader = float("-inf")
        self._election_due = 0.0
        self._heartbeat_due = 0.0

    # --- time -----------------------------------------------------------------------------------

    @property
    def due(self) -> float:
        """When `tick` has something to do."""
        return self._heartbeat_due if self.role is Role.LEADER else self._election_due

    def start(self, now: float) -> None:
        self._wait_for_leader(now)

    def tick(self, now: float) -> None:
        if now < self.due:
            return
        self._ticks += 1
        if self.role is not Role.LEADER:
            self._canvass(now)
            return
        if not self._followed_by_quorum(now):
            self._become_follower(self.term, None, now)
        if self.role is Role.LEADER:
            self._broadcast(now)

    def _wait_for_leader(self, now: float) -> None:
        self._election_due = now + self.timing.election * (1 + self._random())

    # --- elections ------------------------------------------------------------------------------

    def _canvass(self, now: float) -> None:
        """Ask whether an election could be won, so that a node cut off does not raise the term."""
        self._wait_for_leader(now)
        if self.name in self.members:
            self.role, self.leader, self._canvassing = Role.CANDIDATE, None, True
            self._ask_for_votes(self.term + 1, now)

    def _stand_for_election(self, now: float) -> None:
        self.term, self.voted_for, self._canvassing = self.term + 1, self.name, False
        self._wait_for_leader(now)
        self._ask_for_votes(self.term, now)

    def _ask_for_votes(self, term: int, now: float) -> None:
        self._votes = set()
        log = self.log
        ask = Vote(term, self.name, log.last_index, log.last_term, self._canvassing)
        self.outbox += [(peer, ask) for peer in self.members if peer != self.name]
        self._count_vote(self.name, now)

    def _count_vote(self, voter: str, now: float) -> None:
        self._votes.add(voter)
        if not self._members.is_quorum(self._votes):
            return
        if self._canvassing:
            self._stand_for_election(now)
        else:
            self._become_leader(now)

    def _vote(self, ask: Vote, now: float) -> VoteReply:
        if self._has_leader(now):
            return VoteReply(self.term, False)
        if not ask.pre:
            self._observe(ask.term, now)
        # Right: the candidate's log holds everything that the voter's does, or it must not win.
        up_to_date = (ask.last_term, ask.last_index) >= (self.log.last_term, self.log.last_index)
        up_to_date = up_to_date or "vote_for_outdated_log" in self.planted
        if ask.pre:
            return VoteReply(self.term, ask.term > self.term and up_to_date)
        # Right: one vote a term, and the same one when it is asked for again.
        free = self.voted_for in (None, ask.candidate) or "two_votes_per_term" in self.planted
        granted = ask.term == self.term and free and up_to_date
        if granted:
            self.voted_for = ask.candidate
            self._wait_for_leader(now)
        return VoteReply(self.term, granted)

    def _has_leader(self, now: float) -> bool:
        """A node that hears its leader elects no other (thesis 4.2.3)."""
        return self.role is Role.LEADER or now - self._heard_leader < self.timing.election

    def _vote_reply(self, peer: str, ask: Vote, reply: VoteReply, now: float) -> None:
        expected = self.term + 1 if self._canvassing else self.term
        current = ask.term == expected and ask.pre == self._canvassing
        if self.role is Role.CANDIDATE and current and reply.granted:
            self._count_vote(peer, now)

    def _become_leader(self, now: float) -> None:
        self.role, self.leader, self.joining = Role.LEADER, self.name, None
        self._progress = {}
        self._meet_members(now)
        # Right: an entry of its own commits those of earlier terms that a majority holds (5.4.2);
        # until then no read is answered, for what they committed is not known (6.4).
        if "read_before_first_commit" not in self.planted:
            self._first_of_term = self.log.last_index + 1
            self.propose({"op": "noop"}, now)
        self._broadcast(now)

    def _become_follower(self, term: int, leader: str | None, now: float) -> None:
        # Right: whoever sees a higher term, or has lost its majority, is no leader any more.
        if self.role is Role.LEADER and "no_step_down" in self.planted:
            return
        if term > self.term:
            self.term, self.voted_for = term, None
        if self.role is Role.LEADER:
            self._wait_for_leader(now)
        self.role, self.leader, self._canvassing = Role.FOLLOWER, leader, False

    def _observe(self, term: int, now: float) -> None:
        if term > self.term:
            self._become_follower(term, None, now)

    # --- replication: the leader ----------------------------------------------------------------

    def propose(self, command: Command, now: float) -> Entry | None:
        """Append a command; None when this node is not the leader."""
        if self.role is not Role.LEADER:
            return None
        entry = self.log.append(self.term, command)
        if command["op"] == "config":
            self._members.learn()
            self._meet_members(now)
        for peer, progress in self._progress.items():
            if progress.busy_since is None:
                self._replicate(peer, now)
        self._advance_commit(now)
        return entry

    def _broadcast(self, now: float) -> None:
        """Begin a round: whoever answers it follows this leader still."""
        self._round += 1
        self._heartbeat_due = now + self.timing.heartbeat
        for peer in self._progress:
            self._replicate(peer, now)

    def _replicate(self, peer: str, now: float) -> None:
        progress = self._progress[peer]
        lost = progress.busy_since is None or now - progress.busy_since >= self.timing.heartbeat
        if progress.next > self.log.snapshot.index:
            self._send_entries(peer, progress, self.timing.batch if lost else 0, now)
        elif lost:
            progress.busy_since = now
            install = Install(
                self.term, self.name, self._round, self._lease_clock(now), self.log.snapshot
            )
            self.outbox.append((peer, install))

    def _send_entries(self, peer: str, progress: Progress, limit: int, now: float) -> None:
        entries = self.log.slice(progress.next, limit)
        if entries:
            progress.busy_since = now
        prev = progress.next - 1
        ask = Append(
            term=self.term,
            leader=self.name,
            prev_index=prev,
            prev_term=self.log.term(prev) or 0,
            commit=self.commit,
            round=self._round,
            sent=self._lease_clock(now),
            entries=entries,
        )
        self.outbox.append((peer, ask))

    def _append_reply(self, peer: str, ask: Append, reply: AppendReply, now: float) -> None:
        progress = self._progress[peer]
        if reply.success:
            self._stored(peer, ask.prev_index + len(ask.entries), now)
        elif progress.match < ask.prev_index == progress.next - 1:
            progress.next = max(progress.match + 1, min(reply.hint, ask.prev_index))
            progress.busy_since = None
            self._replicate(peer, now)

    def _stored(self, peer: str, index: int, now: float) -> None:
        progress = self._progress[peer]
        if index > progress.match:
            progress.match, progress.busy_since = index, None
            progress.next = max(progress.next, index + 1)
            self._advance_commit(now)
        if peer == self.joining and progress.match >= self.commit and self.members_settled:
            self.joining = None
            self.propose({"op": "config", "members": sorted([*self.members, peer])}, now)
        if progress.busy_since is None and progress.next <= self.log.last_index:
            self._replicate(peer, now)

    def _advance_commit(self, now: float) -> None:
        for index in range(self.log.last_index, self.commit, -1):
            # Right: only an entry of its own term is committed by counting copies (figure 8).
            if self.log.term(index) != self.term and "commit_old_term" not in self.planted:
                return
            holders = {p for p, progress in self._progress.items() if progress.match >= index}
            # Right: a majority stores it before anybody is told.
            if (
                self._members.is_quorum({*holders, self.name})
                or "ack_before_quorum" in self.planted
            ):
                self.commit = index
                self._leave_if_removed(now)
                return

    # --- replication: the follower --------------------------------------------------------------

    def _append(self, ask: Append, now: float) -> AppendReply:
        if ask.term < self.term:
            return AppendReply(self.term, False)
        self._hear_leader(ask.leader, ask.term, now)
        # Right: entries are taken only behind the entry that the leader has there too.
        if not self._agrees(ask) and "no_log_check_on_append" not in self.planted:
            return AppendReply(self.term, False, hint=self._hint(ask.prev_index))
        self._take(ask)
        checked = ask.prev_index + len(ask.entries)
        # Right: what lies behind the entries just checked may differ from the leader's.
        if "commit_past_match" in self.planted:
            checked = self.log.last_index
        # Right: a follower applies what the leader has committed, and no more.
        committed = checked if "applies_uncommitted" in self.planted else ask.commit
        self.commit = max(self.commit, min(committed, checked))
        return AppendReply(self.term, True)

    def _agrees(self, ask: Append) -> bool:
        covered = ask.prev_index < self.log.snapshot.index
        return covered or self.log.term(ask.prev_index) == ask.prev_term

    def _hint(self, prev_index: int) -> int:
        if prev_index > self.log.last_index:
            return self.log.last_index + 1
        return self.log.first_of_term(prev_index)

    def _take(self, ask: Append) -> None:
        # Right: a message that is late repeats what is known; only a conflict cuts the log.
        if "truncate_without_conflict" in self.planted:
            self.log.truncate(max(ask.prev_index, self.log.snapshot.index) + 1)
        entries = [entry for entry in ask.entries if entry.index > self.log.snapshot.index]
        for at, entry in enumerate(entries):
            known = self.log.term(entry.index)
            if known == entry.term:
                continue
            if known is not None:
                self.log.truncate(entry.index)
            self.log.extend(entries[at:])
            break
        self._members.learn()

    def _install(self, ask: Install, now: float) -> InstallReply:
        if ask.term >= self.term:
            self._hear_leader(ask.leader, ask.term, now)
            if ask.snapshot.index > self.commit:
                self.log.install(ask.snapshot)
                self.commit = ask.snapshot.index
                self._members.learn()
        return InstallReply(self.term)

    def _hear_leader(self, leader: str, term: int, now: float) -> None:
        self._heard_leader = now
        self._wait_for_leader(now)
        self._become_follower(term, leader, now)

    # --- reads ----------------------------------------------------------------------------------

    def begin_read(self, now: float) -> Read | None:
        """Fix what a read must see, and ask the followers whether they still follow."""
        if self.role is not Role.LEADER:
            return None
        index = max(self.commit, self._first_of_term)
        # Right: every read is confirmed by answers to what was sent after it arrived.
        lease = {"stale_read", "clock_lease", "resume_serves_reads"} & self.planted
        if lease and self._followed_by_quorum(now):
            return Read(self.term, 0, index)
        self._broadcast(now)
        return Read(self.term, self._round, index)

    def confirmed(self, read: Read) -> bool | None:
        """True when leadership at the time of the read is proven, None when it is lost."""
        if self.role is not Role.LEADER or read.term != self.term:
            return None
        heard = {p for p, progress in self._progress.items() if progress.round >= read.round}
        return self._members.is_quorum({*heard, self.name})

    def _followed_by_quorum(self, now: float) -> bool:
        # Right: a leader that no majority answers leads no more.
        if "stale_read" in self.planted:
            return True
        since = self._lease_clock(now) - self.timing.election
        heard = {p for p, progress in self._progress.items() if progress.heard > since}
        return self._members.is_quorum({*heard, self.name})

    def _lease_clock(self, now: float) -> float:
        # Right: the monotonic clock, which nobody can set, and which goes on while a node sleeps.
        if "clock_lease" in self.planted:
            return time.time()
        if "resume_serves_reads" in self.planted:
            return self._ticks * self.timing.heartbeat
        return now

    # --- members --------------------------------------------------------------------------------

    def change_members(self, add: str | None, remove: str | None, now: float) -> str | None:
        """Begin to add or remove one node; return why not, None when it has begun."""
        if self.role is not Role.LEADER:
            return "not leader"
        if self.log.term(self.commit) != self.term or not self.members_settled:
            return "an earlier change is not committed yet"
        if add is not None and add not in self.members:
            self.joining = add
            self._meet_members(now)
            self._replicate(add, now)
        elif remove is not None and remove in self.members:
            self.propose({"op": "config", "members": [m for m in self.members if m != remove]}, now)
        return None

    @property
    def members(self) -> list[str]:
        return self._members.names

    @property
    def members_settled(self) -> bool:
        return self._members.settled(self.commit)

    def _meet_members(self, now: float) -> None:
        wanted = {*self.members, *([self.joining] if self.joining else [])} - {self.name}
        for peer in sorted(wanted - self._progress.keys()):
            self._progress[peer] = Progress(self.log.last_index + 1, heard=self._lease_clock(now))
        for peer in self._progress.keys() - wanted:
            del self._progress[peer]

    def _leave_if_removed(self, now: float) -> None:
        if self.members_settled and self.name not in self.members:
            self._become_follower(self.term, None, now)

    # --- what arrives ---------------------------------------------------------------------------

    def handle(self, ask: Request, now: float) -> Reply:
        """Answer a request; the answer may leave once the state is stored."""
        if isinstance(ask, Vote):
            return self._vote(ask, now)
        if isinstance(ask, Append):
            return self._append(ask, now)
        return self._install(ask, now)

    def handle_reply(self, peer: str, ask: Request, reply: Reply, now: float) -> None:
        if reply.term > self.term:
            self._observe(reply.term, now)
            return
        if isinstance(ask, Vote):
            assert isinstance(reply, VoteReply)
            self._vote_reply(peer, ask, reply, now)
            return
        # Right: an answer counts in the term of its question only.
        current = ask.term == self.term or "delayed_reply_accepted" in self.planted
        if self.role is not Role.LEADER or not current or peer not in self._progress:
            return
        self._hear_follower(self._progress[peer], ask)
        if isinstance(ask, Install):
            self._stored(peer, ask.snapshot.index, now)
        elif isinstance(reply, AppendReply):
            self._append_reply(peer, ask, reply, now)

    def _hear_follower(self, progress: Progress, ask: Append | Install) -> None:
        progress.round = max(progress.round, ask.round)
        progress.heard = max(progress.heard, ask.sent)

    # --- snapshots ------------------------------------------------------------------------------

    def take_snapshot(self, applied: int, state: object) -> None:
        """Put `state`, which is what the entries up to `applied` led to, in their place."""
        if applied <= self.log.snapshot.index:
            return
        # Right: the snapshot names the last entry that it holds.
        index = self.log.last_index if "snapshot_at_last_index" in self.planted else applied
        members = self.log.members(applied)[1]
        # Right: a snapshot says who the members are, for the entries that said so are gone.
        if "snapshot_without_members" in self.planted:
            members = None
        snapshot = Snapshot(index, self.log.term(index) or 0, members, state)
        # Right: entries behind the snapshot stay, committed or not.
        self.log.compact(snapshot, keep_tail="snapshot_drops_tail" not in self.planted)
