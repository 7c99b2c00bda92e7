"""A thousand clients that wait cost nothing, and hear at once when something happens."""

from __future__ import annotations

import asyncio
import os
import resource
import time

import httpx

from chat import connect
from runtime import REPOSITORY

POLLS = 1000
ROUNDS = 3
SAMPLE = 200
SECONDS = 3.0


def cpu_seconds(pid: int) -> float:
    """Time that the process has run so far, on all cores together."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Poll:
    """One long poll on a socket of its own."""

    def __init__(self, port: int, session: str):
        self.port, self.session = port, session

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(
            f"GET /sessions/{self.session}/events?wait_for_data=60 HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
        await self.writer.drain()
        self.answer = asyncio.ensure_future(self.reader.readuntil(b"\r\n\r\n"))

    async def close(self) -> None:
        self.answer.cancel()
        self.writer.close()


async def post(client: httpx.AsyncClient, session: str) -> None:
    answer = await client.post(
        f"/sessions/{session}/events", json={"kind": "message", "source": "customer", "message": "When are you open?"})
    assert answer.status_code == 201


async def deliver(client: httpx.AsyncClient, polls: list[Poll]) -> list[float]:
    """Posts to one session after the other; milliseconds from before the post until the poll has its answer."""
    latencies = []
    for poll in polls:
        started = time.monotonic()
        posting = asyncio.ensure_future(post(client, poll.session))
        head = await asyncio.wait_for(poll.answer, 5)
        latencies.append((time.monotonic() - started) * 1000)
        assert head.startswith(b"HTTP/1.1 200 ")
        await asyncio.wait_for(posting, 5)
    return sorted(latencies)


async def measure(url: str, port: int, pid: int, sessions: list[str]) -> tuple[float, list[list[float]]]:
    polls = [Poll(port, session) for session in sessions]
    for start in range(0, POLLS, 50):
        await asyncio.gather(*(poll.open() for poll in polls[start:start + 50]))
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        await client.get("/healthz")
        await asyncio.sleep(0.5)  # the polls settle; from here on nothing happens

        before, started = cpu_seconds(pid), time.monotonic()
        await asyncio.sleep(SECONDS)  # the measured time itself
        share = (cpu_seconds(pid) - before) / (time.monotonic() - started)
        assert not any(poll.answer.done() for poll in polls)

        rounds = [await deliver(client, polls[start::POLLS // SAMPLE]) for start in range(ROUNDS)]
    for poll in polls:
        await poll.close()
    return share, rounds


def test_a_thousand_idle_long_polls_cost_no_time_and_are_woken_at_once(start, record_property):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    runtime = start(REPOSITORY / "agents", "--log-level", "warning")
    with connect(runtime.url) as http:
        sessions = [
            http.post("/sessions", json={"agent_id": "workshop"}).json()["id"] for _ in range(POLLS)]

    share, rounds = asyncio.run(
        asyncio.wait_for(measure(runtime.url, runtime.port, runtime.pid, sessions), 50))

    p50 = [latencies[SAMPLE // 2] for latencies in rounds]
    p99 = [latencies[SAMPLE * 99 // 100] for latencies in rounds]
    figures = (
        f"idle CPU {share * 100:.2f} % of a core; delivery by round: p50 {', '.join(f'{ms:.1f}' for ms in p50)} ms, "
        f"p99 {', '.join(f'{ms:.1f}' for ms in p99)} ms")
    print(figures)
    record_property("figures", figures)
    assert share < 0.02, figures
    # The best round: what else runs on the machine can only add.
    assert min(p99) < 100, figures
