"""A thousand clients that wait keep nobody busy, and each hears of its own event. `make bench` says how fast."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import time

import httpx

from chat import connect
from runtime import REPOSITORY

POLLS = 1000
SECONDS = 3.0
# How often the server may go to sleep, and so wake up, in one second without a request. A server that looked after its
# waiters four times a second would do so 4,000 times; ours turns one wheel for all, and that only for time-outs.
WAKE_UPS_PER_SECOND = 200


def wake_ups(pid: int) -> int:
    """How often the threads of the process have gone to sleep so far. Unlike CPU time it does not depend on the load."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as status:
            total += next(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches:"))
    return total


class Poll:
    """One long poll on a socket of its own."""

    def __init__(self, port: int, session: str):
        self.port, self.session = port, session

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(
            f"GET /sessions/{self.session}/events?wait_for_data=300 HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
        await self.writer.drain()
        self.answer = asyncio.ensure_future(self._read())

    async def _read(self) -> list[dict]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        return json.loads(await self.reader.readexactly(int(lengths[0])))

    async def close(self) -> None:
        self.answer.cancel()
        self.writer.close()


async def post(client: httpx.AsyncClient, number: int, session: str) -> None:
    answer = await client.post(
        f"/sessions/{session}/events", json={"kind": "custom", "source": "system", "data": {"number": number}})
    assert answer.status_code == 201, answer.text


async def wait_and_wake(url: str, port: int, pid: int, sessions: list[str]) -> tuple[float, list[list[dict]]]:
    polls = [Poll(port, session) for session in sessions]
    for start in range(0, POLLS, 50):
        await asyncio.gather(*(poll.open() for poll in polls[start:start + 50]))
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=16)) as client:
        await client.get("/healthz")
        await asyncio.sleep(0.5)  # the polls settle; from here on nothing happens

        before, started = wake_ups(pid), time.monotonic()
        await asyncio.sleep(SECONDS)
        rate = (wake_ups(pid) - before) / (time.monotonic() - started)
        assert not any(poll.answer.done() for poll in polls)

        # One post, one answer: every other poll waits on.
        await post(client, 0, sessions[0])
        first = await polls[0].answer
        assert not any(poll.answer.done() for poll in polls[1:])

        await asyncio.gather(*(post(client, number, sessions[number]) for number in range(1, POLLS)))
        answers = [first, *await asyncio.gather(*(poll.answer for poll in polls[1:]))]
    for poll in polls:
        await poll.close()
    return rate, answers


def test_a_thousand_idle_long_polls_keep_nobody_busy_and_each_hears_of_its_own_event(start, record_property):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    runtime = start(REPOSITORY / "agents", "--log-level", "warning")
    with connect(runtime.url) as http:
        sessions = [http.post("/sessions", json={"agent_id": "workshop"}).json()["id"] for _ in range(POLLS)]

    rate, answers = asyncio.run(
        asyncio.wait_for(wait_and_wake(runtime.url, runtime.port, runtime.pid, sessions), 100))

    assert [[event["data"]["number"] for event in events] for events in answers] == [[number] for number in range(POLLS)]
    record_property("wake-ups per second", f"{rate:.1f}")
    assert rate < WAKE_UPS_PER_SECOND
