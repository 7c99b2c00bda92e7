"""A real, small language model behind each dialect that its server speaks. It is slow and often wrong, so only shapes are
asserted."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chat import Chat, Turn, connect
from llm_server import ALIAS
from runtime import TEST_AGENTS

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """Base URL of the model's server."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("llm_server.py"))],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    watchdog = threading.Timer(90, process.kill)
    watchdog.start()
    lines = (line.split() for line in process.stdout)
    url = next((words[1] for words in lines if words[:1] == ["ready"]), None)
    watchdog.cancel()
    assert url, f"the model's server ended with {process.wait(10)}"
    yield url
    process.terminate()
    process.wait(10)


# llama.cpp's server speaks these two; the address of the second has no version in it.
DIALECTS = {"llama.cpp": ("LLAMA_CPP_BASE_URL", ""), "anthropic": ("ANTHROPIC_BASE_URL", "/v1")}


@pytest.fixture(params=DIALECTS)
def dialect(request) -> str:
    return request.param


@pytest.fixture
def address(dialect, model) -> dict[str, str]:
    variable, suffix = DIALECTS[dialect]
    return {variable: model.removesuffix(suffix) if suffix else model}


@pytest.fixture
def http(start, dialect, address) -> Iterator[httpx.Client]:
    runtime = start(TEST_AGENTS / "booking", "--nlp", dialect, "--model", ALIAS, environment=address)
    with connect(runtime.url) as http:
        yield http


def test_a_real_model_keeps_the_rules_of_providers(binary, dialect, address):
    """Streams and time limits always; schemas where the server enforces them: it does not force Anthropic's tools."""
    check = subprocess.run(
        [binary, "models", "--check", "--nlp", dialect, "--model", ALIAS], env=os.environ | address, capture_output=True,
        text=True, timeout=280)

    print(check.stdout, check.stderr)
    lines = check.stdout.splitlines()
    failed = [line for line in lines if line.startswith("FAIL")]
    if dialect == "llama.cpp":
        assert failed == []
        assert check.returncode == 0
    assert [line for line in lines if "stream" in line and not line.startswith("ok   ")] == []
    assert all("did not write what was asked for" in line for line in failed)
    assert lines[-1] == f"{len(lines) - 1 - len(failed)} passed, {len(failed)} failed"


def test_a_real_model_writes_the_reply(http, dialect):
    turn = Chat(http, "greeter").ask("Hello, who are you?", within=130)

    if dialect == "anthropic":
        return check_end(turn)
    assert turn.statuses == ["acknowledged", "processing", "typing", "ready", "ready"]
    assert turn.reply and turn.reply.strip()
    assert turn.matched == ["greet"]


def test_a_conversation_with_a_real_model_goes_on_after_every_turn(http):
    chat = Chat(http, "greeter")

    check_end(chat.ask("Good morning!", within=130))
    check_end(chat.ask("My name is Ann.", within=130))


def test_a_turn_with_matching_and_tools_ends_whatever_a_real_model_says(http):
    turn = Chat(http, "booking").ask("I would like to book a table for 4 guests on 2026-12-24.", within=250)

    check_end(turn)
    for call in turn.tool_calls:
        assert call["tool_id"] == "booking:book_table"
        assert isinstance(call["arguments"]["guests"], int)


def check_end(turn: Turn) -> None:
    """This model judges no better than chance and may never stop; the turn answers, or says that it failed."""
    assert turn.statuses[0] == "acknowledged"
    assert turn.statuses[-1] == "ready"
    if "error" in turn.statuses:
        assert turn.messages == []
    else:
        assert turn.reply.strip()
