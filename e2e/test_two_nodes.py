"""Two servers on one MongoDB: what happens at one is seen at the other."""

from __future__ import annotations

import os
import random
import threading
import time

import httpx
import pytest

from chat import connect, is_completed
from mongo_process import MongoServer
from runtime import REPOSITORY, TEST_AGENTS

AGENTS = REPOSITORY / "agents" / "workshop.lua"
MESSAGES = int(os.environ.get("PARLANT_MESSAGES", "100"))


@pytest.fixture
def mongo(tmp_path):
    """The database. Name it before `start`, so that it is there until the last server has stopped."""
    server = MongoServer(tmp_path / "mongo")
    yield server
    server.kill()


@pytest.fixture
def standalone(tmp_path):
    """A database without change streams."""
    server = MongoServer(tmp_path / "mongo", "--standalone")
    yield server
    server.kill()


@pytest.fixture
def agents(tmp_path):
    """A folder with one agent."""
    folder = tmp_path / "agents"
    folder.mkdir()
    (folder / "workshop.lua").write_text(AGENTS.read_text())
    return folder


def made(response: httpx.Response) -> dict:
    assert response.status_code == 201, response.text
    return response.json()


def manual_session(http: httpx.Client) -> str:
    session = made(http.post("/sessions", json={"agent_id": "workshop"}))["id"]
    http.patch(f"/sessions/{session}", json={"mode": "manual"}).raise_for_status()
    return session


def say(http: httpx.Client, session: str, text: str) -> dict:
    return made(http.post(f"/sessions/{session}/events", json={
        "kind": "message", "source": "customer", "message": text}))


class LongPoll(threading.Thread):
    """Waits for one event, and notes when it came."""

    def __init__(self, url: str, session: str, offset: int):
        super().__init__(daemon=True)
        self.url, self.session, self.offset = url, session, offset
        self.events: list[dict] = []
        self.came = 0.0
        self.start()

    def run(self) -> None:
        with connect(self.url) as http:
            self.events = http.get(f"/sessions/{self.session}/events", params={
                "min_offset": self.offset, "wait_for_data": 30}).json()
            self.came = time.monotonic()


def wait_for_reader(url: str) -> None:
    """Returns when somebody waits at the server."""
    with connect(url) as http:
        while http.get("/healthz").json()["checks"]["node"]["waiting_readers"] < 1:
            pass


def delays(posting: str, reading: str, count: int) -> list[float]:
    """Seconds from the answer to a post at one server to the end of a long poll at the other."""
    found = []
    with connect(posting) as http:
        session = manual_session(http)
        for number in range(count):
            poll = LongPoll(reading, session, number)
            wait_for_reader(reading)
            say(http, session, f"m{number}")
            posted = time.monotonic()
            poll.join(40)
            assert [event["offset"] for event in poll.events] == [number]
            found.append(poll.came - posted)
    return found


def test_a_reader_at_one_server_wakes_when_the_other_appends(mongo, start, agents):
    store = f"mongodb://127.0.0.1:{mongo.port}/shop"
    first, second = start(agents, "--store", store), start(agents, "--store", store)
    found = sorted(delays(first.url, second.url, 20))
    # The benchmark has the figure; this tells waking from asking again.
    assert found[len(found) // 2] < 0.2, found
    with connect(first.url) as http, connect(second.url) as other:
        nodes = [client.get("/healthz").json() for client in (http, other)]
        assert all(node["checks"]["stores"]["status"] == "healthy" for node in nodes)
        assert nodes[0]["checks"]["node"]["id"] != nodes[1]["checks"]["node"]["id"]
        session = manual_session(http)
        poll = LongPoll(second.url, session, 0)
        wait_for_reader(second.url)
        http.delete(f"/sessions/{session}").raise_for_status()
        poll.join(10)
        assert not poll.is_alive()


def test_without_change_streams_a_reader_waits_a_little_longer(standalone, start, agents):
    store = f"mongodb://127.0.0.1:{standalone.port}/shop"
    first, second = start(agents, "--store", store), start(agents, "--store", store)
    second.wait_for_log("MongoDB tells no changes, so this server asks for them while somebody waits")
    assert max(delays(first.url, second.url, 4)) < 2


def test_what_is_created_at_one_server_counts_at_the_other(mongo, start, agents):
    store = f"mongodb://127.0.0.1:{mongo.port}/shop"
    first, second = start(agents, "--store", store), start(agents, "--store", store)
    with connect(first.url) as http, connect(second.url) as other:
        made(http.post("/agents", json={"id": "anna", "name": "Anna", "description": "Answers."}))
        deadline = time.monotonic() + 10
        while (found := other.get("/agents/anna")).status_code == 404 and time.monotonic() < deadline:
            pass
        assert found.json()["name"] == "Anna"
        http.patch("/agents/anna", json={"name": "Anne"}).raise_for_status()
        while (found := other.get("/agents/anna").json())["name"] == "Anna" and time.monotonic() < deadline:
            pass
        assert found["name"] == "Anne"


@pytest.fixture
def pair(mongo, start):
    """Two servers with an agent that takes as long as it is told to."""
    store = f"mongodb://127.0.0.1:{mongo.port}/shop"
    return [start(TEST_AGENTS / "slow", "--store", store) for _ in range(2)]


def new_session(http: httpx.Client) -> str:
    agent = http.get("/agents").json()[0]["id"]
    return made(http.post("/sessions", json={"agent_id": agent}))["id"]


def wait_for(http: httpx.Client, session: str, matches, within: float = 30) -> list[dict]:
    """The session's events, once one of them matches."""
    deadline = time.monotonic() + within
    events: list[dict] = []
    while not any(map(matches, events)):
        assert time.monotonic() < deadline, brief(events)
        reply = http.get(f"/sessions/{session}/events", params={"min_offset": len(events), "wait_for_data": 5})
        # 504: nothing came.
        if reply.status_code != 504:
            events += reply.raise_for_status().json()
    return events


def brief(events: list[dict]) -> list[str]:
    def one(event: dict) -> str:
        return event["data"].get("message") or event["data"].get("status") or event["kind"]
    return [f"{event['source']}: {one(event)}" for event in events]


def answers(events: list[dict]) -> list[str]:
    return [event["data"]["message"] for event in events if event["kind"] == "message" and event["source"] == "ai_agent"]


def ends(trace: str):
    return lambda event: event["trace_id"] == trace and is_completed(event)


def is_asleep(event: dict) -> bool:
    return event["kind"] == "status" and event["data"].get("data", {}).get("stage") == "Sleeping"


def test_the_turn_of_a_server_that_dies_is_finished_by_the_other(pair):
    with connect(pair[0].url) as http, connect(pair[1].url) as other:
        session = new_session(http)
        said = say(http, session, "sleep 1.5")
        wait_for(other, session, is_asleep)
        pair[0].process.kill()
        died = time.monotonic()
        pair[0].wait()
        events = wait_for(other, session, ends(said["trace_id"]))
        assert answers(events) == ["I slept 1.5 seconds."], brief(events)
        # The lease of 15 seconds, and the turn itself.
        assert time.monotonic() - died < 15 + 1.5 + 3
        assert [event["offset"] for event in events] == list(range(len(events)))
        # The other goes on as if nothing had been.
        said = say(other, session, "Hello")
        assert answers(wait_for(other, session, ends(said["trace_id"])))[1:] == ["I am awake."]


def test_a_message_at_one_server_interrupts_the_turn_at_the_other(pair):
    with connect(pair[0].url) as http, connect(pair[1].url) as other:
        session = new_session(http)
        first = say(http, session, "sleep 20")
        wait_for(other, session, is_asleep)
        second = say(other, session, "Never mind")
        events = wait_for(other, session, ends(second["trace_id"]), within=10)
        assert answers(events) == ["I am awake."]
        cancelled = [event for event in events if event["data"].get("status") == "cancelled"]
        assert [event["trace_id"] for event in cancelled] == [first["trace_id"]]


def test_what_a_server_leaves_when_it_stops_is_answered_by_the_other(pair):
    with connect(pair[0].url) as http, connect(pair[1].url) as other:
        session = new_session(http)
        say(http, session, "sleep 1")
        wait_for(other, session, is_asleep)
        stop = threading.Thread(target=pair[0].stop)
        stop.start()
        second = say(other, session, "Are you there?")
        events = wait_for(other, session, ends(second["trace_id"]), within=25)
        stop.join()
        assert answers(events)[-1] == "I am awake.", brief(events)


class Visitors(threading.Thread):
    """One customer after the other, each with a session: says one thing after the other, at either server, and reads each
    answer at the other one."""

    def __init__(self, urls: list[str], messages: list[int], seed: str):
        super().__init__(daemon=True)
        self.urls, self.messages, self.dice = urls, messages, random.Random(seed)
        self.sessions: dict[str, int] = {}
        self.problem = ""
        self.start()

    def run(self) -> None:
        session = ""
        try:
            with connect(self.urls[0]) as first, connect(self.urls[1]) as second:
                for count in self.messages:
                    session = new_session(first)
                    for number in range(count):
                        here, there = self.dice.sample([first, second], 2)
                        said = say(here, session, f"m{number}")
                        found = there.get(f"/sessions/{session}/events", params={
                            "min_offset": said["offset"], "source": "ai_agent", "kinds": "message",
                            "trace_id": said["trace_id"], "wait_for_data": 60}, timeout=70).json()
                        assert [event["data"]["message"] for event in found] == ["I am awake."], found
                    self.sessions[session] = count
        except Exception as error:
            self.problem = f"{session}: {error!r}"


@pytest.mark.timeout(3600)
def test_every_message_at_either_server_gets_one_answer(pair):
    """`PARLANT_MESSAGES` says how many messages there are (100), ten customers at a time, with ten messages each. More for
    each would be more work for the stand-in for MongoDB, which reads a whole session for each question about its events.
    """
    seed = random.randrange(1 << 32)
    urls = [runtime.url for runtime in pair]
    begin = time.monotonic()
    places = 10
    messages = [min(10, MESSAGES - before) for before in range(0, MESSAGES, 10)]
    visitors = [Visitors(urls, messages[number::places], f"{seed}-{number}") for number in range(places)]
    for visitor in visitors:
        visitor.join()
    took = time.monotonic() - begin
    assert not any(visitor.problem for visitor in visitors), (seed, [visitor.problem for visitor in visitors])
    sessions = {session: count for visitor in visitors for session, count in visitor.sessions.items()}
    assert sum(sessions.values()) == MESSAGES
    with connect(urls[1]) as http:
        for session, count in sessions.items():
            events = http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json()
            while len([event for event in events if is_completed(event)]) < count:
                events += http.get(
                    f"/sessions/{session}/events", params={"min_offset": len(events), "wait_for_data": 10}).json()
            assert [event["offset"] for event in events] == list(range(len(events))), seed
            assert len(answers(events)) == count, (seed, brief(events))
    print(
        f"{MESSAGES} messages in {len(sessions)} sessions at two servers, one answer each, "
        f"{MESSAGES / took:.1f} per second")
