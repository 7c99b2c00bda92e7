"""The openai provider against a scripted endpoint: exact conversations, and everything that goes wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest

from chat import Chat, connect, is_completed
from runtime import TEST_AGENTS, Runtime
from scripted_openai import ScriptedOpenAI

KEY = "sk-test-0123456789-very-secret"

BOOKS = {"applies": [{"number": 1, "reason": "they want a table"}]}
NOTHING_APPLIES = {"applies": []}


def call(guests: int | None, day: str | None) -> dict:
    return {"calls": [{"tool": "booking:book_table", "arguments": {"guests": guests, "day": day}}]}


def says(text: str) -> dict:
    return {"message": text}


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI() as model:
        yield model


@pytest.fixture
def server(start, model) -> Runtime:
    """The booking agent with the scripted model, logging all there is to log."""
    return start(
        TEST_AGENTS / "booking", "--nlp", "openai", "--model", "scripted", "--log-level", "trace",
        environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY})


@pytest.fixture
def chat(server: Runtime) -> Iterator[Chat]:
    with connect(server.url) as http:
        yield Chat(http, "booking")


@pytest.fixture
def scripted(model: ScriptedOpenAI) -> Callable[..., None]:
    """Queues whole answers, in the order in which the server will ask."""

    def scripted(*answers: dict) -> None:
        for answer in answers:
            model.reply(answer)

    return scripted


def test_the_start_up_print_names_the_model_and_not_the_key(server):
    server.wait_until_listening()

    [line] = [line for line in server.out if line.startswith("language model:")]
    assert "scripted" in line
    assert KEY not in line


def test_a_match_leads_to_a_tool_call_with_arguments_and_to_a_reply(model, chat, scripted):
    scripted(BOOKS, call(4, "2026-12-24"), says("Your table for four is booked for Christmas Eve."))

    turn = chat.ask("A table for four on Christmas Eve, please")

    assert turn.reply == "Your table for four is booked for Christmas Eve."
    assert turn.matched == ["book"]
    [tool_call] = turn.tool_calls
    assert tool_call["tool_id"] == "booking:book_table"
    assert tool_call["arguments"] == {"guests": 4, "day": "2026-12-24"}
    assert tool_call["result"]["data"] == {"booked": True, "guests": 4, "day": "2026-12-24"}
    assert [request.schema for request in model.requests] == [
        "guideline_matches", "tool_calls", "reply"]


def test_the_model_is_asked_about_this_conversation(model, chat, scripted):
    scripted(BOOKS, call(4, "2026-12-24"), says("Done."))

    chat.ask("A table for four on Christmas Eve, please")

    matching, calling, replying = model.requests
    for request in model.requests:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.body["model"] == "scripted"
        assert request.body["response_format"]["json_schema"]["strict"] is True
        assert "A table for four on Christmas Eve, please" in json.dumps(request.body["messages"])
    assert "The customer wants to book a table" in json.dumps(matching.body["messages"])
    assert "book_table" in json.dumps(calling.body["messages"])
    assert '\\"booked\\":true' in json.dumps(replying.body["messages"]).replace('\\\\"', '\\"').replace(": ", ":")


def test_nothing_matches_and_the_model_answers_all_the_same(model, chat, scripted):
    scripted(NOTHING_APPLIES, says("I only book tables."))

    turn = chat.ask("What is the capital of Peru?")

    assert turn.reply == "I only book tables."
    assert turn.matched == []
    assert turn.tool_calls == []


def test_a_missing_argument_is_asked_for(model, chat, scripted):
    scripted(BOOKS, call(4, None), says("For which day?"))

    turn = chat.ask("A table for four, please")

    assert turn.reply == "For which day?"
    assert turn.tool_calls == []
    assert "day" in json.dumps(model.requests[-1].body["messages"])


def test_an_argument_beyond_its_limit_never_reaches_the_tool(model, chat, scripted):
    scripted(BOOKS, call(40, "2026-12-24"), says("At most twelve guests, I am afraid."))

    turn = chat.ask("A table for forty on Christmas Eve")

    assert turn.reply == "At most twelve guests, I am afraid."
    assert turn.tool_calls == []
    assert "12" in json.dumps(model.requests[-1].body["messages"])


def test_too_many_requests_are_waited_out(model, chat, scripted):
    model.fail(429, headers={"retry-after": "1"})
    scripted(NOTHING_APPLIES, says("Here I am again."))

    started = time.monotonic()
    turn = chat.ask("Hello")

    assert turn.reply == "Here I am again."
    assert time.monotonic() - started >= 1
    assert len(model.requests) == 3


def test_one_failure_of_the_endpoint_is_not_noticed(model, chat, scripted):
    model.fail(503)
    scripted(NOTHING_APPLIES, says("All is well."))

    assert chat.ask("Hello").reply == "All is well."


def test_an_endpoint_that_keeps_failing_ends_the_turn_with_an_error_and_ready(model, chat, scripted):
    model.fail(500, times=3)

    turn = chat.ask("Hello")

    assert turn.messages == []
    assert turn.statuses[-2:] == ["error", "ready"]
    [error] = [event for event in turn.events if event["data"].get("status") == "error"]
    assert error["data"]["data"]["exception"]
    assert "Traceback" not in error["data"]["data"]["exception"]
    scripted(NOTHING_APPLIES, says("Better now."))
    assert chat.ask("And now?").reply == "Better now."


@pytest.mark.parametrize(
    "broken",
    ['{"applies": [', "I would say that nothing applies.", '{"applies": "none"}', "{}", ""],
)
def test_an_answer_that_does_not_fit_is_asked_for_again(model, chat, scripted, broken):
    model.reply(broken)
    scripted(NOTHING_APPLIES, says("Good."))

    assert chat.ask("Hello").reply == "Good."
    assert [request.schema for request in model.requests] == ["guideline_matches", "guideline_matches", "reply"]


def test_json_in_a_code_block_is_understood(model, chat, scripted):
    model.reply('```json\n{"applies": []}\n```')
    scripted(says("Good."))

    assert chat.ask("Hello").reply == "Good."


def test_answers_that_never_fit_end_the_turn_with_an_error_and_ready(model, chat):
    for _ in range(3):
        model.reply("no JSON")

    turn = chat.ask("Hello")

    assert turn.messages == []
    assert turn.statuses[-2:] == ["error", "ready"]


def test_a_wrong_key_is_explained_without_showing_it(model, chat, server):
    model.fail(401, body={"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}})

    turn = chat.ask("Hello")

    assert turn.statuses[-2:] == ["error", "ready"]
    assert len(model.requests) == 1
    assert KEY not in json.dumps(chat.events())
    [error] = [event for event in turn.events if event["data"].get("status") == "error"]
    assert "OPENAI_API_KEY" in error["data"]["data"]["exception"]


def test_the_key_is_never_logged(model, chat, server, scripted):
    scripted(BOOKS, call(4, "2026-12-24"), says("Done."))
    chat.ask("A table for four on Christmas Eve, please")
    model.fail(401, body={"error": {"message": f"Incorrect API key provided: {KEY}"}})
    chat.ask("And another one")
    model.fail(500, times=3, body={"error": {"message": f"{KEY} broke"}})
    chat.ask("And a third one")

    assert server.stop() == 0
    assert server.err
    assert not any(KEY in line for line in server.out + server.err)


def test_a_connection_that_breaks_in_mid_answer_is_tried_again(model, chat, scripted):
    model.reply(NOTHING_APPLIES, broken=True)
    scripted(NOTHING_APPLIES, says("All is well."))

    assert chat.ask("Hello").reply == "All is well."


def test_a_refusal_of_the_model_ends_the_turn_with_an_error_and_ready(model, chat):
    model.add(refusal="I cannot help with that", times=1)

    turn = chat.ask("Hello")

    assert turn.messages == []
    assert turn.statuses[-2:] == ["error", "ready"]


def test_a_new_message_cancels_the_turn_that_waits_for_the_model(model, chat):
    model.reply(NOTHING_APPLIES, contains="and two")
    model.reply(says("One and two."), contains="and two")
    model.add(hang=True)
    first = chat.say("One")
    chat.poll(0, kinds="status", trace_id=first)

    second = chat.ask("and two")

    assert second.reply == "One and two."
    cancelled = chat.turn(first)
    assert cancelled.messages == []
    assert cancelled.statuses[-2:] == ["cancelled", "ready"]
    assert [event["offset"] for event in chat.events()] == list(range(len(chat.events())))


def test_a_model_that_hangs_delays_no_other_session(model, chat):
    model.add(hang=True, contains="Take your time")
    model.reply(NOTHING_APPLIES)
    model.reply(says("Right away."))
    chat.say("Take your time")
    other = Chat(chat.http, "booking")

    assert other.ask("Quick question").reply == "Right away."
    assert not any(is_completed(event) for event in chat.events())


def test_openai_s_own_service_wants_a_key(start):
    runtime = start(TEST_AGENTS / "booking", "--nlp", "openai", "--model", "x")

    assert runtime.wait() == 1
    assert "OPENAI_API_KEY" in runtime.err[-1]
