"""Scripts that try to take the server down: every turn ends, and nobody else notices."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chat import Chat, connect, is_completed
from runtime import TEST_AGENTS, Runtime

DEFECT = "Something went wrong on my side. Please try again later."

STOPPED = [
    "loop", "caught_loop", "big_table", "recursion", "rep_bomb", "doubling", "error_table", "error_nil",
    "error_tostring", "closing_loop", "sorting_loop", "replacing_loop", "cyclic_result", "deep_result", "large_result",
    "function_result",
]
# Seconds in which every turn of these tests must end. Far more than it takes: the machine of a test may be busy, and
# how long things take is measured by `make bench`.
PATIENCE = 40


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
    """Talks to another agent all the time, in sessions of its own, and counts the answers."""

    def __init__(self, url: str):
        self.url = url
        self.answers = 0
        self.failure: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with connect(self.url) as http:
                while not self.answers or not self._stop.is_set():
                    assert Chat(http, "bystander").ask("Hello", PATIENCE).reply == "I am here."
                    self.answers += 1
        except BaseException as failure:
            self.failure = failure

    def __enter__(self) -> Bystander:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)

    def check(self) -> None:
        assert self.failure is None, self.failure
        assert self.answers


@pytest.mark.parametrize("attack", STOPPED)
def test_an_attack_ends_and_others_are_answered(server, http, attack):
    with Bystander(server.url) as bystander:
        turn = Chat(http, "attacker").ask(attack, PATIENCE)

    assert turn.reply == DEFECT
    bystander.check()


def test_a_pathological_pattern_does_not_block_anybody(server, http):
    with Bystander(server.url) as bystander:
        turn = Chat(http, "attacker").ask("pattern", PATIENCE)

    assert turn.reply in (DEFECT, "The attack is over.")
    bystander.check()


def test_a_looping_matcher_does_not_apply(server, http):
    with Bystander(server.url) as bystander:
        turn = Chat(http, "attacker").ask("looping matcher", PATIENCE)

    assert turn.matched == []
    bystander.check()


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
        replies = [chat.turn(trace, PATIENCE).reply for chat, trace in zip(chats, traces, strict=True)]

    assert replies == [DEFECT] * len(names)
    bystander.check()


def test_a_sleeping_tool_delays_nobody_and_ends_at_its_time_limit(server, http):
    """One tool sleeps ten seconds, one for a day with a time limit of twelve seconds. Nothing ends before its time, and
    others are answered before it does."""
    sleeping, endless = Chat(http, "attacker"), Chat(http, "attacker")
    started = time.monotonic()
    sleep, endless_sleep = sleeping.say("sleep"), endless.say("endless_sleep")

    for _ in range(5):
        assert Chat(http, "bystander").ask("Hello", PATIENCE).reply == "I am here."
    assert not any(is_completed(event) for chat in (sleeping, endless) for event in chat.events())

    assert sleeping.turn(sleep, PATIENCE).reply == "The attack is over."
    assert time.monotonic() - started > 9.9
    assert endless.turn(endless_sleep, PATIENCE).reply == DEFECT
    assert time.monotonic() - started > 11.9


def test_the_server_is_as_good_as_new_afterwards(server, http):
    assert Chat(http, "bystander").ask("Hello", PATIENCE).reply == "I am here."

    with open(f"/proc/{server.pid}/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    assert resident < 600 * 1024, f"{resident} KiB"


PLUGIN = """local parlant = require "parlant"
local function attack()
{body}
end
return parlant.plugin {{
  name = "mallory",
  version = "1.0.0",
  load = attack,
  save = attack,
  unload = attack,
  nlp = {{ max_tokens = 8192, dimensions = 2, generate = attack, embed = attack }},
  customer_store = {{ find = attack, list = attack }},
}}
"""

PLUGIN_ATTACKS = {
    "loop": ("while true do pcall(function() while true do end end) end", "stopped after"),
    "memory": ("local t = {} while true do t[#t + 1] = { 1, 2, 3, 4, 5, 6, 7, 8 } end", "limit"),
    "error": ("error { code = 7 }", "the error value is a table, not a string"),
    "result": ("return function() end", "a function cannot cross here"),
}


@pytest.fixture(params=PLUGIN_ATTACKS)
def attack(request, tmp_path) -> tuple[Path, str]:
    """The folder with a plugin whose functions all attack, and what the log says of each."""
    body, complaint = PLUGIN_ATTACKS[request.param]
    (tmp_path / "mallory.lua").write_text(PLUGIN.format(body=body))
    return tmp_path, complaint


def check_log(server: Runtime, function: str, complaint: str) -> None:
    """The log has the function, its line and what it did; a traceback may stand between them."""
    begin = server.err.index(server.wait_for_log(f"{function} of plugin mallory"))
    end = server.err.index(server.wait_for_log(complaint, after=begin), begin)
    assert any("plugins/mallory.lua:" in line for line in server.err[begin:end + 1])


def test_a_hostile_plugin_fails_alone(start, attack):
    """When it is loaded and unloaded, and when it is asked for customers."""
    plugins, complaint = attack
    server = start(TEST_AGENTS / "hostile", "--plugins", plugins, "--customer-store", "plugin:mallory")
    server.wait_until_listening()
    check_log(server, "load", complaint)
    with connect(server.url) as http:
        for path in ["/customers/jane", "/customers"]:
            answer = http.get(path)
            assert answer.status_code >= 500 and ".lua" not in answer.text, answer.text
        assert http.get("/healthz").status_code == 200
        assert {agent["id"] for agent in http.get("/agents").json()} == {"attacker", "bystander"}
    check_log(server, "customer_store.find", complaint)
    check_log(server, "customer_store.list", complaint)
    assert server.stop() == 0
    check_log(server, "unload", complaint)


def test_a_hostile_language_model_ends_each_turn_with_an_error(start, attack):
    plugins, complaint = attack
    server = start(TEST_AGENTS / "booking", "--plugins", plugins, "--nlp", "plugin:mallory")
    with connect(server.url) as http:
        chat = Chat(http, "booking")
        for _ in range(2):
            turn = chat.ask("A table for four, please", PATIENCE)
            assert turn.reply is None and "error" in turn.statuses
            assert ".lua" not in repr(turn.events)
    check_log(server, "nlp.generate", complaint)
