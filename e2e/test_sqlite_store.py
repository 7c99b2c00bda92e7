"""The server with `--store sqlite:PATH`: what it has acknowledged is there after a restart and after `kill -9`."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess

import httpx
import pytest

from chat import connect
from kill_loop import kill_again_and_again, names_at_the_last_sync
from runtime import REPOSITORY, Runtime

AGENTS = REPOSITORY / "agents" / "workshop.lua"
KILLS = int(os.environ.get("PARLANT_KILLS", "20"))


@pytest.fixture
def agents(tmp_path):
    """A folder with one agent."""
    folder = tmp_path / "agents"
    folder.mkdir()
    (folder / "workshop.lua").write_text(AGENTS.read_text())
    return folder


def test_a_restart_keeps_everything(start, agents, tmp_path):
    path = tmp_path / "store.db"
    store = f"sqlite:{path}"
    first = start(agents, "--store", store)
    with connect(first.url) as http:
        tag = made(http.post("/tags", json={"name": "vip"}))
        customer = made(http.post("/customers", json={
            "id": "jane@example.com", "name": "Jane", "metadata": {"plan": "gold", "deep": {"n": [1, None]}},
            "tags": [tag["id"]]}))
        session = made(http.post("/sessions", json={
            "agent_id": "workshop", "customer_id": customer["id"], "title": "Brakes", "metadata": {"shop": 7}}))
        http.post(f"/sessions/{session['id']}/events", json={
            "kind": "message", "source": "customer", "message": "What are your opening hours?"}).raise_for_status()
        answer = http.get(f"/sessions/{session['id']}/events", params={
            "kinds": "message", "source": "ai_agent", "wait_for_data": 20}).json()
        assert answer, "the agent did not answer"
        wait_until_ready(http, session["id"])
        entities = {
            "agents": made(http.post("/agents", json={"name": "Made over REST", "description": "d"})),
            "guidelines": made(http.post("/guidelines", json={"condition": "c", "action": "a", "tags": [tag["id"]]})),
            "terms": made(http.post("/terms", json={"name": "n", "description": "d", "synonyms": ["s"]})),
            "capabilities": made(http.post("/capabilities", json={"title": "t", "description": "d", "signals": ["s"]})),
            "canned_responses": made(http.post("/canned_responses", json={"value": "Hello {{ x }}", "fields": []})),
            "context-variables": made(http.post("/context-variables", json={"name": "plan"})),
        }
        variable = entities["context-variables"]["id"]
        http.put(f"/context-variables/{variable}/{customer['id']}", json={"data": {"level": 3}}).raise_for_status()
        before = everything(http, session["id"], entities)
    assert first.stop() == 0

    second = start(agents, "--store", store)
    with connect(second.url) as http:
        assert everything(http, session["id"], entities) == before
        found = http.get("/customers", params={"metadata_filter": '{"plan":"gold"}', "tags": tag["id"]}).json()
        assert [each["id"] for each in items(found)] == [customer["id"]]
        posted = made(http.post(f"/sessions/{session['id']}/events", json={
            "kind": "message", "source": "customer", "message": "And on Saturday?"}))
        assert posted["offset"] == before["events"][-1]["offset"] + 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_parts_may_be_kept_elsewhere(start, agents, tmp_path):
    """Sessions in one file, values of variables in another, the rest in memory."""
    options = ["--session-store", f"sqlite:{tmp_path / 's.db'}", "--variable-store", f"sqlite:{tmp_path / 'v.db'}"]
    first = start(agents, *options)
    with connect(first.url) as http:
        made(http.post("/customers", json={"id": "jane", "name": "Jane"}))
        session = made(http.post("/sessions", json={"agent_id": "workshop"}))
        variable = made(http.post("/context-variables", json={"name": "plan"}))
        http.put(f"/context-variables/{variable['id']}/DEFAULT", json={"data": 1}).raise_for_status()
    assert first.stop() == 0
    second = start(agents, *options)
    with connect(second.url) as http:
        assert http.get(f"/sessions/{session['id']}").json() == session
        assert http.get(f"/context-variables/{variable['id']}/DEFAULT").json()["data"] == 1
        assert http.get("/customers/jane").status_code == 404


def test_the_home_has_the_file_without_a_path(start, agents, tmp_path):
    home = tmp_path / "home"
    runtime = start(agents, "--store", "sqlite", environment={"PARLANT_HOME": str(home)})
    assert runtime.url
    assert runtime.stop() == 0
    assert (home / "parlant.db").is_file()
    log = home / "parlant.db-wal"
    assert not log.exists() or log.stat().st_size == 0, "a store that was closed has all of it in one file"


def test_a_second_server_is_refused(start, agents, tmp_path):
    path = tmp_path / "store.db"
    first = start(agents, "--store", f"sqlite:{path}")
    assert first.url
    second = start(agents, "--store", f"sqlite:{path}")
    assert second.wait() != 0
    assert "\n".join(second.err).startswith(
        f"{path}: the store is in use by the process {first.pid}; stop that one first, or name another file")
    with connect(first.url) as http:
        made(http.post("/customers", json={"name": "Still there"}))


@pytest.mark.parametrize("content, problem", [
    (b"This is a letter. " * 200, "the file is no SQLite database; name another file"),
    (None, "there is no folder"),
])
def test_a_store_that_cannot_be_opened_is_named(start, agents, tmp_path, content, problem):
    path = tmp_path / "none" / "store.db"
    if content is not None:
        path = tmp_path / "letter.txt"
        path.write_bytes(content)
    runtime = start(agents, "--store", f"sqlite:{path}")
    assert runtime.wait() != 0
    assert f"{path}: " in "\n".join(runtime.err) and problem in "\n".join(runtime.err)
    if content is not None:
        assert path.read_bytes() == content


def test_the_database_of_another_program_stays_as_it_is(start, agents, tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE customers (id TEXT)")
    other.close()
    before = path.read_bytes()
    runtime = start(agents, "--store", f"sqlite:{path}")
    assert runtime.wait() != 0
    assert "the file is a database of another program" in "\n".join(runtime.err)
    assert path.read_bytes() == before


def test_a_backup_while_the_server_writes_is_a_store_of_its_own(start, agents, tmp_path, binary):
    path, copy = tmp_path / "store.db", tmp_path / "copy.db"
    first = start(agents, "--store", f"sqlite:{path}")
    with connect(first.url) as http:
        before = {made(http.post("/customers", json={"name": f"N{number}"}))["id"] for number in range(20)}
        backup = subprocess.Popen(
            [binary, "backup", str(copy), "--store", f"sqlite:{path}"], stdout=subprocess.PIPE, text=True)
        for number in range(200):
            made(http.post("/customers", json={"name": f"Later {number}"}))
        said, _ = backup.communicate(timeout=30)
    assert backup.returncode == 0 and said.startswith(f"{copy}: ")
    second = start(agents, "--store", f"sqlite:{copy}")
    with connect(second.url) as http:
        assert before <= {customer["id"] for customer in items(http.get("/customers").json())}
    again = subprocess.run(
        [binary, "backup", str(copy), "--store", f"sqlite:{path}"], capture_output=True, text=True, timeout=30)
    assert again.returncode == 1
    assert again.stderr == f"{copy}: there is a file already; name another one for the copy\n"


def test_backup_offers_the_stores_that_it_copies(binary):
    said = subprocess.run([binary, "backup", "--help"], capture_output=True, text=True, timeout=30).stdout
    assert "--store <store> The store: sqlite, sqlite:PATH. " in " ".join(said.split())


def test_a_backup_that_is_said_to_be_done_has_its_name_for_good(start, agents, tmp_path, binary, killer):
    """The last sync is that of the folder: a power cut leaves no `.partial`."""
    path = tmp_path / "store.db"
    first = start(agents, "--store", f"sqlite:{path}")
    assert first.url and first.stop() == 0
    folder = tmp_path / "copies"
    folder.mkdir()
    command = [binary, "backup", folder / "copy.db", "--store", f"sqlite:{path}"]
    assert names_at_the_last_sync(command, killer, folder, "copy.db") == ["copy.db"]


@pytest.mark.parametrize("kind", ["sqlite", "local"])
def test_folders_that_are_made_are_there_for_good_before_anything_is_in_them(kind, start, agents, tmp_path, killer):
    for number, names in ((1, ["outer"]), (2, ["outer", "outer/home"])):
        place = tmp_path / f"place {number}"
        place.mkdir()
        runtime = start(agents, "--store", kind, environment={
            "PARLANT_HOME": str(place / "outer" / "home"), "LD_PRELOAD": str(killer), "KILL_AT": str(number),
            "KILL_WHEN": "after"})
        assert runtime.wait() == -9
        assert sorted(str(file.relative_to(place)) for file in place.rglob("*")) == names


@pytest.mark.timeout(1200)
def test_kill_9_loses_nothing_that_was_acknowledged(start, agents, tmp_path):
    """`PARLANT_KILLS` says how often the server is killed (20)."""
    print(kill_again_and_again(start, agents, f"sqlite:{tmp_path / 'store.db'}", KILLS))


def everything(http: httpx.Client, session: str, entities: dict[str, dict]) -> dict:
    """All that the test has made, as the API shows it."""
    return {
        "customers": http.get("/customers").json(), "tags": http.get("/tags").json(),
        "sessions": http.get("/sessions").json(),
        "events": http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json(),
        "values": http.get(f"/context-variables/{entities['context-variables']['id']}").json(),
        **{kind: http.get(f"/{kind}/{entity['id']}").json() for kind, entity in entities.items()},
    }


def wait_until_ready(http: httpx.Client, session: str) -> None:
    """Waits until the turn's last status is there."""
    offset = 0
    while True:
        response = http.get(f"/sessions/{session}/events", params={
            "kinds": "status", "min_offset": offset, "wait_for_data": 20}, timeout=30)
        for event in response.raise_for_status().json():
            if event["data"]["status"] == "ready" and event["data"]["data"].get("stage") == "completed":
                return
            offset = event["offset"] + 1


def made(response: httpx.Response) -> dict:
    """What a request has made."""
    assert response.status_code in (200, 201), response.text
    return response.json()


def items(answer) -> list[dict]:
    """The items of a list, paged or not."""
    return answer["items"] if isinstance(answer, dict) else answer
