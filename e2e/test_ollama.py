"""The example plugin `plugins/ollama` as the language model, against a scripted Ollama server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from chat import Chat, connect
from runtime import REPOSITORY, TEST_AGENTS, Runtime
from scripted_ollama import ScriptedOllama

BOOKS = {"applies": [{"number": 1, "reason": "they want a table"}]}
NOTHING_APPLIES = {"applies": []}
CALL = {"calls": [{"tool": "booking:book_table", "arguments": {"guests": 4, "day": "2026-12-24"}}]}


@pytest.fixture
def ollama() -> Iterator[ScriptedOllama]:
    ollama = ScriptedOllama()
    yield ollama
    ollama.close()


@pytest.fixture
def server(start: Callable[..., Runtime], ollama: ScriptedOllama) -> Runtime:
    return start(
        TEST_AGENTS / "booking", "--plugins", REPOSITORY / "plugins", "--nlp", "plugin:ollama",
        "--allow-http", ollama.host, environment={"PARLANT_OLLAMA_BASE_URL": f"http://{ollama.host}"})


@pytest.fixture
def chat(server: Runtime) -> Iterator[Chat]:
    with connect(server.url) as http:
        yield Chat(http, "booking")


def test_the_start_up_print_names_the_plugin(server):
    server.wait_until_listening()

    assert "language model: plugin ollama" in server.out


def test_a_whole_turn_is_written_by_the_model(ollama, chat):
    for answer in [BOOKS, CALL, {"message": "Your table for four is booked."}]:
        ollama.reply(answer)

    turn = chat.ask("A table for four on Christmas Eve, please")

    assert turn.reply == "Your table for four is booked."
    assert turn.matched == ["book"]
    assert turn.tool_calls[0]["result"]["data"] == {"booked": True, "guests": 4, "day": "2026-12-24"}
    for path, body in ollama.requests:
        assert path == "/api/generate"
        assert body["model"] == "llama3.1:8b"
        assert body["format"]["type"] == "object"
        assert body["stream"] is False
        assert body["options"]["num_predict"] > 0
        assert "A table for four on Christmas Eve, please" in body["prompt"]


def test_an_answer_that_does_not_fit_is_asked_for_again_with_the_reason(ollama, chat):
    for answer in [NOTHING_APPLIES, "I would say hello!", {"message": "Hello!"}]:
        ollama.reply(answer)

    assert chat.ask("Hi").reply == "Hello!"
    assert "the answer is not JSON" in ollama.requests[-1][1]["prompt"]


def test_a_busy_server_is_asked_again_after_the_time_that_it_names(ollama, chat):
    ollama.fail(503, "loading the model", **{"retry-after": "1"})
    ollama.reply(NOTHING_APPLIES)
    ollama.reply({"message": "Here I am."})

    assert chat.ask("Hi").reply == "Here I am."
    assert len(ollama.requests) == 3


def test_a_server_that_keeps_failing_fails_the_turn_with_the_reason(ollama, chat):
    for _ in range(3):
        ollama.fail(500, "out of memory")

    turn = chat.ask("Hi")

    assert turn.reply is None
    assert "error" in turn.statuses
    [error] = [event["data"]["data"] for event in turn.events if event["data"].get("status") == "error"]
    assert error["exception"] == "plugin ollama failed: Ollama replied 500: out of memory"
    assert len(ollama.requests) == 3


def test_a_new_message_takes_the_question_back(ollama, chat):
    ollama.hang()
    chat.say("Hi")
    while not ollama.requests:
        pass
    ollama.reply(NOTHING_APPLIES)
    ollama.reply({"message": "To both: hello."})

    turn = chat.ask("Anybody there?")

    assert turn.reply == "To both: hello."
    assert ollama.given_up.wait(10)


def test_a_plugin_that_is_not_there_keeps_the_server_from_starting(start):
    for name, sentence in [
        ("olama", "there is no plugin 'olama' (did you mean 'ollama'?)"),
        ("location", "the plugin 'location' has no language model; give it an 'nlp', or choose another plugin"),
    ]:
        runtime = start(
            TEST_AGENTS / "booking", "--plugins", REPOSITORY / "plugins", "--nlp", f"plugin:{name}")
        assert runtime.process.wait(20) == 1
        runtime.wait_for_log(sentence)
