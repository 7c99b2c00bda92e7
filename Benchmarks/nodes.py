"""Two servers on one MongoDB: how soon one hears of what the other stored, and how many turns both finish."""

import contextlib
import json
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

from client import request
from servers import Server

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = HERE.parent / ".venv" / "bin" / "python"
WAKE_UPS = 500
PAUSE = 0.01  # before each wake-up, so that the waiter waits when the event comes
SESSIONS = 10
TURNS = 300
MESSAGE = {"kind": "message", "source": "customer", "message": "How many chains are in stock?"}


@contextlib.contextmanager
def mongo_server(folder):
    """The stand-in for MongoDB that the end-to-end tests use; None when it is not installed."""
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import secantus"], capture_output=True).returncode:
        yield None
        return
    command = [PYTHON, HERE.parent / "e2e" / "mongo_server.py", "--data", folder, "--sync"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline().split()[1])
        finally:
            process.terminate()


def measure_nodes(table, options, progress):
    """The figures of two servers, beside what the database alone takes."""
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".build-nodes-") as folder, contextlib.ExitStack() as running:
        port = running.enter_context(mongo_server(folder))
        if port is None:
            progress("left out: two servers need the stand-in for MongoDB (make .venv/.installed)")
            return
        command = [options.server, HERE / "agents", "--store", f"mongodb://127.0.0.1:{port}/bench"]
        pair = [running.enter_context(Server(command)) for _ in range(2)]
        progress(f"{WAKE_UPS} wake-ups from one server to the other, then {TURNS} turns at both")
        wakes, posts = wake_ups(*pair)
        table.add("POST of an event on MongoDB, one at a time", statistics.median(posts), "ms")
        table.add("  p99", percentile(posts, 99), "ms")
        later = [wake - post for wake, post in zip(wakes, posts)]
        table.add("wake-up at another server after the answer, median", statistics.median(later), "ms")
        table.add("  p99", percentile(later, 99), "ms", 50, "the required 50 ms")
        table.add("wake-up after the POST was sent, median", statistics.median(wakes), "ms", statistics.median(posts),
                  "the POST")
        table.add("  p99", percentile(wakes, 99), "ms", percentile(posts, 99), "the POST at p99")
        table.add(f"turns at two servers, {SESSIONS} sessions", turns(pair), "/s")


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def wake_ups(posting, reading):
    """Milliseconds from before a POST is sent until a long poll at the other server has the event, and until the POST
    is answered."""
    poster, waiter = posting.connect(), reading.connect()
    session = poster.call("POST", "/sessions", {"agent_id": "bench"})["id"]
    poster.call("PATCH", f"/sessions/{session}", {"mode": "manual"})
    data = request("POST", f"/sessions/{session}/events", MESSAGE)
    wakes, posts = [], []
    for offset in range(WAKE_UPS):
        waiter.send(request("GET", f"/sessions/{session}/events?min_offset={offset}&wait_for_data=30"))
        time.sleep(PAUSE)
        began = time.perf_counter()
        answered = []

        def post():
            poster.send(data)
            poster.receive()
            answered.append(time.perf_counter())

        thread = threading.Thread(target=post)
        thread.start()
        status, body = waiter.receive()
        woken = time.perf_counter()
        thread.join()
        if status != 200 or json.loads(body)[-1]["offset"] != offset:
            raise RuntimeError(f"long poll: {status} {body[:200]!r}")
        wakes.append((woken - began) * 1000)
        posts.append((answered[0] - began) * 1000)
    poster.close()
    waiter.close()
    return wakes[20:], posts[20:]


def turns(pair):
    """Turns per second: each session says one thing after the other, at either server, and reads the answer at the
    other one."""
    def talk():
        here, there = (server.connect() for server in pair)
        session = here.call("POST", "/sessions", {"agent_id": "bench"})["id"]
        for _ in range(TURNS // SESSIONS):
            event = here.call("POST", f"/sessions/{session}/events", MESSAGE)
            there.call("GET", f"/sessions/{session}/events?min_offset={event['offset']}&trace_id={event['trace_id']}"
                       "&kinds=message&source=ai_agent&wait_for_data=60")
            here, there = there, here
        here.close()
        there.close()

    threads = [threading.Thread(target=talk) for _ in range(SESSIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return TURNS / (time.perf_counter() - began)
