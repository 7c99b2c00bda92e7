#!/usr/bin/env python3
"""Measures parlant-runtime on this machine and prints each figure beside what bounds it. See README.md."""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from client import request
from embeddings import PYTHON as EMBEDDING_PYTHON
from embeddings import embed, embedding_server
from nodes import measure_nodes
from servers import Server
from users import measure_users

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "e2e"))  # the scripted server of the end-to-end tests
from scripted_openai import ScriptedOpenAI, prompt  # noqa: E402

AGENT = "bench"
PARTS = ["start", "multitude", "waiting", "turns", "engine", "model", "requests", "lua", "reload", "tests",
         "narrowing", "retrieval", "store", "users", "nodes"]
SERVING = {"start", "multitude", "waiting", "turns", "requests"}  # parts that share one server
CUSTOMER = {"name": "Jane Doe", "metadata": {"plan": "gold", "city": "Lyon"}}
MESSAGE = {"kind": "message", "source": "customer", "message": "How many chains are in stock?"}
SLEEP = {"kind": "message", "source": "customer", "message": "Please sleep"}
REPLIES = "kinds=message&source=ai_agent"
SLEEP_SECONDS = 10
MULTITUDE = 10_000
PAUSE = 0.002  # before each wake-up, so that the waiter waits when the event comes
MODEL_LATENCY = 0.1  # seconds of the scripted model per call
# Calls and prompt tokens of the reference's first turn until ready, by number of guidelines (Parlant 3.3.2, its default
# policy; all calls of the turn, those after ready included, are 13, 21 and 81).
REFERENCE_CALLS = {10: 11, 50: 11, 200: 41}
REFERENCE_TOKENS = {10: 45_000, 50: 100_000, 200: 393_000}
LONGEST_RUN = 900  # seconds for all of it; then it gives up


class Table:
    """The figures, in order."""

    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, limit=None, limited_by=""):
        """`limit`: what the value is compared with; `limited_by` says what that is."""
        self.rows.append({
            "name": name, "value": value, "unit": unit, "limit": limit, "limited_by": limited_by if limit else "",
            "ratio": value / limit if limit else None})

    def text(self):
        cells = [("", "figure", "limit", "ratio", "the limit is")]
        for row in self.rows:
            limit = f"{shown(row['limit'])} {row['unit']}" if row["limit"] else ""
            ratio = shown(row["ratio"]) if row["limit"] else ""
            cells.append((row["name"], f"{shown(row['value'])} {row['unit']}", limit, ratio, row["limited_by"]))
        widths = [max(len(line[column]) for line in cells) for column in range(5)]
        lines = []
        for name, value, limit, ratio, limited_by in cells:
            columns = (name.ljust(widths[0]), value.rjust(widths[1]), limit.rjust(widths[2]), ratio.rjust(widths[3]))
            lines.append("  ".join((*columns, limited_by)).rstrip())
        lines.insert(1, "-" * max(map(len, lines)))
        return "\n".join(lines)


def shown(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def progress(text):
    print(f"  {text} ...", file=sys.stderr, flush=True)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


# Starting ---------------------------------------------------------------------------------------------------------


def measure_start(table, serve, empty):
    """Start-up from exec to the first 200, and memory one second later."""
    progress("start-up and idle memory")
    times, sizes = {}, {}
    for name, command in (("ours", serve), ("empty", empty)):
        starts = []
        for _ in range(5):
            with Server(command) as server:
                starts.append(server.startup_seconds * 1000)
                if len(starts) == 5:
                    time.sleep(1)
                    sizes[name] = server.resident_bytes() / 2**20
        times[name] = statistics.median(starts)
    table.add("start-up, exec to first 200", times["ours"], "ms", times["empty"], "empty Hummingbird server")
    table.add("idle memory, resident", sizes["ours"], "MiB", sizes["empty"], "empty Hummingbird server")


# Requests per second ----------------------------------------------------------------------------------------------


def wrk(server, seconds, method, body, paths):
    """(requests per second, requests per CPU second of the server)."""
    text = json.dumps(body) if body else "-"
    before = server.cpu_seconds()
    run = subprocess.run(
        ["wrk", "-t2", "-c64", f"-d{seconds}s", "-s", str(HERE / "wrk" / "rotate.lua"),
         f"http://127.0.0.1:{server.port}", "--", method, text, *paths],
        capture_output=True, text=True, timeout=seconds + 30, check=True)
    cpu = server.cpu_seconds() - before
    result = json.loads(run.stdout.strip().splitlines()[-1])
    if result["failed"] or not result["requests"]:
        raise RuntimeError(f"{method} {paths[0]}: {result}")
    return result["requests"] / result["microseconds"] * 1e6, result["requests"] / max(cpu, 1 / 100)


def make_sessions(connection, count, manual=False, agent=AGENT):
    ids = []
    for _ in range(count):
        session = connection.call("POST", "/sessions", {"agent_id": agent})["id"]
        if manual:
            connection.call("PATCH", f"/sessions/{session}", {"mode": "manual"})
        ids.append(session)
    return ids


def make_history(connection):
    """A session with 1,000 events; the path that reads the last ten of them."""
    session = make_sessions(connection, 1, manual=True)[0]
    for _ in range(1000):
        connection.call("POST", f"/sessions/{session}/events", MESSAGE)
    return f"/sessions/{session}/events?min_offset=990&wait_for_data=0"


def measure_requests(table, server, empty, seconds, rounds):
    """GET and POST beside the empty route, in turns, so that both see the same weather.

    Returns how many events are posted per CPU second."""
    connection = server.connect()
    customer = connection.call("POST", "/customers", CUSTOMER)["id"]
    events = [f"/sessions/{session}/events" for session in make_sessions(connection, 64, manual=True)]
    history = make_history(connection)
    connection.close()
    kinds = [
        ("GET /customers/{id}", "GET", None, [f"/customers/{customer}"]),
        ("POST /customers", "POST", CUSTOMER, ["/customers"]),
        ("last 10 of 1,000 events", "GET", None, [history]),
        ("POST /sessions/{id}/events", "POST", MESSAGE, events),
    ]
    per_cpu = 0.0
    for name, method, body, paths in kinds:
        progress(f"{name}, {rounds} rounds of {seconds} s each way")
        wrk(server, 1, method, body, paths)
        wrk(empty, 1, method, body, paths)
        limits, ours = [], []
        for _ in range(rounds):
            limits.append(wrk(empty, seconds, method, body, paths))
            ours.append(wrk(server, seconds, method, body, paths))
        for column, unit in ((0, "/s"), (1, "/CPU s")):
            value = statistics.median(pair[column] for pair in ours)
            limit = statistics.median(pair[column] for pair in limits)
            row = name if column == 0 else "  the same per CPU second"
            table.add(row, value, unit, limit, "empty Hummingbird route")
        per_cpu = value
    return per_cpu


# Turns ------------------------------------------------------------------------------------------------------------


class Conversation:
    """One customer who waits for each reply; driven by events, never blocking."""

    TURNS_PER_SESSION = 20

    def __init__(self, connection, sessions):
        self.connection = connection
        self.sessions = sessions
        self.turns = 0
        self._in_session = 0
        self.say()

    def say(self):
        if self._in_session == self.TURNS_PER_SESSION:
            self.sessions.append(self.sessions.pop(0))
            self._in_session = 0
        self._in_session += 1
        self.waiting_for_reply = False
        self.connection.send(request("POST", f"/sessions/{self.sessions[0]}/events", MESSAGE))

    def readable(self):
        self.connection.read_some()
        reply = self.connection.take_reply()
        if reply is None:
            return
        status, body = reply
        if status >= 300:
            raise RuntimeError(f"turn: {status} {body[:200]!r}")
        if self.waiting_for_reply:
            self.turns += 1
            self.say()
        else:
            self.waiting_for_reply = True
            offset = json.loads(body)["offset"] + 1
            path = f"/sessions/{self.sessions[0]}/events?min_offset={offset}&{REPLIES}&wait_for_data=20"
            self.connection.send(request("GET", path))


def measure_turns(table, server, seconds, post_per_cpu):
    progress(f"turns with a tool, 16 conversations, {seconds} s")
    setup = server.connect()
    conversations = {}
    poll = select.epoll()
    for _ in range(16):
        conversation = Conversation(server.connect(), make_sessions(setup, 20))
        conversations[conversation.connection.socket.fileno()] = conversation
        poll.register(conversation.connection.socket, select.EPOLLIN)
    setup.close()

    def run(duration):
        before = sum(one.turns for one in conversations.values()), server.cpu_seconds(), time.monotonic()
        while time.monotonic() - before[2] < duration:
            for descriptor, _ in poll.poll(1):
                conversations[descriptor].readable()
        turns = sum(one.turns for one in conversations.values()) - before[0]
        return turns / (time.monotonic() - before[2]), turns / (server.cpu_seconds() - before[1])

    run(1)
    per_second, per_cpu = run(seconds)
    for conversation in conversations.values():
        conversation.connection.close()
    table.add("turns with one tool call", per_second, "/s")
    table.add("  the same per CPU second", per_cpu, "/CPU s", post_per_cpu, "POST event without a turn")


def turn_seconds(connection, session):
    """From before a message is posted until the reply has arrived by a long poll."""
    began = time.perf_counter()
    offset = connection.call("POST", f"/sessions/{session}/events", MESSAGE)["offset"] + 1
    connection.call("GET", f"/sessions/{session}/events?min_offset={offset}&{REPLIES}&wait_for_data=20")
    return time.perf_counter() - began


def measure_sleeper(table, server):
    """The turns of other sessions while a tool of the same agent sleeps, beside the same turns before."""
    progress(f"turns beside a tool that sleeps {SLEEP_SECONDS} s")
    connection = server.connect()
    sessions = make_sessions(connection, 240)
    for session in sessions[:40]:
        turn_seconds(connection, session)
    alone = [turn_seconds(connection, session) * 1000 for session in sessions[40:140]]
    sleeper = make_sessions(connection, 1)[0]
    path = f"/sessions/{sleeper}/events"
    began = time.monotonic()
    connection.call("POST", path, SLEEP)
    time.sleep(0.5)
    beside = [turn_seconds(connection, session) * 1000 for session in sessions[140:]]
    spoken = connection.call("GET", f"{path}?{REPLIES}&wait_for_data=0")
    if spoken:
        raise RuntimeError("the sleeping tool ended before the other turns did")
    reply = connection.call("GET", f"{path}?{REPLIES}&wait_for_data=20")
    slept = time.monotonic() - began
    if slept < SLEEP_SECONDS or "slept" not in json.dumps(reply):
        raise RuntimeError(f"the tool did not sleep: {slept:.1f} s, {reply}")
    connection.close()
    for name, figure in (("median", statistics.median), ("slowest of 100", max)):
        row = f"turn beside a sleeping tool, {name}"
        table.add(row, figure(beside), "ms", figure(alone), "the same, nobody asleep")


# Waiting ----------------------------------------------------------------------------------------------------------


def measure_round_trip(empty):
    """Median of POST on the empty route, one at a time: no wake-up can be faster than a request."""
    connection = empty.connect()
    data = request("POST", "/sessions/any/events", MESSAGE)
    times = []
    for _ in range(600):
        time.sleep(PAUSE)
        began = time.perf_counter()
        connection.send(data)
        connection.receive()
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
    times = times[100:]
    return statistics.median(times), percentile(times, 99)


class Waiter:
    """A long poll on one session, sent again after each event."""

    def __init__(self, server, session):
        self.connection = server.connect()
        self.session = session
        self.next_offset = 0

    def ask(self):
        path = f"/sessions/{self.session}/events?min_offset={self.next_offset}&wait_for_data=120"
        self.connection.send(request("GET", path))

    def answered(self, reply):
        status, body = reply
        if status != 200:
            raise RuntimeError(f"long poll: {status} {body[:200]!r}")
        self.next_offset = json.loads(body)[-1]["offset"] + 1


def wake(poster, waiter):
    """Milliseconds from before the POST is sent until the waiter has the body."""
    data = request("POST", f"/sessions/{waiter.session}/events", MESSAGE)
    began = time.perf_counter()
    poster.send(data)
    reply = waiter.connection.receive()
    elapsed = (time.perf_counter() - began) * 1000
    waiter.answered(reply)
    poster.receive()
    waiter.ask()
    return elapsed


def measure_waiting(table, server, round_trip):
    limited_by = "POST on the empty route"
    poster = server.connect()

    progress("wake-up of one waiter")
    alone = Waiter(server, make_sessions(poster, 1, manual=True)[0])
    alone.ask()
    times = []
    for _ in range(600):
        time.sleep(PAUSE)
        times.append(wake(poster, alone))
    times = times[100:]
    alone.connection.close()
    table.add("wake-up, 1 waiter, median", statistics.median(times), "ms", round_trip[0], limited_by)
    table.add("wake-up, 1 waiter, p99", percentile(times, 99), "ms", round_trip[1], limited_by)

    progress("1,000 idle long polls: CPU over 10 s")
    waiters = [Waiter(server, session) for session in make_sessions(poster, 1000, manual=True)]
    for waiter in waiters:
        waiter.ask()
    time.sleep(1)
    before, began = server.cpu_seconds(), time.monotonic()
    time.sleep(10)
    cpu = (server.cpu_seconds() - before) / (time.monotonic() - began) * 100
    table.add("1,000 idle long polls, CPU", cpu, "%", 2.0, "the requirement, of one core")
    table.add("  resident memory", server.resident_bytes() / 2**20, "MiB")

    progress("wake-up among 1,000 waiters")
    for waiter in waiters[:50]:
        wake(poster, waiter)
    times = []
    for index in range(1000):
        time.sleep(PAUSE)
        times.append(wake(poster, waiters[(index * 617) % 1000]))
    table.add("wake-up, 1 of 1,000 waiters, median", statistics.median(times), "ms", round_trip[0], limited_by)
    table.add("wake-up, 1 of 1,000 waiters, p99", percentile(times, 99), "ms", 20.0, "the requirement")

    progress("wake-up of 50 waiters of one session at once")
    session = waiters[0].session
    crowd = [waiters[0]] + [Waiter(server, session) for _ in range(49)]
    for waiter in crowd[1:]:
        waiter.next_offset = crowd[0].next_offset
        waiter.ask()
    time.sleep(0.2)
    times = wake_crowd(poster, crowd, 40)
    table.add("wake-up, 50 waiters of one session, last", statistics.median(times), "ms", 20.0, "the requirement")
    for waiter in waiters + crowd[1:]:
        waiter.connection.close()
    poster.close()


def measure_multitude(table, server):
    """10,000 long polls on sessions of their own: memory, CPU while nothing happens, and 10,000 posts that wake all."""
    progress(f"{MULTITUDE:,} idle long polls, then one post for each")
    setup = server.connect()
    base = server.resident_bytes()
    sessions = make_sessions(setup, MULTITUDE, manual=True)
    setup.close()
    posters = [server.connect() for _ in range(16)]
    idle = server.resident_bytes()
    waiters = {}
    poll = select.epoll()
    for session in sessions:
        waiter = Waiter(server, session)
        waiter.ask()
        waiters[waiter.connection.socket.fileno()] = waiter
        poll.register(waiter.connection.socket, select.EPOLLIN)
    time.sleep(2)
    resident = server.resident_bytes()
    before, began = server.cpu_seconds(), time.monotonic()
    time.sleep(10)
    cpu = (server.cpu_seconds() - before) / (time.monotonic() - began) * 100
    if poll.poll(0):
        raise RuntimeError("a long poll ended before anything was posted")
    name = f"{MULTITUDE:,} idle long polls"
    table.add(f"{name}, resident memory in all", resident / 2**20, "MiB", 300e6 / 2**20,
              "the requirement, 300 MB")
    table.add("  per waiting connection", (resident - idle) / MULTITUDE / 1024, "KiB")
    table.add("  per session without events", (idle - base) / MULTITUDE / 1024, "KiB")
    table.add("  CPU", cpu, "%", 2.0, "the requirement, of one core")

    for number, poster in enumerate(posters):
        poll.register(poster.socket, select.EPOLLIN)
        poster.left = [request("POST", f"/sessions/{session}/events", MESSAGE) for session in sessions[number::16]]
        poster.send(poster.left.pop())
    by_descriptor = {poster.socket.fileno(): poster for poster in posters}
    posted = woken = 0
    before, began = server.cpu_seconds(), time.monotonic()
    while (posted < MULTITUDE or woken < MULTITUDE) and time.monotonic() - began < 60:
        for descriptor, _ in poll.poll(1):
            poster = by_descriptor.get(descriptor)
            connection = poster or waiters[descriptor].connection
            connection.read_some()
            if (reply := connection.take_reply()) is None:
                continue
            if poster is None:
                waiters[descriptor].answered(reply)
                woken += waiters[descriptor].next_offset == 1
            else:
                posted += reply[0] == 201
                if poster.left:
                    poster.send(poster.left.pop())
    elapsed, cpu = time.monotonic() - began, server.cpu_seconds() - before
    table.add(f"{name}, woken by {MULTITUDE:,} posts", woken, "", posted, "those that were posted to")
    table.add("  posts and wake-ups together", (posted + woken) / elapsed, "/s")
    table.add("  CPU of a post with its wake-up", cpu / max(1, woken) * 1e6, "us")
    for connection in [waiter.connection for waiter in waiters.values()] + posters:
        connection.close()


def wake_crowd(poster, crowd, rounds):
    """For each round: milliseconds until the last of the waiters of one session has the body."""
    poll = select.epoll()
    by_descriptor = {waiter.connection.socket.fileno(): waiter for waiter in crowd}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    data = request("POST", f"/sessions/{crowd[0].session}/events", MESSAGE)
    times = []
    for _ in range(rounds):
        missing = len(crowd)
        replies = []
        began = time.perf_counter()
        poster.send(data)
        while missing:
            for descriptor, _ in poll.poll(20):
                waiter = by_descriptor[descriptor]
                waiter.connection.read_some()
                if (reply := waiter.connection.take_reply()) is not None:
                    replies.append((waiter, reply))
                    missing -= 1
        times.append((time.perf_counter() - began) * 1000)
        poster.receive()
        for waiter, reply in replies:
            waiter.answered(reply)
            waiter.ask()
        time.sleep(0.02)
    return times


# Lua --------------------------------------------------------------------------------------------------------------


def measure_lua(table, bench):
    progress("Lua calls")
    subprocess.run([bench, "allocations"], check=True, timeout=60, stdout=subprocess.DEVNULL)
    run = subprocess.run(
        [bench, "lua", "--agents", str(HERE / "agents")], check=True, timeout=120, capture_output=True, text=True)
    costs = {}
    for line in run.stdout.splitlines():
        cost = json.loads(line)
        costs[cost["name"]] = cost
    bare, same = costs["pcall"], costs["pcall-20-fields"]
    bare_call = bare["nanoseconds"], "bare protected call"
    same_call = same["nanoseconds"], "protected call, 20 fields"
    table.add("bare protected Lua call", bare["nanoseconds"], "ns")
    for key, name, limit in (
        ("pcall-20-fields", "  with 20 fields made for it", bare_call),
        ("vm-empty", "LuaVM.call, nothing passed", bare_call),
        ("vm-20-fields", "LuaVM.call, 20 fields", same_call),
        ("vm-20-fields-from-elsewhere", "  from another thread", same_call),
        ("vm-waits-once", "LuaVM.call that waits once", bare_call),
        ("tool-20-fields", "Lua tool call, 20 fields", same_call),
    ):
        table.add(name, costs[key]["nanoseconds"], "ns", *limit)
    waiting, coroutine = costs["waiting-calls"], costs["coroutines"]
    bare_coroutine = coroutine["lua_bytes"], "coroutine in bare Lua"
    table.add("coroutine in bare Lua", coroutine["lua_bytes"], "bytes")
    table.add(f"  of {waiting['calls']:,} calls that wait, each in Lua", waiting["lua_bytes"], "bytes", *bare_coroutine)
    table.add("  in all", waiting["resident_bytes"], "bytes", *bare_coroutine)
    for key, name in (("vm-20-fields", "LuaVM.call, 20 fields"), ("tool-20-fields", "Lua tool call, 20 fields")):
        table.add(f"{name}, allocations", costs[key]["allocations"], "", same["allocations"], same_call[1])


# Tests of agents --------------------------------------------------------------------------------------------------


def measure_tests(table, server):
    """CPU time of the whole process that runs `agents/spec`: loading included, median of 5."""
    progress("tests of an agent")
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run([server, "test", HERE / "agents"], capture_output=True, text=True, timeout=120)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode or "\n1000 turns, " not in run.stdout:
            raise RuntimeError(f"tests of the agent: {run.stdout[-500:]}{run.stderr[-500:]}")
        times.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    table.add("1,000 turns in tests, CPU", statistics.median(times), "ms", 1000, "the requirement")


# Reloading --------------------------------------------------------------------------------------------------------


def measure_reload(table, bench, saves):
    """From the rename of one file of a bundle of 100 to the swap, and its parts."""
    progress(f"{saves} saves of a bundle of 100 files")
    run = subprocess.run(
        [bench, "reload", "--saves", str(saves)], check=True, timeout=300, capture_output=True, text=True)
    times = {row["name"]: row for row in map(json.loads, run.stdout.splitlines())}
    bare = times["bare-compile"]["p50"], "luaL_loadbuffer of the same files, once"
    table.add("save of a bundle of 100 files until served, p50", times["total"]["p50"], "ms")
    table.add("save of a bundle of 100 files until served, p99", times["total"]["p99"], "ms", 200, "promised at p99")
    for part, name in (("notice", "notice"), ("quiet", "quiet, 100 ms of it promised"), ("read", "read"),
                       ("check", "check of all together"), ("swap", "swap")):
        table.add(f"  {name}, p50", times[part]["p50"], "ms")
    table.add("  load for 2 lanes, p50", times["load"]["p50"], "ms", 2 * bare[0], bare[1] + " per lane")
    table.add("  load for 2 lanes, p99", times["load"]["p99"], "ms")
    usual = times["bystander"]["p50"], "its median"
    table.add("tool call of another bundle meanwhile, p99", times["bystander"]["p99"], "ms", *usual)
    table.add("  the longest", times["bystander-longest"]["p99"], "ms", *usual)


# The engine and its model -----------------------------------------------------------------------------------------


def measure_engine(table, bench):
    """The engine's own time per turn: a model that answers at once, an agent with 50 guidelines."""
    progress("turns with a model that answers at once")
    run = subprocess.run([bench, "turns"], check=True, timeout=300, capture_output=True, text=True)
    figures = {row["name"]: row["value"] for row in map(json.loads, run.stdout.splitlines())}
    table.add("turn with 50 guidelines, p50", figures["turn-p50"] / 1000, "ms", 1, "the requirement")
    table.add("turn with 50 guidelines, p99", figures["turn-p99"] / 1000, "ms", 5, "the requirement")
    table.add("turns of 32 sessions side by side", figures["turns-of-32-sessions"], "/s")
    table.add("  cores that they keep busy", figures["busy-cores"], "", os.cpu_count(), "all cores")


def guideline_agent(folder, count):
    """An agent with that many guidelines, in a folder of its own."""
    lines = ['local parlant = require "parlant"',
             'local agent = parlant.agent { name = "Spoke", description = "Runs the counter of a bicycle shop." }']
    for number in range(1, count + 1):
        lines.append(
            f'agent:guideline {{ condition = "The customer asks about part number {number} of the catalogue", '
            f'action = "Name the price of part number {number} and the day on which it can be collected" }}')
    (folder / "agents").mkdir()
    (folder / "agents" / "spoke.lua").write_text("\n".join([*lines, "return agent", ""]))
    return folder / "agents"


def longest_chain(questions):
    """Most questions of which each began after the one before it was answered."""
    length, last_end = 0, 0.0
    for question in sorted(questions, key=lambda one: one.ended):
        if question.began >= last_end:
            length, last_end = length + 1, question.ended
    return length


def measure_model(table, server):
    """First turns of sessions against a model that takes 100 ms per call: calls, tokens, chain, times."""
    for count in (10, 50, 200):
        progress(f"turns with {count} guidelines and a model that takes {MODEL_LATENCY * 1000:.0f} ms")
        with contextlib.ExitStack() as running:
            folder = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory()))
            model = running.enter_context(ScriptedOpenAI(default=True))
            model.add(schema="reply", delay=MODEL_LATENCY, reply={"message": "It costs 20 euro.", "canned_response": None})
            model.add(delay=MODEL_LATENCY)
            environment = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "none"}
            served = running.enter_context(Server(
                [server, guideline_agent(folder, count), "--nlp", "openai", "--model", "scripted"], environment))
            connection = served.connect()
            spoken, ready, calls, tokens, chains = [], [], [], [], []
            for session in make_sessions(connection, 10, agent="spoke"):
                before = len(model.requests)
                began = time.perf_counter()
                path = f"/sessions/{session}/events"
                offset = connection.call("POST", path, MESSAGE)["offset"] + 1
                connection.call("GET", f"{path}?min_offset={offset}&{REPLIES}&wait_for_data=20")
                spoken.append((time.perf_counter() - began) * 1000)
                while "completed" not in json.dumps(events := connection.call(
                        "GET", f"{path}?min_offset={offset}&kinds=status&wait_for_data=20")):
                    offset = events[-1]["offset"] + 1
                ready.append((time.perf_counter() - began) * 1000)
                time.sleep(2 * MODEL_LATENCY)  # what the turn asks after ready belongs to it
                questions = model.requests[before:]
                calls.append(len(questions))
                tokens.append(sum(len(prompt(question.body).encode()) / 4 for question in questions))
                chains.append(longest_chain(questions))
            connection.close()
        name = f"first turn, {count} guidelines: "
        table.add(name + "model calls", statistics.median(calls), "", REFERENCE_CALLS[count], "the reference's")
        table.add(name + "prompt tokens", statistics.median(tokens), "", REFERENCE_TOKENS[count], "the reference's")
        table.add(name + "longest chain of calls", max(chains), "", 2, "the goal")
        table.add(name + "first message", statistics.median(spoken), "ms", 200, "two calls")
        table.add(name + "ready", statistics.median(ready), "ms", 200, "two calls")


# Narrowing --------------------------------------------------------------------------------------------------------


def measure_narrowing(table, bench, show_missed):
    """Recall and kept share on the labelled set, with vectors of all-MiniLM-L6-v2."""
    if not EMBEDDING_PYTHON.exists():
        progress("narrowing left out: it needs an embedder; make embedding-model installs it")
        return
    progress("narrowing of conditions on the labelled set")
    pools = with_vectors([bench, "narrowing", "--data", HERE / "narrowing"])
    for pool in pools:
        whose = {"own": "all conversations, own pool", "union": "all conversations, one pool"}
        name = f"narrowing, {whose.get(pool['pool'], pool['pool'])} of {pool['conditions']}"
        required = (0.98, "the requirement") if pool["pool"] == "own" else ()
        table.add(f"{name}, recall of {pool['holding']}", pool["recall"], "", *required)
        table.add("  conditions kept, of which never left out", pool["kept"], "", pool["unconditional"],
                  "those that are never left out")
        if show_missed:
            for missed in pool["missed"]:
                print(f"  {pool['pool']}: missed {missed}", file=sys.stderr)


def with_vectors(command):
    """What a part of parlant-bench prints, as dictionaries: first it prints the texts of which it needs vectors, then,
    with a file of them, its figures."""
    listed = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)
    texts = [json.loads(line) for line in listed.stdout.splitlines()]
    with embedding_server() as url, tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for text, vector in zip(texts, embed(url, texts), strict=True):
            file.write(json.dumps({"text": text, "vector": vector}) + "\n")
        file.flush()
        run = subprocess.run(
            [*command, "--vectors", file.name], check=True, timeout=120, capture_output=True, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


# Retrieval --------------------------------------------------------------------------------------------------------


def measure_retrieval(table, bench, show_missed):
    """Recall at 5 on the labelled questions, by words and with vectors of all-MiniLM-L6-v2."""
    if not EMBEDDING_PYTHON.exists():
        progress("retrieval left out: it needs an embedder; make embedding-model installs it")
        return
    progress("passages of documents on the labelled questions")
    for row in with_vectors([bench, "retrieval", "--data", HERE / "retrieval"]):
        whose = "own documents" if row["pool"] == "own" else "documents of all"
        required = (0.9, "the requirement") if row["pool"] == "own" and row["way"] != "words" else ()
        table.add(f"retrieval, {row['set']}, {whose}, {row['way']}: recall at 5 of {row['questions']}", row["recall"],
                  "", *required)
        table.add("  of those in other words", row["paraphrase"], "")
        if row["pool"] == "all":
            table.add(f"  of {row['unrelated']} unrelated remarks, bring something",
                      row["unrelated_answered"] / row["unrelated"], "")
        if show_missed:
            for missed in row["missed"]:
                print(f"  {row['set']}, {row['pool']}, {row['way']}: {missed}", file=sys.stderr)


# Stores -----------------------------------------------------------------------------------------------------------


def measure_store(table, options):
    """Durable appends beside what the disk and GRDB alone do, and the server on SQLite beside the server on memory."""
    # On the disk of this folder: a temporary one may be in memory, where everything is durable.
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".build-store-") as folder:
        progress("appends to stores, filtered lists of 100,000 customers")
        run = subprocess.run([options.bench, "store", "--folder", folder, "--seconds", str(options.seconds)],
                             check=True, timeout=600, capture_output=True, text=True)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        rows = {(row["name"], row.get("clients") or row.get("store")): row for row in lines}
        syncs = rows["fdatasync", None]["per_second"]
        table.add("fdatasync of a page, one after the other", syncs, "/s")
        for store, name in (("sqlite", "SQLite"), ("local", "local")):
            for clients in (1, 16, 64):
                ours, raw, memory = (rows[name, clients] for name in (store, "raw-grdb", "memory"))
                table.add(f"{name} store, appends of {clients} clients", ours["per_second"], "/s", syncs, "fdatasync")
                table.add("  beside GRDB, one transaction each", ours["per_second"], "/s", raw["per_second"], "GRDB")
                table.add("  beside the store in memory", ours["per_second"], "/s", memory["per_second"], "memory")
                table.add("  p99", ours["p99_ms"], "ms", 10, "the goal")
            table.add(f"{name} store, page of a list by metadata, 100,000 customers", rows["filtered-list", store]["ms"],
                      "ms", rows["filtered-list", "memory"]["ms"], "memory")
        many_events(table, options, folder)
        post_on_stores(table, options, folder)


def many_events(table, options, folder):
    """A million events in each store, in a process of its own."""
    for store, name in (("memory", "memory"), ("sqlite", "SQLite"), ("local", "local")):
        progress(f"a million events in the {name} store")
        run = subprocess.run([options.bench, "events", "--store", store, "--folder", folder], check=True, timeout=900,
                             capture_output=True, text=True)
        row = json.loads(run.stdout)
        table.add(f"{name} store, memory of the process for each of a million events", row["memory_bytes_per_event"], "B")
        if store != "memory":
            table.add("  of the disk", row["disk_bytes_per_event"], "B")
            table.add(f"{name} store, open and read with a million events", row["ms"], "ms", 1000, "the goal")


def post_on_stores(table, options, folder):
    """Events posted over HTTP, on SQLite and on memory in turns."""
    agents = HERE / "agents"
    with contextlib.ExitStack() as running:
        durable = running.enter_context(Server([options.server, agents, "--store", f"sqlite:{folder}/http.db"]))
        memory = running.enter_context(Server([options.server, agents]))
        progress(f"POST of events on SQLite and on memory, {options.rounds} rounds of {options.seconds} s each way")
        paths = {}
        for server in (durable, memory):
            connection = server.connect()
            paths[server] = [f"/sessions/{one}/events" for one in make_sessions(connection, 64, manual=True)]
            connection.close()
            wrk(server, 1, "POST", MESSAGE, paths[server])
        figures = {durable: [], memory: []}
        for _ in range(options.rounds):
            for server in (memory, durable):
                figures[server].append(wrk(server, options.seconds, "POST", MESSAGE, paths[server])[0])
        table.add("POST of an event on SQLite", statistics.median(figures[durable]), "/s",
                  statistics.median(figures[memory]), "the same on memory; the goal is 0.60")


# All --------------------------------------------------------------------------------------------------------------


def body_sizes(server):
    """Bytes of a customer, of an event and of ten events, so that the empty route answers as much."""
    connection = server.connect()
    sizes = []
    session = make_sessions(connection, 1, manual=True)[0]
    requests = [("POST", "/customers", CUSTOMER), ("POST", f"/sessions/{session}/events", MESSAGE),
                ("GET", make_history(connection), None)]
    for method, path, body in requests:
        connection.send(request(method, path, body))
        sizes.append(len(connection.receive()[1]))
    connection.close()
    return sizes


def measure_serving(table, serve, options, parts):
    """What is measured on one server that runs all the time, beside the empty routes."""
    with contextlib.ExitStack() as running:
        server = running.enter_context(Server(serve))
        customer_bytes, event_bytes, list_bytes = body_sizes(server)
        empty_command = [options.bench, "empty-route", "--customer-bytes", customer_bytes, "--event-bytes", event_bytes,
                         "--list-bytes", list_bytes]
        if "start" in parts:
            server.stop()
            measure_start(table, serve, empty_command)
            server = running.enter_context(Server(serve))
        if "multitude" in parts:
            if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < MULTITUDE + 100:
                progress(f"left out: {MULTITUDE:,} long polls need as many open files; raise the hard limit (ulimit -Hn)")
            else:
                with Server(serve) as fresh:
                    measure_multitude(table, fresh)
        empty = running.enter_context(Server(empty_command))
        if "waiting" in parts:
            measure_waiting(table, server, measure_round_trip(empty))
        if "turns" in parts:
            measure_sleeper(table, server)
        post_per_cpu = None
        if "requests" in parts:
            post_per_cpu = measure_requests(table, server, empty, options.seconds, options.rounds)
        if "turns" in parts:
            measure_turns(table, server, options.seconds, post_per_cpu)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="release build of parlant-runtime")
    parser.add_argument("--bench", required=True, help="release build of parlant-bench")
    parser.add_argument("--seconds", type=int, default=3, help="length of each throughput run (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="throughput runs per row and side (default 3)")
    parser.add_argument("--only", choices=PARTS, action="append",
                        help="measure this part; repeatable (default: all)")
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    parts = options.only or PARTS
    if not shutil.which("wrk"):
        parser.error("wrk is missing (Debian: apt-get install wrk)")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384) if hard > 0 else 16384, hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("bench.py: gave up after %d s" % LONGEST_RUN))
    signal.alarm(LONGEST_RUN)

    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores; load average before the run {load:.2f}"
    print(machine, file=sys.stderr)
    table = Table()
    serve = [options.server, HERE / "agents"]
    if SERVING & set(parts):
        measure_serving(table, serve, options, parts)
    if "engine" in parts:
        measure_engine(table, options.bench)
    if "model" in parts:
        measure_model(table, options.server)
    if "lua" in parts:
        measure_lua(table, options.bench)
    if "reload" in parts:
        measure_reload(table, options.bench, saves=200)
    if "tests" in parts:
        measure_tests(table, options.server)
    if "narrowing" in parts:
        measure_narrowing(table, options.bench, show_missed=parts == ["narrowing"])
    if "retrieval" in parts:
        measure_retrieval(table, options.bench, show_missed=parts == ["retrieval"])
    if "store" in parts:
        measure_store(table, options)
    if "users" in parts:
        measure_users(table, options, progress)
    if "nodes" in parts:
        measure_nodes(table, options, progress)

    print(f"\n{machine}, after it {os.getloadavg()[0]:.2f}\n\n{table.text()}")
    if options.json:
        figures = {"cores": os.cpu_count(), "load_average": load, "figures": table.rows}
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
