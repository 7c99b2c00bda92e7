"""What providers do wrong, for every dialect: each turn ends within its time limit, and the next one works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from chat import Chat, connect
from runtime import REPOSITORY, TEST_AGENTS, Runtime
from scripted_provider import ScriptedProvider

KEY = "sk-test-9876543210-very-secret"
LIMIT = 4

# How the server is told to use each dialect, and where it finds the scripted service.
PROVIDERS = {
    "openai": (["--model", "m1", "--small-model", "s1"], "OPENAI_BASE_URL", "OPENAI_API_KEY"),
    "anthropic": (["--model", "m1", "--small-model", "s1"], "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"),
    "ollama": (["--model", "m1", "--small-model", "s1"], "OLLAMA_BASE_URL", "OLLAMA_API_KEY"),
    "plugin:ollama": (["--plugins", str(REPOSITORY / "plugins")], "PARLANT_OLLAMA_BASE_URL", "PARLANT_OLLAMA_KEY"),
}

FAULTS = {
    "429 with retry-after": {"status": 429, "headers": {"retry-after": "1"}},
    "429 that asks for more time than there is": {"status": 429, "headers": {"retry-after": "6"}},
    "429 without retry-after": {"status": 429},
    "500": {"status": 500},
    "broken JSON": {"body": '{"choices": [{"mess'},
    "an answer that is no JSON": {"text": '{"applies": ['},
    "half a reply": {"half": True},
    "a socket that never answers": {"silent": True},
    "a wrong schema": {"text": '{"nothing": "of this"}'},
    "an empty answer": {"text": ""},
}


@dataclass
class Stage:
    provider: ScriptedProvider
    runtime: Runtime
    http: httpx.Client


@pytest.fixture(scope="module", params=PROVIDERS)
def stage(request, binary) -> Iterator[Stage]:
    """A server per dialect: that it goes on serving after each fault is a part of the test."""
    provider = ScriptedProvider()
    options, address, key = PROVIDERS[request.param]
    runtime = Runtime(
        binary, str(TEST_AGENTS / "booking"), "--port", "0", "--nlp", request.param, *options,
        "--model-time-limit", str(LIMIT), "--allow-http", provider.host, "--log-level", "trace",
        environment={address: f"http://{provider.host}", key: KEY})
    runtime.wait_until_listening()
    with connect(runtime.url) as http:
        yield Stage(provider, runtime, http)
    assert runtime.stop() == 0
    assert not any(KEY in line for line in runtime.out + runtime.err)
    provider.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_turn_with_a_faulty_provider_ends_and_the_next_one_works(stage: Stage, fault: str):
    chat = Chat(stage.http, "booking")
    stage.provider.fault = FAULTS[fault]
    started = time.monotonic()

    turn = chat.ask("Hello", within=20)

    # The limit is for one answer of the model; the first one that fails ends the turn.
    assert time.monotonic() - started < LIMIT + 3
    assert turn.statuses[0] == "acknowledged"
    assert turn.statuses[-2:] == ["error", "ready"]
    assert turn.messages == []
    assert KEY not in str(chat.events())
    stage.provider.fault = None
    again = chat.ask("Are you there?", within=20)
    while "more time" in fault and "error" in again.statuses and time.monotonic() - started < 20:
        again = chat.ask("Are you there now?", within=20)
    assert again.statuses[-1] == "ready"
    assert "error" not in again.statuses
    assert again.reply.strip()


def test_a_service_that_is_silent_is_hung_up_on(stage: Stage):
    chat = Chat(stage.http, "booking")
    stage.provider.given_up.clear()
    stage.provider.fault = {"silent": True}

    turn = chat.ask("Hello", within=20)

    stage.provider.fault = None
    assert turn.statuses[-2:] == ["error", "ready"]
    assert stage.provider.given_up.wait(5)


def test_all_sessions_wait_when_one_of_them_is_refused(stage: Stage):
    chats = [Chat(stage.http, "booking") for _ in range(6)]
    stage.provider.moments.clear()
    stage.provider.fault = {"status": 429, "headers": {"retry-after": "3"}, "times": 1}

    # Tests before this one have written the same line.
    logged = len(stage.runtime.err)
    traces = [chats[0].say("Hello")]
    stage.runtime.wait_for_log("wants no requests for 3 s", after=logged)
    traces += [chat.say("Hello") for chat in chats[1:]]

    for chat, trace in zip(chats, traces):
        assert chat.turn(trace, within=30).reply.strip()
    refused, *later = stage.provider.moments
    assert len(later) >= 6
    assert min(later) - refused >= 3


def test_questions_go_to_the_service_of_the_option_with_its_key(stage: Stage, request):
    name = request.node.callspec.params["stage"]
    assert set(stage.provider.dialects) == {name}
    if not name.startswith("plugin"):
        assert all(KEY in key for key in stage.provider.keys)
        assert set(stage.provider.models) <= {"m1", "s1"}
