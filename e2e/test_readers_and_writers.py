"""Writers, long polls, streams, dropped connections, deletions and customer changes, all at once over many sessions.

A seed decides what everybody does; the order in which they get to do it is the machine's. A failure names its seed.
"""

from __future__ import annotations

import asyncio
import random

import pytest

from raw_http import Broken, RawConnection
from runtime import REPOSITORY

WRITERS = 3
READERS_OF_A_KIND = 2
FATES = ["nothing", "events deleted", "session deleted"]


class Crowd:
    """Everybody who talks to the sessions of one run."""

    def __init__(self, port: int, seed: int, sessions: int, events_per_writer: int):
        self.port, self.seed, self.sessions = port, seed, sessions
        self.events_per_writer = events_per_writer
        self.last = WRITERS * events_per_writer  # offset of a session's last event, written when all else is over
        self.reads = 0

    async def run(self) -> None:
        connection = await RawConnection.open(self.port)
        self.customers = [
            (await connection.call("POST", "/customers", {"name": f"Customer {number}"}))[1]["id"]
            for number in range(3)]
        plays = []
        for index in range(self.sessions):
            session = (await connection.call("POST", "/sessions", {"agent_id": "workshop"}))[1]["id"]
            plays.append(self.play(session, FATES[index % len(FATES)], index))
        connection.drop()
        await asyncio.gather(*plays)

    async def play(self, session: str, fate: str, index: int) -> None:
        path = f"/sessions/{session}/events"

        def dice(role: str) -> random.Random:
            return random.Random(f"{self.seed} {index} {role}")

        readers = [kind(path, dice(f"{kind.__name__} {number}"))
                   for kind in (self.poll, self.follow) for number in range(READERS_OF_A_KIND)]
        *readings, left = await asyncio.gather(*readers, self.write(session, path, fate, dice))
        for seen in readings:
            note = f"{fate}, seed {self.seed}, session {index}"
            if fate == "nothing":
                assert seen == list(range(self.last + 1)), note
            elif fate == "events deleted":
                assert seen == sorted(set(seen)) and seen[-1] == self.last and set(left) <= set(seen), note
            else:
                assert seen == list(range(len(seen))), note

    # Writing

    async def write(self, session: str, path: str, fate: str, dice) -> list[int]:
        """Has everything written, and returns the offsets that are left in the end."""
        work = [self.write_as(writer, path, dice(f"writer {writer}")) for writer in range(WRITERS)]
        work.append(self.change_customers(session))
        if fate == "events deleted":
            work.append(self.delete_events(path, dice("deletions")))
        if fate == "session deleted":
            work.append(self.delete_session(session, dice("deletion")))
        used = sorted(offset for offsets in await asyncio.gather(*work) for offset in offsets or [])
        assert used == list(range(len(used))), f"offsets are dense, seed {self.seed}"
        if fate == "session deleted":
            return []
        assert len(used) == self.last
        connection = await RawConnection.open(self.port)
        end = {"kind": "custom", "source": "system", "data": "end"}
        status, event = await connection.call("POST", path, end)
        assert (status, event["offset"]) == (201, self.last)
        events = (await connection.call("GET", f"{path}?wait_for_data=0"))[1]
        connection.drop()
        for writer in range(WRITERS):
            own = [event["data"]["number"] for event in events if event["data"] != "end"
                   and event["data"]["writer"] == writer]
            assert own == sorted(own)
            assert fate != "nothing" or len(own) == self.events_per_writer
        return [event["offset"] for event in events]

    async def write_as(self, writer: int, path: str, dice: random.Random) -> list[int]:
        connection = await RawConnection.open(self.port)
        offsets = []
        for number in range(self.events_per_writer):
            status, event = await connection.call(
                "POST", path, {"kind": "custom", "source": "system", "data": {"writer": writer, "number": number}})
            if status == 404:
                break
            assert status == 201, event
            offsets.append(event["offset"])
            if dice.random() < 0.2:
                status, answer = await connection.call(
                    "PATCH", f"{path}/{event['id']}", {"metadata": {"set": {"seen": True}}})
                assert status in (200, 404), answer
            if dice.random() < 0.2:
                await asyncio.sleep(0)
        connection.drop()
        return offsets

    async def change_customers(self, session: str) -> None:
        connection = await RawConnection.open(self.port)
        for customer in self.customers * 3:
            status, answer = await connection.call("PATCH", f"/sessions/{session}", {"customer_id": customer})
            assert status in (200, 404), answer
        connection.drop()

    async def delete_events(self, path: str, dice: random.Random) -> None:
        connection = await RawConnection.open(self.port)
        for _ in range(6):
            status, answer = await connection.call("DELETE", f"{path}?min_offset={dice.randrange(self.last)}")
            assert status == 204, answer
        connection.drop()

    async def delete_session(self, session: str, dice: random.Random) -> None:
        connection = await RawConnection.open(self.port)
        for _ in range(dice.randrange(1, 40)):
            assert (await connection.call("GET", f"/sessions/{session}"))[0] == 200
        assert (await connection.call("DELETE", f"/sessions/{session}"))[0] == 204
        connection.drop()

    # Reading

    async def poll(self, path: str, dice: random.Random) -> list[int]:
        """Long polls, some of which are dropped before the answer, to the last event or the session's end."""
        connection = await RawConnection.open(self.port)
        seen: list[int] = []
        while not seen or seen[-1] != self.last:
            self.reads += 1
            offset = seen[-1] + 1 if seen else 0
            await connection.send("GET", f"{path}?min_offset={offset}&wait_for_data=30")
            if dice.random() < 0.25:
                for _ in range(dice.randrange(4)):
                    await asyncio.sleep(0)
                connection.drop()
                connection = await RawConnection.open(self.port)
                continue
            status, events = await connection.receive()
            if status == 404:
                break
            assert status == 200, events
            seen += [event["offset"] for event in events]
        connection.drop()
        return seen

    async def follow(self, path: str, dice: random.Random) -> list[int]:
        """Streams that are dropped after some events, to the last event or the session's end."""
        seen: list[int] = []
        while not seen or seen[-1] != self.last:
            self.reads += 1
            connection = await RawConnection.open(self.port)
            offset = seen[-1] + 1 if seen else 0
            patience = dice.randrange(1, 20)
            try:
                async for event in connection.events(f"{path}?min_offset={offset}&sse=true&wait_for_data=30"):
                    seen.append(event["offset"])
                    patience -= 1
                    if not patience or seen[-1] == self.last:
                        break
            except LookupError as refusal:
                assert refusal.args == (404,)
                return seen
            except Broken:
                raise AssertionError(f"the server dropped a stream, seed {self.seed}") from None
            finally:
                connection.drop()
        return seen


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_comes_back_at_the_last_offset_plus_one_sees_every_event_exactly_once(examples, seed):
    asyncio.run(asyncio.wait_for(Crowd(examples.port, seed, sessions=12, events_per_writer=25).run(), 100))


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_the_same_over_a_hundred_thousand_reads(start):
    runtime = start(REPOSITORY / "agents", "--log-level", "warning")
    reads, seed = 0, 1000
    while reads < 100_000:
        crowd = Crowd(runtime.port, seed, sessions=30, events_per_writer=200)
        asyncio.run(asyncio.wait_for(crowd.run(), 600))
        reads += crowd.reads
        seed += 1
