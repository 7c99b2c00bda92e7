"""Scripts that try to take the server down: every turn ends, and nobody else notices."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from chat import Chat, connect
from runtime import TEST_AGENTS, Runtime

DEFECT = "Something went wrong on my side. Please try again later."

# The attack, and the longest time in seconds that its turn may take: running Lua has one second, and the machine of a
# test may be busy.
STOPPED = [
    ("loop", 5), ("caught_loop", 5), ("big_table", 5), ("recursion", 5), ("rep_bomb", 5), ("doubling", 5),
    ("error_table", 5), ("error_nil", 5), ("error_tostring", 5), ("closing_loop", 5), ("sorting_loop", 5),
    ("replacing_loop", 5), ("cyclic_result", 5), ("deep_result", 5), ("large_result", 5), ("function_result", 5),
]


@pytest.fixture(scope="module")
def server(binary: str) -> Iterator[Runtime]:
    runtime = Runtime(binary, str(TEST_AGENTS / "hostile"), "--port", "0")
    runtime.wait_until_listening()
    yield runtime
    code = runtime.stop()
    assert code == 0, runtime.transcript()


@pytest.fixture
def http(server: Runtime) -> Iterator[httpx.Client]:
    with connect(server.url) as client:
        yield client


class Bystander:
    """Talks to another agent all the time, in sessions of its own, and remembers how long each turn took."""

    def __init__(self, url: str):
        self.url = url
        self.durations: list[float] = []
        self.failure: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with connect(self.url) as http:
                while not self.durations or not self._stop.is_set():
                    chat = Chat(http, "bystander")
                    started = time.monotonic()
                    assert chat.ask("Hello").reply == "I am here."
                    self.durations.append(time.monotonic() - started)
        except BaseException as failure:
            self.failure = failure

    def __enter__(self) -> Bystander:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._thread.join(20)

    def check(self, longest: float) -> None:
        assert self.failure is None, self.failure
        assert self.durations
        assert max(self.durations) < longest, f"slowest of {len(self.durations)} turns: {max(self.durations):.2f} s"


@pytest.mark.parametrize(("attack", "limit"), STOPPED)
def test_an_attack_ends_within_its_limit_and_others_are_answered(server, http, attack, limit):
    with Bystander(server.url) as bystander:
        started = time.monotonic()
        turn = Chat(http, "attacker").ask(attack)
        took = time.monotonic() - started

    assert turn.reply == DEFECT
    assert took < limit
    bystander.check(longest=1)


def test_a_pathological_pattern_does_not_block_anybody(server, http):
    with Bystander(server.url) as bystander:
        turn = Chat(http, "attacker").ask("pattern")

    assert turn.reply in (DEFECT, "The attack is over.")
    bystander.check(longest=1)


def test_a_looping_matcher_does_not_apply(server, http):
    with Bystander(server.url) as bystander:
        started = time.monotonic()
        turn = Chat(http, "attacker").ask("looping matcher")

    assert turn.matched == []
    assert time.monotonic() - started < 5
    bystander.check(longest=1)


def test_a_defect_says_nothing_about_itself_to_the_customer(server, http):
    chat = Chat(http, "attacker")
    chat.ask("error_table")

    text = repr(chat.events())
    assert ".lua" not in text and "traceback" not in text
    server.wait_for_log("the error value is a table")


def test_many_attacks_at_once_leave_others_in_peace(server, http):
    names = ["loop", "caught_loop", "big_table", "recursion", "doubling", "sorting_loop"]
    chats = [Chat(http, "attacker") for _ in names]
    with Bystander(server.url) as bystander:
        traces = [chat.say(name) for chat, name in zip(chats, names, strict=True)]
        replies = [chat.turn(trace, within=30).reply for chat, trace in zip(chats, traces, strict=True)]

    assert replies == [DEFECT] * len(names)
    bystander.check(longest=2)


def test_a_sleeping_tool_delays_nobody_and_ends_at_its_time_limit(server, http):
    """One tool sleeps ten seconds, one for a day with a time limit of twelve seconds."""
    sleeping, endless = Chat(http, "attacker"), Chat(http, "attacker")
    started = time.monotonic()
    sleep, endless_sleep = sleeping.say("sleep"), endless.say("endless_sleep")

    durations = []
    while time.monotonic() - started < 3:
        before = time.monotonic()
        assert Chat(http, "bystander").ask("Hello").reply == "I am here."
        durations.append(time.monotonic() - before)
    assert max(durations) < 1

    assert sleeping.turn(sleep, within=15).reply == "The attack is over."
    assert 9.9 < time.monotonic() - started < 12
    assert endless.turn(endless_sleep, within=15).reply == DEFECT
    assert 11.9 < time.monotonic() - started < 15


def test_the_server_is_as_good_as_new_afterwards(server, http):
    before = time.monotonic()

    assert Chat(http, "bystander").ask("Hello").reply == "I am here."

    assert time.monotonic() - before < 1
    with open(f"/proc/{server.pid}/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    assert resident < 600 * 1024, f"{resident} KiB"
