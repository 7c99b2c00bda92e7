"""Export and erasure of one customer, and the move to another store, with the real binary."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile

import httpx
import pytest

from chat import connect
from kill_loop import names_at_the_last_sync
from runtime import REPOSITORY
from test_sqlite_store import made, wait_until_ready

MARKER = "Zq7MARKERq7Z"
CUSTOMER = f"{MARKER}-id"


def place(kind: str, folder) -> str:
    """A store of a kind in a folder that is there."""
    return f"{kind}:{folder}/store.db" if kind == "sqlite" else f"{kind}:{folder}"


durable = pytest.mark.parametrize("kind", ["sqlite", "local"])


@pytest.fixture
def agents(tmp_path):
    """A folder with one agent."""
    folder = tmp_path / "agents"
    folder.mkdir()
    (folder / "workshop.lua").write_text((REPOSITORY / "agents" / "workshop.lua").read_text())
    return folder


def talk(http: httpx.Client) -> str:
    """Makes a customer with the marker wherever a client can put it, and a neighbour; returns the session."""
    tag = made(http.post("/tags", json={"name": "vip"}))
    for customer, text in ((CUSTOMER, MARKER), ("joe", "neighbour")):
        made(http.post("/customers", json={
            "id": customer, "name": text, "about": text, "metadata": {text: {"deep": [text]}}, "tags": [tag["id"]]}))
        made(http.post(f"/users/{customer}/docs", json={"title": text, "content": [text], "metadata": {"m": text}}))
    variable = made(http.post("/context-variables", json={"name": "plan"}))
    sessions = {}
    for customer, text in ((CUSTOMER, MARKER), ("joe", "neighbour")):
        http.put(f"/context-variables/{variable['id']}/{customer}", json={"data": {"level": text}}).raise_for_status()
        session = made(http.post("/sessions", json={
            "agent_id": "workshop", "customer_id": customer, "title": text, "metadata": {"m": text}, "labels": [text]}))
        sessions[customer] = session["id"]
        http.post(f"/sessions/{session['id']}/events", json={
            "kind": "message", "source": "customer", "message": f"What are your opening hours? {text}",
            "metadata": {"m": text}}).raise_for_status()
        wait_until_ready(http, session["id"])
        http.post(f"/sessions/{session['id']}/events", json={
            "kind": "custom", "source": "customer_ui", "data": {"clicked": text}}).raise_for_status()
    return sessions[CUSTOMER]


def files_with(text: str, folder) -> list[str]:
    """Files below a folder in whose bytes the text is."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def check_zip(content: bytes, session: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    names = archive.namelist()
    assert {"README.txt", "customer.json", "tags.json", "documents.json", "values.json", f"sessions/{session}.json"} <= set(names)
    assert any(name.startswith(f"explanations/{session}/") for name in names)
    files = {name: archive.read(name).decode() for name in names}
    assert json.loads(files["customer.json"])["name"] == MARKER
    events = json.loads(files[f"sessions/{session}.json"])["events"]
    assert [event["offset"] for event in events] == list(range(len(events)))
    assert not any("joe" in text or "neighbour" in text for text in files.values())


def command(binary, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run([str(binary), *map(str, arguments)], capture_output=True, text=True, timeout=60)


@durable
def test_a_running_server_exports_and_erases_a_customer(kind, start, agents, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    server = start(agents, "--store", place(kind, data))
    with connect(server.url) as http:
        session = talk(http)
        reply = http.get(f"/customers/{CUSTOMER}/export")
        assert reply.headers["content-type"] == "application/zip"
        assert reply.headers["content-disposition"] == f'attachment; filename="customer-{CUSTOMER}.zip"'
        check_zip(reply.content, session)
        assert files_with(MARKER, data)
        report = http.post(f"/customers/{CUSTOMER}/erase")
        assert report.json() == {"customer": True, "sessions": 1, "values": 1, "documents": 1, "memories": 0, "also_removed": [], "remains": []}
        assert files_with(MARKER, data) == []
        again = http.post(f"/customers/{CUSTOMER}/erase")
        assert again.json() == {"customer": False, "sessions": 0, "values": 0, "documents": 0, "memories": 0, "also_removed": [], "remains": []}
        assert http.get(f"/customers/{CUSTOMER}/export").status_code == 404
        assert http.get(f"/sessions/{session}").status_code == 404
        assert http.get("/customers/joe").status_code == 200
        assert http.post("/customers/guest/erase").status_code == 409
        assert http.get("/customers/guest/export").status_code == 409
    assert server.stop() == 0
    assert files_with(MARKER, data) == []
    assert MARKER not in server.transcript(10_000)


@durable
def test_commands_export_and_erase_at_a_server_and_at_rest(kind, start, agents, tmp_path, binary):
    data = tmp_path / "data"
    data.mkdir()
    store = place(kind, data)
    server = start(agents, "--store", store)
    with connect(server.url) as http:
        session = talk(http)
    target = tmp_path / "online.zip"
    done = command(binary, "export", CUSTOMER, target, "--url", server.url)
    assert done.returncode == 0, done.stderr
    check_zip(target.read_bytes(), session)
    refused = command(binary, "erase", CUSTOMER, "--store", store)
    assert refused.returncode == 1 and "in use by the process" in refused.stderr
    assert server.stop() == 0
    rest = tmp_path / "rest.zip"
    done = command(binary, "export", CUSTOMER, rest, "--store", store)
    assert done.returncode == 0, done.stderr
    check_zip(rest.read_bytes(), session)
    assert command(binary, "export", CUSTOMER, rest, "--store", store).returncode == 1, "a file that is there stays"
    done = command(binary, "erase", CUSTOMER, "--store", store)
    assert done.returncode == 0 and "1 sessions" in done.stdout, done.stderr
    assert files_with(MARKER, data) == []
    gone = command(binary, "export", CUSTOMER, tmp_path / "gone.zip", "--store", store)
    assert gone.returncode == 1 and "there is no customer" in gone.stderr
    assert not list(tmp_path.glob("gone.zip*"))


@pytest.mark.parametrize("at", ["server", "rest"])
def test_an_erasure_says_that_the_copies_of_parlant_3_3_are_gone(at, start, agents, tmp_path, binary):
    data = tmp_path / "data"
    data.mkdir()
    customers = [
        {"id": name, "version": "0.1.0", "creation_utc": "2026-01-02T03:04:05+00:00", "name": name, "extra": {}}
        for name in (CUSTOMER, "joe")]
    (data / "customers.json").write_text(json.dumps({
        "metadata": [{"id": "m", "version": "0.1.0"}], "customers": customers, "customer_tag_associations": []}))
    server = start(agents, "--store", f"local:{data}")
    assert server.url and files_with("joe", data) and (data / "customers.json.parlant-3.3").exists()
    if at == "rest":
        assert server.stop() == 0
    where = ["--url", server.url] if at == "server" else ["--store", f"local:{data}"]
    done = command(binary, "erase", CUSTOMER, *where)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "also removed: the copies of Parlant 3.3's files, with all customers that they had: customers.json.parlant-3.3"]
    assert files_with(MARKER, data) == [] and not (data / "customers.json.parlant-3.3").exists()
    assert files_with("joe", data), "the others stay"
    assert len(command(binary, "erase", CUSTOMER, *where).stdout.splitlines()) == 1


def test_an_export_that_is_said_to_be_done_has_its_name_for_good(start, agents, tmp_path, binary, killer):
    """The last sync is that of the folder: a power cut leaves no `.partial`."""
    server = start(agents)
    with connect(server.url) as http:
        made(http.post("/customers", json={"id": CUSTOMER, "name": "Jane"}))
    folder = tmp_path / "exports"
    folder.mkdir()
    command = [binary, "export", CUSTOMER, folder / "jane.zip", "--url", server.url]
    assert names_at_the_last_sync(command, killer, folder, "jane.zip") == ["jane.zip"]


@pytest.mark.parametrize("kinds", [("sqlite", "local"), ("local", "sqlite")], ids=" to ".join)
def test_migrate_moves_all_of_a_store_and_refuses_one_with_anything_in_it(kinds, start, agents, tmp_path, binary):
    folders = [tmp_path / "old", tmp_path / "new"]
    for folder in folders:
        folder.mkdir()
    old, new = (place(kind, folder) for kind, folder in zip(kinds, folders))
    server = start(agents, "--store", old)
    with connect(server.url) as http:
        session = talk(http)
        before = http.get(f"/sessions/{session}/events").json()
    in_use = command(binary, "migrate", "--from", old, "--to", new)
    assert in_use.returncode == 1 and "in use by the process" in in_use.stderr
    assert server.stop() == 0
    done = command(binary, "migrate", "--from", old, "--to", new)
    assert done.returncode == 0, done.stderr
    assert "2 customers" in done.stdout and "2 sessions" in done.stdout
    again = command(binary, "migrate", "--from", old, "--to", new)
    assert again.returncode == 1 and "not empty" in again.stderr
    moved = start(agents, "--store", new)
    with connect(moved.url) as http:
        assert http.get(f"/sessions/{session}/events").json() == before
        event = made(http.post(f"/sessions/{session}/events", json={
            "kind": "custom", "source": "customer_ui", "data": {"n": 1}}))
        assert event["offset"] == len(before)
    assert moved.stop() == 0
