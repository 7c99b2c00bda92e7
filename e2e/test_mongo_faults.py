"""The server while MongoDB is killed, or the way to it is slow, silent or broken: clear errors, nothing lost, and no
restart once it is back."""

from __future__ import annotations

import os
import threading
import time

import httpx
import pytest

from chat import connect, is_completed
from kill_loop import kill_again_and_again
from mongo_process import MongoServer
from runtime import REPOSITORY, TEST_AGENTS
from tcp_proxy import TCPProxy

AGENTS = REPOSITORY / "agents" / "workshop.lua"
KILLS = int(os.environ.get("PARLANT_KILLS", "20"))
TRY_LATER = {"detail": "The data store does not answer; try again in a moment."}
TIMES = "serverSelectionTimeoutMS=1500&socketTimeoutMS=1500&connectTimeoutMS=1500"


@pytest.fixture
def mongo(tmp_path):
    """The database. Name it before `start`, so that it is there until the last server has stopped."""
    server = MongoServer(tmp_path / "mongo")
    yield server
    server.kill()


@pytest.fixture
def proxy(mongo):
    """A way to the database."""
    proxy = TCPProxy(mongo.port)
    yield proxy
    proxy.close()


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
    session = made(http.post("/sessions", json={"agent_id": http.get("/agents").json()[0]["id"]}))["id"]
    http.patch(f"/sessions/{session}", json={"mode": "manual"}).raise_for_status()
    return session


def post(http: httpx.Client, session: str, text: str) -> httpx.Response:
    return http.post(f"/sessions/{session}/events", json={"kind": "message", "source": "customer", "message": text})


def store_state(http: httpx.Client) -> str:
    return http.get("/healthz").json()["checks"]["stores"]["status"]


class Writer(threading.Thread):
    """Posts until it is told to stop, whatever the answers are."""

    def __init__(self, url: str, session: str):
        super().__init__(daemon=True)
        self.url, self.session = url, session
        self.acknowledged: dict[str, int] = {}
        self.others: list[tuple[int, dict]] = []
        self.stopped = threading.Event()
        self.start()

    def run(self) -> None:
        with connect(self.url) as http:
            number = 0
            while not self.stopped.is_set():
                number += 1
                answer = post(http, self.session, f"m{number}")
                if answer.status_code == 201:
                    self.acknowledged[answer.json()["id"]] = answer.json()["offset"]
                else:
                    self.others.append((answer.status_code, answer.json()))


def check(http: httpx.Client, writers: list[Writer]) -> int:
    """That all that was acknowledged is there, without a gap, and that refusals said so. Returns how much there is."""
    for writer in writers:
        assert all(answer == (503, TRY_LATER) for answer in writer.others), writer.others
        events = http.get(f"/sessions/{writer.session}/events", params={"wait_for_data": 0}).json()
        assert [event["offset"] for event in events] == list(range(len(events)))
        assert writer.acknowledged.items() <= {event["id"]: event["offset"] for event in events}.items()
    return sum(len(writer.acknowledged) for writer in writers)


@pytest.mark.timeout(1200)
def test_kill_9_of_the_server_loses_nothing_that_was_acknowledged(mongo, start, agents):
    """`PARLANT_KILLS` says how often the server is killed (20)."""
    print(kill_again_and_again(start, agents, f"mongodb://127.0.0.1:{mongo.port}/shop", KILLS))


def test_mongodb_is_killed_and_restarted_under_load(mongo, start, agents):
    runtime = start(agents, "--store", f"mongodb://127.0.0.1:{mongo.port}/shop?{TIMES}", "--log-level", "error")
    with connect(runtime.url) as http:
        writers = [Writer(runtime.url, manual_session(http)) for _ in range(6)]
        for _ in range(3):
            before = sum(len(writer.acknowledged) for writer in writers)
            mongo.kill()
            while store_state(http) != "unhealthy":
                pass
            assert http.get("/healthz").status_code == 503
            mongo.start()
            deadline = time.monotonic() + 20
            while sum(len(writer.acknowledged) for writer in writers) < before + 100:
                assert time.monotonic() < deadline, "the server does not use the database that is back"
                time.sleep(0.01)
            assert store_state(http) == "healthy"
        for writer in writers:
            writer.stopped.set()
        for writer in writers:
            writer.join()
        print(f"3 kills of MongoDB, {check(http, writers)} events acknowledged, none lost, "
              f"{sum(len(writer.others) for writer in writers)} refused")


def test_a_way_that_breaks_off_again_and_again(proxy, start, agents):
    runtime = start(agents, "--store", f"mongodb://127.0.0.1:{proxy.port}/shop?{TIMES}", "--log-level", "error")
    with connect(runtime.url) as http:
        writers = [Writer(runtime.url, manual_session(http)) for _ in range(4)]
        for _ in range(10):
            time.sleep(0.1)
            proxy.drop()
        for writer in writers:
            writer.stopped.set()
        for writer in writers:
            writer.join()
        assert check(http, writers) > 0


def test_a_silent_connection_is_an_error_in_time_and_is_used_again(proxy, start, agents):
    runtime = start(agents, "--store", f"mongodb://127.0.0.1:{proxy.port}/shop?{TIMES}", "--log-level", "error")
    with connect(runtime.url) as http:
        session = manual_session(http)
        proxy.stall()
        begin = time.monotonic()
        answer = post(http, session, "Anybody there?")
        # Once more on a new connection, which does not open either.
        assert (answer.status_code, answer.json()) == (503, TRY_LATER)
        assert time.monotonic() - begin < 8
        assert store_state(http) == "unhealthy"
        proxy.flow()
        deadline = time.monotonic() + 10
        while (answer := post(http, session, "And now?")).status_code != 201:
            assert time.monotonic() < deadline, answer.text
        events = http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json()
        # What was not answered may have been stored or not, once at most.
        assert [event["data"]["message"] for event in events][-1] == "And now?" and len(events) <= 2


def test_a_slow_way_is_slow_and_nothing_else(proxy, start, agents):
    runtime = start(agents, "--store", f"mongodb://127.0.0.1:{proxy.port}/shop?{TIMES}", "--log-level", "error")
    with connect(runtime.url) as http:
        session = manual_session(http)
        proxy.delay = 0.1
        for number in range(3):
            assert made(post(http, session, f"m{number}"))["offset"] == number
        proxy.delay = 0


def test_sigterm_while_mongodb_is_away_in_the_middle_of_a_turn(mongo, start):
    runtime = start(TEST_AGENTS / "slow", "--store", f"mongodb://127.0.0.1:{mongo.port}/shop")
    with connect(runtime.url) as http:
        session = made(http.post("/sessions", json={"agent_id": http.get("/agents").json()[0]["id"]}))["id"]
        said = made(post(http, session, "sleep 3"))
        http.get(f"/sessions/{session}/events", params={
            "kinds": "status", "source": "ai_agent", "min_offset": said["offset"], "wait_for_data": 20})
        mongo.kill()
        begin = time.monotonic()
        assert runtime.stop(within=20) == 0
        print(f"stopped after {time.monotonic() - begin:.1f} s")
    mongo.start()
    again = start(TEST_AGENTS / "slow", "--store", f"mongodb://127.0.0.1:{mongo.port}/shop")
    with connect(again.url) as http:
        deadline = time.monotonic() + 40
        while True:
            events = http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json()
            if any(event["trace_id"] == said["trace_id"] and is_completed(event) for event in events):
                break
            assert time.monotonic() < deadline, events
            http.get(f"/sessions/{session}/events", params={"min_offset": len(events), "wait_for_data": 5})
