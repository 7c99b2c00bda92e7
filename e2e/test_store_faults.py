"""What the server says and keeps when the disk under a store is full, read-only, cut off or in somebody's hands."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chat import connect
from runtime import REPOSITORY, Runtime

AGENTS = REPOSITORY / "agents" / "workshop.lua"
TRY_LATER = {"detail": "The data store does not answer; try again in a moment."}


@pytest.fixture
def agents(tmp_path):
    """A folder with one agent."""
    folder = tmp_path / "agents"
    folder.mkdir()
    shutil.copy(AGENTS, folder)
    return folder


class SmallDisk:
    """A server with a disk of its own, which only it sees; others reach it through the process."""

    def __init__(self, binary: str, agents: Path, point: Path, options: str, kind: str):
        point.mkdir()
        store = f"sqlite:{point}/store.db" if kind == "sqlite" else f"local:{point}/data"
        script = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"'
        self.runtime = Runtime(
            "unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh", options, str(point), binary,
            str(agents), "--port", "0", "--store", store)
        self.point = point

    @property
    def folder(self) -> Path:
        return Path(f"/proc/{self.runtime.pid}/root{self.point}")


@pytest.fixture
def mounts():
    """For tests that mount something, which only the processes they start see."""
    if subprocess.run(["unshare", "--mount", "--map-root-user", "true"], capture_output=True).returncode != 0:
        pytest.skip("mounting needs user namespaces, which this system does not allow")


@pytest.fixture
def small_disk(mounts, binary, agents, tmp_path) -> Iterator:
    """Starts servers on disks with the given options."""
    started: list[Runtime] = []

    def start(options: str, kind: str = "sqlite") -> SmallDisk:
        disk = SmallDisk(binary, agents, tmp_path / f"disk{len(started)}", options, kind)
        started.append(disk.runtime)
        return disk

    yield start
    for runtime in started:
        if runtime.process.poll() is None:
            assert runtime.stop() == 0, runtime.transcript()


@pytest.mark.parametrize("kind", ["sqlite", "local"])
def test_a_full_disk_loses_nothing_that_was_acknowledged(kind, small_disk, start, agents):
    disk = small_disk("size=4m", kind)
    with connect(disk.runtime.url) as http:
        session = manual_session(http)
        kept = [posted(http, session, f"before {number}") for number in range(5)]
        fill(disk.folder / "filler")
        refused = None
        for number in range(2000):
            answer = post(http, session, f"full {number} " + "x" * 2000)
            if answer.status_code != 201:
                refused = answer
                break
            kept.append(answer.json())
        assert refused is not None, "the disk was not full"
        assert refused.status_code == 503 and refused.json() == TRY_LATER
        assert "the disk is full; make room" in disk.runtime.wait_for_log("the disk is full")
        for _ in range(5):
            assert post(http, session, "full again " + "x" * 2000).status_code == 503
        assert events(http, session) == kept, "reading goes on, and shows what was acknowledged and no more"

        (disk.folder / "filler").unlink()
        kept.append(posted(http, session, "there is room"))
        assert events(http, session) == kept
        assert [event["offset"] for event in kept] == list(range(len(kept)))
        # As a crash would leave it: the files are copied while the server uses them.
        copies = disk.point.parent / "copies"
        shutil.copytree(disk.folder, copies, ignore=shutil.ignore_patterns("*-shm", "*.lock"))
    if kind == "local":
        with connect(start(agents, "--store", f"local:{copies}/data").url) as http:
            assert events(http, session) == kept
        return
    with sqlite3.connect(copies / "store.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT count(*) FROM events").fetchone() == (len(kept),)


def test_a_disk_that_is_read_only_is_named_at_the_start(small_disk):
    disk = small_disk("ro")
    assert disk.runtime.wait() == 1
    assert "\n".join(disk.runtime.err).splitlines()[-1] == (
        f"{disk.point}/store.db: the folder {disk.point} cannot be written (Read-only file system); allow it, or name "
        "another file")


def test_a_disk_that_is_full_at_the_start_is_named(small_disk):
    disk = small_disk("size=4k,nr_inodes=2")
    assert disk.runtime.wait() == 1
    assert "the disk is full; make room" in "\n".join(disk.runtime.err)


def test_a_backup_to_a_full_disk_names_the_copy_and_leaves_nothing(mounts, start, agents, tmp_path, binary):
    store, disk = tmp_path / "store.db", tmp_path / "disk"
    disk.mkdir()
    first = start(agents, "--store", f"sqlite:{store}")
    assert first.url and first.stop() == 0
    script = (
        'mount -t tmpfs -o size=64k none "$1" || exit 3; "$2" backup "$1/copy.db" --store "sqlite:$3"; code=$?; '
        'ls -A "$1"; exit $code')
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh", disk, binary, store],
        capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{disk}/copy.db: the disk is full; make room, then try again\n"


def damage_end(file, damage: str, at: int, bits: int) -> None:
    """Cuts 100 bytes off a file, or changes bits of one byte."""
    content = bytearray(file.read_bytes())
    if damage == "cut":
        content = content[:-100]
    else:
        content[at] ^= bits
    file.write_bytes(content)


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_end_of_the_log_of_changes_costs_what_was_in_it(start, agents, tmp_path, damage):
    path = tmp_path / "store.db"
    first = start(agents, "--store", f"sqlite:{path}")
    with connect(first.url) as http:
        session = manual_session(http)
        kept = [posted(http, session, f"message {number}") for number in range(20)]
    first.process.kill()
    first.wait()
    log = path.with_name("store.db-wal")
    damage_end(log, damage, at=-200, bits=0xFF)
    second = start(agents, "--store", f"sqlite:{path}")
    with connect(second.url) as http:
        assert events(http, session) == kept[:19], "all but the last transaction"
        assert posted(http, session, "and on")["offset"] == 19


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_end_of_a_journal_costs_what_was_in_it(start, agents, tmp_path, damage):
    folder = tmp_path / "data"
    first = start(agents, "--store", f"local:{folder}")
    with connect(first.url) as http:
        session = manual_session(http)
        kept = [posted(http, session, f"message {number}") for number in range(20)]
    first.process.kill()
    first.wait()
    journal = max(folder.glob("journal-*.jsonl"), key=lambda file: file.stat().st_size)
    damage_end(journal, damage, at=-100, bits=0x01)
    second = start(agents, "--store", f"local:{folder}")
    with connect(second.url) as http:
        assert events(http, session) == kept[:19], "all but the last change"
        assert posted(http, session, "and on")["offset"] == 19
    assert "cut off" in second.wait_for_log("cut off")


def test_a_damaged_change_before_others_is_named_and_nothing_is_changed(start, agents, tmp_path):
    folder = tmp_path / "data"
    first = start(agents, "--store", f"local:{folder}")
    with connect(first.url) as http:
        session = manual_session(http)
        for number in range(20):
            posted(http, session, f"message {number}")
    first.process.kill()
    first.wait()
    journal = max(folder.glob("journal-*.jsonl"), key=lambda file: file.stat().st_size)
    content = journal.read_bytes().replace(b"message 7", b"message 8", 1)
    journal.write_bytes(content)
    second = start(agents, "--store", f"local:{folder}")
    assert second.wait() == 1
    assert f"{journal}, line" in "\n".join(second.err) and "put back a copy" in "\n".join(second.err)
    assert journal.read_bytes() == content


def test_a_file_that_was_cut_off_is_refused_and_named(start, agents, tmp_path):
    path = tmp_path / "store.db"
    first = start(agents, "--store", f"sqlite:{path}")
    with connect(first.url) as http:
        session = manual_session(http)
        for number in range(50):
            posted(http, session, f"message {number} " + "x" * 1000)
    assert first.stop() == 0
    content = path.read_bytes()
    path.write_bytes(content[:len(content) // 2])
    second = start(agents, "--store", f"sqlite:{path}")
    assert second.wait() == 1
    assert "\n".join(second.err).splitlines()[-1] == f"{path}: the file is damaged; restore a backup"
    path.write_bytes(content)
    third = start(agents, "--store", f"sqlite:{path}")
    with connect(third.url) as http:
        assert len(events(http, session)) == 50


def test_a_page_that_was_overwritten_fails_its_readers_alone(start, agents, tmp_path):
    path = tmp_path / "store.db"
    first = start(agents, "--store", f"sqlite:{path}")
    with connect(first.url) as http:
        session = manual_session(http)
        for number in range(50):
            posted(http, session, f"message {number} " + "x" * 1000)
        other = manual_session(http)
    assert first.stop() == 0
    with path.open("r+b") as file:
        for place in places(path.read_bytes(), b"message 25 "):
            file.seek(place - place % 4096)
            file.write(b"\xAA" * 4096)
    second = start(agents, "--store", f"sqlite:{path}")
    with connect(second.url) as http:
        answer = http.get(f"/sessions/{session}/events", params={"wait_for_data": 0})
        assert answer.status_code == 500
        second.wait_for_log(f"{path}: the file is damaged; restore a backup")
        assert http.get(f"/sessions/{other}").status_code == 200


def test_a_lock_of_another_program_ends_in_503_and_goes_on_afterwards(start, agents, tmp_path):
    path = tmp_path / "store.db"
    runtime = start(agents, "--store", f"sqlite:{path}")
    with connect(runtime.url) as http:
        session = manual_session(http)
        kept = [posted(http, session, "before")]
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = post(http, session, "while it is locked")
        assert answer.status_code == 503 and answer.json() == TRY_LATER
        runtime.wait_for_log("another program has locked the file for longer than a write waits; end that one")
        assert events(http, session) == kept, "readers do not wait for writers"
        other.execute("ROLLBACK")
        other.close()
        kept.append(posted(http, session, "after"))
        assert events(http, session) == kept


def manual_session(http: httpx.Client) -> str:
    """A session in which no agent answers."""
    session = http.post("/sessions", json={"agent_id": "workshop"}).raise_for_status().json()["id"]
    http.patch(f"/sessions/{session}", json={"mode": "manual"}).raise_for_status()
    return session


def post(http: httpx.Client, session: str, text: str) -> httpx.Response:
    return http.post(
        f"/sessions/{session}/events", json={"kind": "message", "source": "customer", "message": text}, timeout=20)


def posted(http: httpx.Client, session: str, text: str) -> dict:
    answer = post(http, session, text)
    assert answer.status_code == 201, answer.text
    return answer.json()


def events(http: httpx.Client, session: str) -> list[dict]:
    return http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).raise_for_status().json()


def fill(path: Path) -> None:
    """Takes all the room there is, but for some kilobytes."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
        file.truncate(path.stat().st_size - 64 * 1024)


def places(content: bytes, text: bytes) -> list[int]:
    """Where the text is."""
    found, place = [], content.find(text)
    while place >= 0:
        found.append(place)
        place = content.find(text, place + 1)
    return found
