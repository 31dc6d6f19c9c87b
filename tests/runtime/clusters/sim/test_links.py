"""Link rules as connections suffer them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import LinkRule

OUT = frozenset({("planc", "n1")})
BACK = frozenset({("n1", "planc")})


class Line:
    """One open connection from the scenario to n1's echo."""

    def __init__(self, stage: Any, reader: asyncio.StreamReader, writer: Any) -> None:
        self.stage, self.reader, self.writer = stage, reader, writer

    @classmethod
    async def open(cls, stage: Any) -> Line:
        await stage.start("n1")
        return cls(stage, *await asyncio.open_connection("n1", 7000))

    async def trip(self, data: bytes = b"x\n") -> float:
        """Seconds that an echo takes."""
        began = self.stage.world.now()
        self.writer.write(data)
        assert await self.reader.readexactly(len(data)) == data
        return self.stage.world.now() - began


@pytest.mark.parametrize("pairs", [OUT, BACK, OUT | BACK])
def test_a_cut_connection_stays_open_and_delivers_after_the_heal(stage: Any, pairs: Any) -> None:
    async def scenario() -> tuple[float, float]:
        line = await Line.open(stage)
        lease = await stage.world.impair(pairs, LinkRule(cut=True))
        trip = asyncio.create_task(line.trip())
        await asyncio.sleep(20)
        assert not trip.done()
        healed = await lease.heal()
        assert healed.data["dropped"] >= 1
        return await trip, await line.trip()

    first, second = stage.run(scenario)
    assert 20 < first < 22, "TCP's back-off, capped at a second, after the heal"
    assert second < 0.01


def test_segments_wait_in_order_behind_a_cut(stage: Any) -> None:
    async def scenario() -> bytes:
        line = await Line.open(stage)
        lease = await stage.world.impair(OUT, LinkRule(cut=True))
        for number in range(20):
            line.writer.write(b"%d " % number)
            await asyncio.sleep(0.1)
        await lease.heal()
        line.writer.write(b"last\n")
        return await line.reader.readline()

    expected = b"".join(b"%d " % number for number in range(20)) + b"last\n"
    assert stage.run(scenario) == expected


def test_segments_in_flight_are_taken_out_by_a_cut(stage: Any) -> None:
    async def scenario() -> float:
        line = await Line.open(stage)
        slow = await stage.world.impair(OUT, LinkRule(delay=5.0))
        trip = asyncio.create_task(line.trip())
        await asyncio.sleep(1)
        cut = await stage.world.impair(OUT, LinkRule(cut=True))
        await slow.heal()
        await asyncio.sleep(30)
        await cut.heal()
        return await trip

    assert stage.run(scenario) > 31


def test_connecting_over_a_cut_waits_for_the_heal(stage: Any) -> None:
    async def scenario() -> float:
        await stage.start("n1")
        lease = await stage.world.impair(BACK, LinkRule(cut=True))
        began = stage.world.now()
        opening = asyncio.create_task(asyncio.open_connection("n1", 7000))
        await asyncio.sleep(5)
        await lease.heal()
        await opening
        return stage.world.now() - began

    # The SYN is repeated after 1, 3 and 7 seconds.
    assert stage.run(scenario) == pytest.approx(7.0, abs=0.01)


def test_the_end_of_a_killed_peer_is_learnt_after_the_heal(stage: Any) -> None:
    async def scenario() -> tuple[bool, bytes]:
        line = await Line.open(stage)
        lease = await stage.world.impair(BACK, LinkRule(cut=True))
        await stage.node("n1").kill()
        reading = asyncio.create_task(line.reader.read())
        await asyncio.sleep(30)
        unaware = not reading.done()
        await lease.heal()
        return unaware, await reading

    assert stage.run(scenario) == (True, b"")


def test_delay_and_jitter_make_trips_longer(stage: Any) -> None:
    async def scenario() -> list[float]:
        line = await Line.open(stage)
        await stage.world.impair(OUT, LinkRule(delay=0.1, jitter=0.05))
        return [await line.trip() for _ in range(50)]

    trips = stage.run(scenario)
    assert all(0.05 < trip < 0.153 for trip in trips)
    assert max(trips) - min(trips) > 0.05


@pytest.mark.parametrize(("first", "left"), [(0, 0.2), (1, 1.0)])
def test_delays_add_up_and_each_lease_takes_its_own_away(
    stage: Any, first: int, left: float
) -> None:
    async def scenario() -> list[float]:
        line = await Line.open(stage)
        leases = [
            await stage.world.impair(OUT, LinkRule(delay=1.0)),
            await stage.world.impair(OUT | BACK, LinkRule(delay=0.1)),
        ]
        trips = [await line.trip()]
        await leases[first].heal()
        await leases[first].heal()
        trips.append(await line.trip())
        await leases[1 - first].heal()
        trips.append(await line.trip())
        return [round(trip, 1) for trip in trips]

    assert stage.run(scenario) == [1.2, left, 0.0]


@pytest.mark.parametrize("rule", [LinkRule(loss=0.5), LinkRule(corrupt=0.5)])
def test_losses_cost_retransmissions_but_no_bytes(stage: Any, rule: LinkRule) -> None:
    async def scenario() -> list[float]:
        line = await Line.open(stage)
        lease = await stage.world.impair(OUT, rule)
        trips = [await line.trip() for _ in range(50)]
        assert (await lease.heal()).data["dropped"] > 10
        return trips

    trips = stage.run(scenario)
    assert min(trips) < 0.01
    assert max(trips) > 0.2


@pytest.mark.parametrize("rule", [LinkRule(loss=1.0), LinkRule(corrupt=1.0)])
def test_a_link_that_loses_everything_is_as_good_as_cut(stage: Any, rule: LinkRule) -> None:
    async def scenario() -> float:
        line = await Line.open(stage)
        lease = await stage.world.impair(OUT, rule)
        trip = asyncio.create_task(line.trip())
        opening = asyncio.create_task(asyncio.open_connection("n1", 7000))
        await asyncio.sleep(20)
        assert not trip.done()
        assert not opening.done()
        await lease.heal()
        await opening
        return await trip

    assert 20 < stage.run(scenario) < 22


def test_a_large_message_over_a_lossy_link_takes_seconds_not_minutes(stage: Any) -> None:
    async def scenario() -> float:
        line = await Line.open(stage)
        await stage.world.impair(OUT, LinkRule(loss=0.3))
        return await line.trip(b"x" * 59_999 + b"\n")

    assert 0.2 < stage.run(scenario) < 10


def test_a_rate_makes_large_messages_slow(stage: Any) -> None:
    async def scenario() -> float:
        line = await Line.open(stage)
        await stage.world.impair(OUT, LinkRule(rate=400_000))
        return await line.trip(b"x" * 49_999 + b"\n")

    assert stage.run(scenario) == pytest.approx(1.0, abs=0.02)


def test_refusing_leaves_open_connections_alone(stage: Any) -> None:
    async def scenario() -> None:
        line = await Line.open(stage)
        lease = await stage.world.impair(OUT, LinkRule(refuse=True))
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("n1", 7000)
        assert await line.trip() < 0.01
        other = await stage.world.impair(BACK, LinkRule(refuse=True))
        assert (await lease.heal()).data["refused"] == 1
        await asyncio.open_connection("n1", 7000)
        await other.heal()
        await asyncio.open_connection("n1", 7000)

    stage.run(scenario)


def test_a_reset_breaks_both_ends_and_nothing_later(stage: Any) -> None:
    async def scenario() -> None:
        line = await Line.open(stage)
        lease = await stage.world.impair(OUT, LinkRule(reset=True))
        assert lease.evidence.data["reset"] == 1
        with pytest.raises(ConnectionResetError):
            await line.reader.readline()
        again = Line(stage, *await asyncio.open_connection("n1", 7000))
        assert await again.trip() < 0.01

    stage.run(scenario)


def test_rules_touch_only_the_pairs_they_name(stage: Any) -> None:
    async def scenario() -> None:
        await stage.start("n1")
        await stage.start("n2")
        await stage.world.impair(OUT | BACK, LinkRule(cut=True))
        assert await stage.ask("n2", "hello") == "hello"
        host = stage.world.host("load-1")
        answer = await host.run(asyncio.create_task, stage.ask("n1", "from another host"))
        assert answer == "from another host"

    stage.run(scenario)


def test_a_load_host_has_an_address_of_its_own(stage: Any) -> None:
    whoami = """
        import asyncio

        async def answer(reader, writer):
            await reader.readline()
            writer.write(writer.get_extra_info("peername")[0].encode() + b"\\n")

        async def main(node):
            await asyncio.start_server(answer, None, 7000)
            await asyncio.Future()
    """

    async def scenario() -> set[str]:
        await stage.start("n1", whoami)
        seen = {await stage.ask("n1", "who")}
        for name in ("load-1", "load-2"):
            for _ in range(2):
                context = stage.world.host(name)
                seen.add(await context.run(asyncio.create_task, stage.ask("n1", "who")))
        return seen

    assert len(stage.run(scenario)) == 3


def test_failing_names_fail_until_healed(stage: Any) -> None:
    import socket

    asking = """
        import asyncio, socket

        async def answer(reader, writer):
            while await reader.readline():
                try:
                    await asyncio.open_connection("n2", 7000)
                    writer.write(b"found\\n")
                except socket.gaierror as error:
                    writer.write(b"%d\\n" % error.errno)

        async def main(node):
            await asyncio.start_server(answer, None, 7000)
            await asyncio.Future()
    """

    async def scenario() -> list[str]:
        await stage.start("n1", asking)
        await stage.start("n2")
        lease = await stage.world.fail_names("n1")
        answers = [await stage.ask("n1", "go")]
        await lease.heal()
        return [*answers, await stage.ask("n1", "go")]

    assert stage.run(scenario) == [str(int(socket.EAI_AGAIN)), "found"]


def test_a_rule_for_no_link_at_all_is_skipped(stage: Any) -> None:
    async def scenario() -> list[Hold]:
        lease = await stage.world.impair(frozenset(), LinkRule(cut=True))
        return [lease.evidence.hold, (await lease.heal()).hold]

    assert stage.run(scenario) == [Hold.SKIPPED, Hold.SKIPPED]


def test_evidence_of_an_impairment_names_the_links(stage: Any) -> None:
    async def scenario() -> None:
        await stage.start("n1")
        lease = await stage.world.impair(OUT, LinkRule(cut=True, delay=0.02))
        assert lease.evidence.hold is Hold.INSTALLED
        assert "planc->n1" in lease.evidence.proof
        assert "20 ms" in lease.evidence.proof

    stage.run(scenario)
