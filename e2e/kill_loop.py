"""Killing a server under load, again and again, and looking for what it had acknowledged. For every durable store."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import threading
from pathlib import Path

import httpx

from chat import connect
from runtime import Runtime

WRITERS = 8


def kill_again_and_again(start, agents, store: str, kills: int) -> str:
    """Writers post events and customers; the server is killed in between, again and again, and every acknowledged
    write is looked for afterwards. Returns the counts."""
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    sessions: list[str] = []
    events: dict[str, dict[str, int]] = {}  # by session: the offset of each acknowledged event
    customers: set[str] = set()
    for kill in range(kills):
        acknowledged = threading.Semaphore(0)
        runtime = start(agents, "--store", store, "--log-level", "error")
        with connect(runtime.url) as http:
            check(http, events, customers, seed, kill)
            while len(sessions) < WRITERS:
                sessions.append(made(http.post("/sessions", json={"agent_id": "workshop"}))["id"])
                events[sessions[-1]] = {}
        writers = [
            threading.Thread(target=write, args=(runtime, session, events[session], customers, acknowledged, f"{kill}-{number}"))
            for number, session in enumerate(sessions)]
        for writer in writers:
            writer.start()
        for _ in range(dice.randint(1, 60)):
            assert acknowledged.acquire(timeout=60), "the writers stopped"
        threading.Event().wait(dice.uniform(0, 0.02))
        runtime.process.kill()
        runtime.wait()
        for writer in writers:
            writer.join()
    runtime = start(agents, "--store", store)
    with connect(runtime.url) as http:
        check(http, events, customers, seed, kills)
    count = sum(map(len, events.values()))
    return f"{kills} kills, {count} events and {len(customers)} customers acknowledged, none lost, seed {seed}"


def write(
    runtime: Runtime, session: str, events: dict[str, int], customers: set[str], acknowledged: threading.Semaphore,
    name: str,
) -> None:
    """Writes until the server is gone, and notes what it acknowledged."""
    # A machine with other work may take its time; only a server that is gone ends this.
    with httpx.Client(base_url=runtime.url, timeout=30) as http:
        for number in range(100_000):
            try:
                body = {"kind": "message", "source": "customer" if number % 5 == 0 else "human_agent",
                        "message": f"{name} {number}", "participant": {"display_name": "Writer"}}
                event = made(http.post(f"/sessions/{session}/events", json=body))
                events[event["id"]] = event["offset"]
                acknowledged.release()
                if number % 3 == 0:
                    customer = f"{name}-{number}"
                    made(http.post("/customers", json={"id": customer, "name": "N", "metadata": {"run": name}}))
                    customers.add(customer)
            except httpx.TransportError:
                return


def check(http: httpx.Client, events: dict[str, dict[str, int]], customers: set[str], seed: int, kill: int) -> None:
    """That every acknowledged write is there, and that offsets have no holes."""
    place = f"after kill {kill}, seed {seed}"
    for session, acknowledged in events.items():
        found = http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json()
        assert [event["offset"] for event in found] == list(range(len(found))), f"offsets {place}"
        stored = {event["id"]: event["offset"] for event in found}
        assert acknowledged.items() <= stored.items(), f"events are missing {place}"
    there = {customer["id"] for customer in items(http.get("/customers").json())}
    assert customers <= there, f"customers are missing {place}"


def made(response: httpx.Response) -> dict:
    """What a request has made."""
    assert response.status_code in (200, 201), response.text
    return response.json()


def items(answer) -> list[dict]:
    """The items of a list, paged or not."""
    return answer["items"] if isinstance(answer, dict) else answer


def names_at_the_last_sync(command: list, library: Path, folder: Path, target: str) -> list[str]:
    """Runs a command that makes a file, killed after its first sync, then after its second, and so on until it ends
    alive. Returns the names in the file's folder when it was killed after its last one."""
    names: list[str] = []
    for number in itertools.count(1):
        environment = os.environ | {"LD_PRELOAD": str(library), "KILL_AT": str(number), "KILL_WHEN": "after"}
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment, timeout=60)
        found = sorted(file.name for file in folder.iterdir() if file.name.startswith(target))
        for name in found:
            (folder / name).unlink()
        if done.returncode != -9:
            assert done.returncode == 0 and found == [target], done.stderr
            return names
        names = found
