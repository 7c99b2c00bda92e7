"""The server with `--store local:FOLDER`: readable JSON, and what it has acknowledged is there after `kill -9`."""

from __future__ import annotations

import json
import os
import stat
import subprocess

import pytest

from chat import connect
from kill_loop import kill_again_and_again
from runtime import REPOSITORY
from test_sqlite_store import items, made, wait_until_ready

AGENTS = REPOSITORY / "agents" / "workshop.lua"
KILLS = int(os.environ.get("PARLANT_KILLS", "20"))


@pytest.fixture
def agents(tmp_path):
    """A folder with one agent."""
    folder = tmp_path / "agents"
    folder.mkdir()
    (folder / "workshop.lua").write_text(AGENTS.read_text())
    return folder


def test_a_stopped_server_leaves_files_that_people_read_and_edit(start, agents, tmp_path):
    folder = tmp_path / "data"
    store = f"local:{folder}"
    first = start(agents, "--store", store)
    with connect(first.url) as http:
        made(http.post("/customers", json={"id": "jane", "name": "Jane", "metadata": {"plan": "gold"}}))
        session = made(http.post("/sessions", json={"agent_id": "workshop", "customer_id": "jane"}))["id"]
        made(http.post(f"/sessions/{session}/events", json={
            "kind": "message", "source": "customer", "message": "What are your opening hours?"}))
        wait_until_ready(http, session)
        events = http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json()
    assert first.stop() == 0

    customers = folder / "customers.json"
    text = customers.read_text()
    assert '"name":"Jane"' in text and json.loads(text)
    assert stat.S_IMODE(customers.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    customers.write_text(text.replace("Jane", "Jane Doe"))

    second = start(agents, "--store", store)
    with connect(second.url) as http:
        assert http.get("/customers/jane").json()["name"] == "Jane Doe"
        assert [each["id"] for each in items(http.get(
            "/customers", params={"metadata_filter": '{"plan":"gold"}'}).json())] == ["jane"]
        assert http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json() == events
        posted = made(http.post(f"/sessions/{session}/events", json={
            "kind": "message", "source": "customer", "message": "And on Saturday?"}))
        assert posted["offset"] == events[-1]["offset"] + 1


def test_a_second_server_is_refused_and_told_who_has_the_folder(start, agents, tmp_path, binary):
    folder = tmp_path / "data"
    first = start(agents, "--store", f"local:{folder}")
    assert first.url
    second = subprocess.run(
        [binary, str(agents), "--store", f"local:{folder}", "--port", "0"], capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert f"{folder}: the store is in use by the process {first.pid}; stop that one first" in second.stderr


def test_a_damaged_file_is_named_and_left_as_it_is(start, agents, tmp_path, binary):
    folder = tmp_path / "data"
    first = start(agents, "--store", f"local:{folder}")
    with connect(first.url) as http:
        made(http.post("/customers", json={"id": "jane", "name": "Jane"}))
    assert first.stop() == 0
    customers = folder / "customers.json"
    customers.write_text(customers.read_text()[:-20])
    before = contents(folder)
    again = subprocess.run(
        [binary, str(agents), "--store", f"local:{folder}", "--port", "0"], capture_output=True, text=True, timeout=30)
    assert again.returncode == 1
    assert f"{customers}, line" in again.stderr
    assert contents(folder) == before


def test_customers_of_parlant_3_3_are_taken_over(start, agents, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "customers.json"
    file.write_text(json.dumps({
        "metadata": [{"id": "m", "version": "0.1.0"}],
        "customers": [{
            "id": "c1", "version": "0.1.0", "creation_utc": "2026-01-02T03:04:05.000006+00:00", "name": "Ann",
            "extra": {"plan": "gold"}}],
        "customer_tag_associations": [],
    }))
    original = file.read_bytes()
    server = start(agents, "--store", f"local:{folder}")
    with connect(server.url) as http:
        ann = http.get("/customers/c1").json()
        assert (ann["name"], ann["metadata"], ann["creation_utc"][:19]) == (
            "Ann", {"plan": "gold"}, "2026-01-02T03:04:05")
    assert server.stop() == 0
    assert (folder / "customers.json.parlant-3.3").read_bytes() == original


@pytest.mark.timeout(1200)
def test_kill_9_loses_nothing_that_was_acknowledged(start, agents, tmp_path):
    """`PARLANT_KILLS` says how often the server is killed (20)."""
    print(kill_again_and_again(start, agents, f"local:{tmp_path / 'data'}", KILLS))


def contents(folder) -> dict[str, bytes]:
    """What is in the store's files, but for who has it open."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file() and file.name != "store.lock"}
