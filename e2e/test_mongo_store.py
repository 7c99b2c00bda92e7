"""The server with `--store mongodb://…`: what it has acknowledged is there after a restart, at every server, and when
the database was away."""

from __future__ import annotations

import subprocess
import threading

import httpx
import pytest

from chat import connect
from mongo_process import MongoServer
from runtime import REPOSITORY

AGENTS = REPOSITORY / "agents" / "workshop.lua"


@pytest.fixture
def mongo(tmp_path):
    """The database. Name it before `start`, so that it is there until the last server has stopped."""
    server = MongoServer(tmp_path / "mongo")
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


def say(http: httpx.Client, session: str, text: str) -> dict:
    return made(http.post(f"/sessions/{session}/events", json={
        "kind": "message", "source": "customer", "message": text}))


def answer(http: httpx.Client, session: str, after: int) -> dict:
    """The agent's message after an offset, once its turn is over."""
    ready = http.get(f"/sessions/{session}/events", params={
        "kinds": "status", "source": "ai_agent", "min_offset": after, "wait_for_data": 30}).json()
    assert ready
    messages = http.get(f"/sessions/{session}/events", params={
        "kinds": "message", "source": "ai_agent", "min_offset": after, "wait_for_data": 30}).json()
    assert messages, "the agent did not answer"
    return messages[0]


def test_two_servers_and_a_restart_keep_everything(mongo, start, agents):
    store = f"mongodb://127.0.0.1:{mongo.port}/shop"
    first = start(agents, "--store", store)
    second = start(agents, "--store", store)
    with connect(first.url) as http, connect(second.url) as other:
        tag = made(http.post("/tags", json={"name": "vip"}))
        assert other.post("/tags", json={"name": "vip"}).status_code in (409, 422)
        jane = made(http.post("/customers", json={
            "id": "jane@example.com", "name": "Jane", "tags": [tag["id"]],
            "metadata": {"plan": "gold", "deep": {"b": [1, None], "a.$": 2}}}))
        session = made(http.post("/sessions", json={
            "agent_id": "workshop", "customer_id": jane["id"], "metadata": {"shop": 7}}))["id"]
        posted = say(http, session, "What are your opening hours?")
        answer(http, session, posted["offset"] + 1)
        assert other.get(f"/customers/{jane['id']}").json() == jane
        found = other.get("/customers", params={"metadata_filter": '{"deep":{"a.$":2,"b":[1,null]}}', "tags": tag["id"]})
        assert [each["id"] for each in found.json()] == [jane["id"]]
        term = made(http.post("/terms", json={"name": "n", "description": "d", "synonyms": ["s"]}))
        variable = made(http.post("/context-variables", json={"name": "plan"}))["id"]
        http.put(f"/context-variables/{variable}/{jane['id']}", json={"data": {"level": 3}}).raise_for_status()
    assert first.stop() == 0 and second.stop() == 0

    third = start(agents, "--store", store)
    with connect(third.url) as http:
        assert http.get(f"/customers/{jane['id']}").json() == jane
        assert http.get(f"/terms/{term['id']}").json() == term
        assert http.get(f"/context-variables/{variable}/{jane['id']}").json()["data"] == {"level": 3}
        events = http.get(f"/sessions/{session}/events").json()
        assert [event["offset"] for event in events] == list(range(len(events)))
        posted = say(http, session, "And on Saturday?")
        assert posted["offset"] == len(events)
        assert answer(http, session, posted["offset"] + 1)["data"]["message"]


def test_a_database_that_comes_back_is_used_again(mongo, start, agents):
    options = "serverSelectionTimeoutMS=1000&socketTimeoutMS=1000"
    runtime = start(agents, "--store", f"mongodb://127.0.0.1:{mongo.port}/shop?{options}")
    with connect(runtime.url) as http:
        session = made(http.post("/sessions", json={"agent_id": "workshop"}))["id"]
        before = [made(http.post("/customers", json={"name": f"N{number}"})) for number in range(5)]
        mongo.kill()
        refused = http.get("/customers")
        assert refused.status_code == 503, refused.text
        mongo.start()
        for each in before:
            assert http.get(f"/customers/{each['id']}").json() == each
        assert say(http, session, "Hello?")["offset"] >= 0


def test_many_writers_at_two_servers_leave_no_gap(mongo, start, agents):
    store = f"mongodb://127.0.0.1:{mongo.port}/shop"
    urls = [start(agents, "--store", store).url, start(agents, "--store", store).url]
    with connect(urls[0]) as http:
        session = made(http.post("/sessions", json={"agent_id": "workshop"}))["id"]
        http.patch(f"/sessions/{session}", json={"mode": "manual"}).raise_for_status()
    offsets: list[int] = []

    def write(url: str) -> None:
        with connect(url) as http:
            for number in range(25):
                offsets.append(say(http, session, f"m{number}")["offset"])

    writers = [threading.Thread(target=write, args=[url]) for url in urls * 2]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(offsets) == list(range(100))


def test_a_server_without_its_database_says_where_it_looked(start, agents):
    runtime = start(
        agents, "--store", "mongodb",
        environment={"PARLANT_MONGODB_URI": "mongodb://me:s3cret@127.0.0.1:1/d?serverSelectionTimeoutMS=300"})
    assert runtime.wait() != 0
    said = "\n".join(runtime.err)
    assert "MongoDB at mongodb://127.0.0.1:1/d does not answer; see that it runs and can be reached from here" in said
    assert "s3cret" not in said


def test_a_mistyped_database_is_refused_and_nothing_is_made_in_it(mongo, tmp_path, binary):
    place = f"127.0.0.1:{mongo.port}/typo"
    store = f"mongodb://{place}"
    commands = [
        ["migrate", "--from", store, "--to", f"sqlite:{tmp_path}/new.db"], ["erase", "someone", "--store", store],
        ["export", "someone", f"{tmp_path}/someone.zip", "--store", store]]
    # Each would make what lets the next one go on.
    for command in commands + commands:
        done = subprocess.run([binary, *command], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            f"mongodb://{place}: there is no store in the database 'typo'; name the database of one\n")
    assert list(tmp_path.glob("new.db*")) + list(tmp_path.glob("someone.zip*")) == []
