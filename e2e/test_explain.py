"""The records of turns: complete, down to each call, token and millisecond; and session labels that come with them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from chat import Chat, connect
from runtime import TEST_AGENTS, Runtime
from scripted_openai import Request, ScriptedOpenAI

KEY = "sk-never-to-be-seen"
DELAY = 0.3  # of each answer, so that what lies between the processes is less than 5 % of a turn
NAMES = {1: "The reader looks for a book", 2: "The reader is annoyed", 3: "The reader asks what is new"}

CONVERSATIONS = {
    "library": [
        "Hello", "Where is Momo?", "Where is Missing?", "I am annoyed. What is new?", "I want to become a reader",
        "My name is Ann",
    ],
    "strict": ["Hello", "What is my balance?", "I want a refund", "It is broken"],
    "composited": ["Hello", "What is my balance?"],
    "fluid": ["Hello", "I want to complain"],
    "stream": ["Hello", "And now?"],
    "voice": ["Hello", "What else?"],
}


def verdicts(message: str) -> list[str]:
    """The conditions that hold, by words of the message."""
    words = {
        "Where is": "looks for a book", "annoyed": "is annoyed", "new?": "asks what is new",
        "become a reader": "wants to become a reader", "balance": "asks for the balance", "refund": "wants a refund",
        "complain": "complains",
    }
    return [condition for word, condition in words.items() if word in message]


def numbers(prompt: str, conditions: list[str]) -> list[int]:
    """The numbers under which a model was shown conditions."""
    lines = [line for line in prompt.splitlines() if any(condition in line for condition in conditions)]
    return [int(line.split(".")[0]) for line in lines if line.split(".")[0].isdigit()]


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI(default=True) as model:
        yield model


@pytest.fixture
def server(start, model, tmp_path) -> Runtime:
    for name in ("library", "canned"):
        shutil.copy(TEST_AGENTS / name / f"{name}.lua", tmp_path)
    return start(
        tmp_path, "--nlp", "openai", "--model", "big", "--small-model", "little", "--embedding-model", "vectors",
        environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY})


@pytest.fixture
def talk_to(server: Runtime) -> Iterator[Callable[[str], Chat]]:
    with connect(server.url) as http:
        yield lambda agent: Chat(http, agent)


def prepare(model: ScriptedOpenAI, message: str) -> None:
    """Lets the model judge a message by its words, look books up, and answer."""
    model.server.script.replace([], True)
    model.add(schema="guideline_matches", delay=DELAY, answer=lambda prompt: {
        "applies": [{"number": number, "reason": "by its words"} for number in numbers(prompt, verdicts(message))]})
    title = message.removeprefix("Where is ").rstrip("?")
    calls = [{"tool": "library:find_book", "arguments": {"title": title}}] if message.startswith("Where is") else []
    model.add(schema="tool_calls", delay=DELAY, replies=[{"calls": calls, "known": []}, {"calls": [], "known": []}])
    model.add(schema="reply", delay=DELAY, reply={
        "message": "So it is.", "canned_response": 1, "match": "partial", "follow_up": None,
        "fields": {"trouble": None}})
    model.add(schema="followed_guidelines", delay=DELAY, reply={"followed": [1]})
    model.add(stream=True, pieces=["So", " it", " is."], pause=DELAY / 3)
    model.add(endpoint="embeddings", delay=DELAY)


def explain(chat: Chat, event: dict) -> dict:
    answer = chat.http.get(f"/sessions/{chat.id}/events/{event['id']}/explain")
    assert answer.status_code == 200, answer.text
    assert KEY not in answer.text
    return answer.json()


def check_accounts(record: dict, asked: list[Request], events: list[dict]) -> None:
    """Each number of the record against what the model's server counted itself."""
    totals, calls = record["totals"], record["model_calls"]
    counted = {
        "attempts": len(asked), "input_tokens": sum(request.usage.get("prompt_tokens", 0) for request in asked),
        "output_tokens": sum(request.usage.get("completion_tokens", 0) for request in asked)}
    assert {name: totals[name] for name in counted} == counted
    assert totals["calls"] == len(calls)
    for name in ("calls", "attempts", "input_tokens", "output_tokens"):
        assert sum(step[name] for step in record["steps"]) == totals[name]
        if name != "calls":
            assert sum(call[name] for call in calls) == totals[name]
    # A busy machine takes its time between the two clocks.
    served = sorted(request.ended - request.began for request in asked)
    if len(calls) == len(asked):
        assert sorted(call["milliseconds"] / 1000 for call in calls) == pytest.approx(served, rel=0.05, abs=0.2)
    assert {call["model"] for call in calls if not call["failure"]} <= {"big", "little", "vectors"}
    assert sum(phase["milliseconds"] for phase in record["phases"]) == pytest.approx(totals["milliseconds"], rel=0.05)
    first, last = (datetime.fromisoformat(events[index]["creation_utc"]) for index in (0, -1))
    took = (last - first).total_seconds() * 1000
    assert totals["milliseconds"] == pytest.approx(took, rel=0.05, abs=20)
    assert totals["model_milliseconds"] <= totals["milliseconds"]


@pytest.mark.parametrize("agent", CONVERSATIONS)
def test_every_message_has_a_record_that_accounts_for_everything(model, talk_to, agent):
    chat = talk_to(agent)
    for message in CONVERSATIONS[agent]:
        before = len(model.requests)
        prepare(model, message)
        turn = chat.ask(message)
        messages = [event for event in turn.events if event["kind"] == "message"]
        assert messages, f"nothing was said to {message!r}: {turn.statuses}"
        for event in messages:
            record = explain(chat, event)
            assert record["ending"] == "completed"
            assert [call["tool_id"] for call in record["tool_calls"] if call["outcome"] == "result"] == [
                call["tool_id"] for call in turn.tool_calls]
            applied = {entry["id"] for entry in record["guidelines"] if entry["outcome"] == "applied"}
            assert set(turn.matched) == applied
            check_accounts(record, model.requests[before:], turn.events)


def test_a_record_says_what_became_of_everything(model, talk_to):
    chat = talk_to("library")

    def ask(message):
        prepare(model, message)
        turn = chat.ask(message)
        return turn, explain(chat, turn.events[-1])

    turn, record = ask("Where is Momo?")
    assert turn.reply == "It stands on shelf 7. Happy reading!"
    assert record["composition"] == {
        "mode": "fluid", "draft": "So it is.", "reason": "the model found that response 1 says the same as its draft"}
    outcomes = {entry["id"]: entry["outcome"] for entry in record["guidelines"]}
    assert (outcomes["find"], outcomes["calm"]) == ("applied", "not_matched")
    [call] = record["tool_calls"]
    assert (call["arguments"], call["outcome"]) == ({"title": "Momo"}, "result")
    assert [entry["name"] for entry in record["variables"]] == ["membership"]
    assert {entry["id"]: entry["outcome"] for entry in record["retrievers"]} == {"news": "result", "weather": "failed"}
    assert record["hooks"][-1]["changed_text"]
    assert record["terms"] == ["legal deposit"]
    fates = {entry["id"]: entry["outcome"] for entry in record["canned_responses"]}
    assert fates["fine"] == "unusable"
    assert sum(fate == "too_unlike" for fate in fates.values()) == 41 - 30
    assert {"matching", "tool_calls", "message", "embedding"} == {step["step"] for step in record["steps"]}

    turn, record = ask("Where is Missing?")
    [call] = record["tool_calls"]
    assert (call["outcome"], call["reason"]) == ("failure", "there is no such book")

    turn, record = ask("I am annoyed. What is new?")
    [advertise] = [entry for entry in record["guidelines"] if entry["id"] == "advertise"]
    assert advertise["outcome"] == "dropped" and advertise["rationale"] == "by its words"
    assert "calm" in advertise["reason"]
    [decision] = record["relationships"]
    assert decision["decision"] == "deprioritized" and decision["location"].startswith("agents/library.lua:")

    turn, record = ask("I want to become a reader")
    assert record["journeys"] == [{"id": "join", "state": "ask_name", "ended": False}]


def test_retries_are_counted_as_attempts_of_one_call(model, talk_to):
    chat = talk_to("stream")
    model.fail(500, times=1)
    model.add(stream=True, pieces=["Here."])

    turn = chat.ask("Hello")

    record = explain(chat, turn.events[-1])
    assert (record["totals"]["calls"], record["totals"]["attempts"]) == (1, 2) == (1, len(model.requests))


def test_a_turn_that_a_newer_message_cancelled_has_a_record_of_what_it_had_done(model, talk_to):
    chat = talk_to("strict")
    model.add(schema="guideline_matches", hang=True, times=1)
    model.add(schema="guideline_matches", reply={"applies": []})
    first = chat.say("Hello")
    events: list[dict] = []
    while not model.requests:
        events = chat.poll(0, 1, trace_id=first)
    second = chat.ask("Are you there?")

    turn = chat.turn(first)
    assert turn.statuses[-2:] == ["cancelled", "ready"] and events
    record = explain(chat, turn.events[-1])
    assert record["ending"] == "cancelled" and record["cause"]["double_text"] == "interrupt"
    assert [call["failure"] for call in record["model_calls"]] == ["cancelled"]
    assert {entry["outcome"] for entry in record["guidelines"]} == {"undecided"}
    assert explain(chat, second.events[-1])["cause"]["messages"] == 2


def test_labels_of_what_applied_join_the_labels_of_the_session(model, talk_to):
    chat = talk_to("library")
    assert chat.read()["labels"] == []
    prepare(model, "Where is Momo?")
    chat.ask("Where is Momo?")
    assert chat.read()["labels"] == ["catalogue"]
    prepare(model, "I want to become a reader")
    chat.ask("I want to become a reader")
    assert sorted(chat.read()["labels"]) == ["asked-name", "catalogue", "joining"]
    found = chat.http.get("/sessions", params={"labels": ["joining", "catalogue"]}).json()
    assert [session["id"] for session in found] == [chat.id]
