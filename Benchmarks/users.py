"""Lists of 100,000 users in SQLite over HTTP, by metadata, while nobody and while everybody writes."""

import json
import pathlib
import tempfile
import threading
import time
from urllib.parse import quote

from servers import Server

HERE = pathlib.Path(__file__).resolve().parent
USERS = 100_000
CONNECTIONS = 64
REQUESTS = 2_000
PLANS = 100
GOAL_MS = 5


def user(number):
    """A user with a key of its own, and a plan that 1 % have."""
    return {"name": f"User {number}", "about": "Somebody.",
            "metadata": {"db_uuid": f"{number:08}", "plan": f"plan {number % PLANS}", "visits": number % 7}}


def post_users(server, numbers):
    """Creates users, one after the other on each of many connections."""
    rest = iter(numbers)
    lock = threading.Lock()
    failures = []

    def work():
        connection = server.connect()
        try:
            while True:
                with lock:
                    number = next(rest, None)
                if number is None:
                    return
                connection.call("POST", "/users", user(number))
        except Exception as error:  # noqa: BLE001 - told by the caller
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def filtered(metadata, limit=100, **more):
    text = quote(json.dumps(metadata))
    return f"/users?metadata_filter={text}&limit={limit}" + "".join(f"&{key}={value}" for key, value in more.items())


def milliseconds(connection, paths, expected):
    """How long each request took; `expected` users must come back."""
    times = []
    for path in paths:
        began = time.perf_counter()
        found = len(connection.call("GET", path)["items"])
        times.append((time.perf_counter() - began) * 1000)
        if found != expected:
            raise RuntimeError(f"{path}: {found} users instead of {expected}")
    return sorted(times)


def add_latencies(table, name, times):
    table.add(f"{name}, p50", times[len(times) // 2], "ms")
    table.add("  p99", times[len(times) * 99 // 100], "ms", GOAL_MS, "the requirement")


def measure_users(table, options, progress):
    # On the disk of this folder: a temporary one may be in memory, where everything is durable.
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".build-users-") as folder:
        with Server([options.server, HERE / "agents", "--store", f"sqlite:{folder}/users.db"]) as server:
            progress(f"creating {USERS:,} users over HTTP")
            began = time.monotonic()
            post_users(server, range(USERS))
            table.add(f"POST /users on SQLite, {CONNECTIONS} connections", USERS / (time.monotonic() - began), "/s")
            progress("lists of users by metadata")
            connection = server.connect()
            step = USERS // REQUESTS
            own = [filtered({"db_uuid": f"{number:08}"}) for number in range(0, USERS, step)]
            common = [filtered({"plan": f"plan {number % PLANS}"}) for number in range(REQUESTS)]
            both = [filtered({"plan": f"plan {number % PLANS}", "visits": number % 7}, limit=20)
                    for number in range(REQUESTS)]
            changed = [filtered({"plan": f"plan {number % PLANS}"}, limit=20, sort_by="updated_at")
                       for number in range(REQUESTS)]
            add_latencies(table, f"the user with a key, of {USERS:,}", milliseconds(connection, own, 1))
            add_latencies(table, "100 of 1,000 users with a plan", milliseconds(connection, common, 100))
            add_latencies(table, "20 users with a plan and a number", milliseconds(connection, both, 20))
            add_latencies(table, "20 users with a plan, last changed first", milliseconds(connection, changed, 20))
            add_latencies(table, "the user with a key, while users are created", under_load(server, connection, own))
            connection.close()


def under_load(server, connection, paths):
    """The same while another connection creates users without a pause."""
    ended = threading.Event()

    def write():
        writer = server.connect()
        number = USERS
        while not ended.is_set():
            writer.call("POST", "/users", user(number))
            number += 1
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        return milliseconds(connection, paths, 1)
    finally:
        ended.set()
        thread.join()
