"""How agents use canned responses, first words and streams, with a scripted model."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from chat import Chat, connect
from runtime import TEST_AGENTS, Runtime
from scripted_openai import ScriptedOpenAI

NO_MATCH = "Not sure I understand. Could you please say that another way?"
NOTHING_APPLIES = {"applies": []}
NO_FIELDS = {"trouble": None}


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI() as model:
        model.add(schema="guideline_matches", contains="balance?", reply={"applies": [{"number": 1, "reason": "asked"}]})
        model.add(schema="guideline_matches", reply=NOTHING_APPLIES)
        yield model


@pytest.fixture
def server(start, model) -> Runtime:
    return start(
        TEST_AGENTS / "canned", "--nlp", "openai", "--model", "scripted",
        environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test"})


@pytest.fixture
def talk_to(server: Runtime) -> Iterator[Callable[[str], Chat]]:
    with connect(server.url) as http:
        yield lambda agent: Chat(http, agent)


def replies(model: ScriptedOpenAI) -> list[dict]:
    return [request.body for request in model.requests if request.schema == "reply"]


def number_of(body: dict, text: str) -> int:
    """The number under which the model was shown a canned response."""
    prompt = body["messages"][-1]["content"]
    [line] = [line for line in prompt.splitlines() if line.endswith(f". {text}")]
    return int(line.split(".")[0])


def messages(turn) -> list[dict]:
    return [event for event in turn.events if event["kind"] == "message"]


def test_specs(binary):
    run = subprocess.run([binary, "test", str(TEST_AGENTS / "canned")], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1] == "9 passed, 0 failed"


def test_strict_says_a_template_and_never_the_draft(model, talk_to):
    chat = talk_to("strict")
    model.reply(
        {"message": "Hi!", "canned_response": 9, "match": "high", "follow_up": None, "fields": NO_FIELDS},
        for_schema="reply")
    assert chat.ask("Hello").reply == NO_MATCH
    [asked] = replies(model)
    greeting = number_of(asked, "Hello Guest, this is Stella.")
    model.reply(
        {"message": "Hi!", "canned_response": greeting, "match": "partial", "follow_up": None, "fields": NO_FIELDS},
        for_schema="reply")

    [message] = messages(chat.ask("Hello"))

    assert message["data"]["message"] == "Hello Guest, this is Stella."
    assert message["data"]["draft"] == "Hi!"
    assert message["data"]["canned_responses"] == [["strict-greeting", "Hello Guest, this is Stella."]]


def test_strict_lets_the_model_fill_in_a_field(model, talk_to):
    chat = talk_to("strict")
    model.reply(
        {"message": "", "canned_response": None, "match": "none", "follow_up": None, "fields": NO_FIELDS},
        for_schema="reply")
    assert chat.ask("My parcel is late").reply == NO_MATCH
    apology = number_of(replies(model)[0], "I am sorry about {{generative.trouble}}.")

    def answer(trouble):
        model.reply(
            {"message": "Sorry", "canned_response": apology, "match": "high", "follow_up": None,
             "fields": {"trouble": trouble}}, for_schema="reply")
        return messages(chat.ask("My parcel is late"))[-1]

    good = answer("the late parcel")
    assert good["data"]["message"] == "I am sorry about the late parcel."
    assert good["metadata"] == {"tone": "warm"}
    assert answer("{{std.customer.name}}")["data"]["message"] == NO_MATCH


def test_a_tool_makes_its_response_a_candidate_and_a_follow_up_is_a_second_message(model, talk_to):
    chat = talk_to("strict")
    model.add(schema="tool_calls", times=1, reply={"calls": [{"tool": "canned:get_balance", "arguments": {}}]})
    model.add(schema="tool_calls", reply={"calls": []})
    model.reply(
        {"message": "100", "canned_response": 1, "match": "high", "follow_up": 2, "fields": NO_FIELDS},
        for_schema="reply")

    turn = chat.ask("What is my balance?")

    assert turn.messages == ["Your account holds 100 right now.", "Your current balance is $100.00."]
    assert [call["tool_id"] for call in turn.tool_calls] == ["canned:get_balance"]


def test_composited_writes_in_the_style_of_the_candidates(model, talk_to):
    chat = talk_to("composited")
    model.reply({"message": "Hello you."}, for_schema="reply")

    [message] = messages(chat.ask("Hello"))

    assert message["data"]["message"] == "Hello you."
    [asked] = replies(model)
    assert "style of the canned responses" in asked["messages"][0]["content"]
    assert "Hello Guest, this is Cora." in asked["messages"][-1]["content"]


def test_fluid_uses_a_response_where_one_says_the_same(model, talk_to):
    chat = talk_to("fluid")
    model.reply({"message": "Hey!\n\nWhat is up?", "canned_response": None, "fields": NO_FIELDS}, for_schema="reply")
    assert chat.ask("Hello").messages == ["Hey!", "What is up?"]
    greeting = number_of(replies(model)[0], "Hello Guest, this is Flo.")
    model.reply({"message": "Hey!", "canned_response": greeting, "fields": NO_FIELDS}, for_schema="reply")
    assert chat.ask("Hello").reply == "Hello Guest, this is Flo."


def test_first_words_come_before_a_slow_reply_and_are_marked(model, talk_to):
    chat = talk_to("patient")
    model.add(schema="preamble", reply={"message": "Let me look."})
    model.add(schema="reply", delay=3, reply={"message": "Here it is."})

    turn = chat.ask("Where is my order?")

    first, reply = messages(turn)
    assert first["data"]["message"] == "Let me look."
    assert first["data"]["tags"] == ["__preamble__"]
    assert reply["data"]["message"] == "Here it is."
    assert "tags" not in reply["data"]
    assert turn.events.index(first) < turn.events.index(reply)


def test_a_cancelled_turn_takes_its_first_words_with_it(model, talk_to):
    chat = talk_to("patient")
    model.add(schema="preamble", contains="two", reply={"message": ""})
    model.add(schema="preamble", delay=1.5, reply={"message": "Let me look."})
    model.add(schema="reply", contains="two", delay=1, reply={"message": "Both."})
    model.add(schema="reply", hang=True)
    first = chat.say("one")
    second = chat.say("two")

    turn = chat.turn(second)

    assert turn.messages == ["Both."]
    assert chat.turn(first).messages == []
    assert chat.turn(first).statuses[-2:] == ["cancelled", "ready"]


def test_a_voice_says_canned_first_words_at_once(model, talk_to):
    chat = talk_to("voice")
    model.add(schema="reply", delay=1, reply={"message": "Yes."})

    turn = chat.ask("Are you open?")

    assert turn.messages == ["Let me see, Guest.", "Yes."]
    assert "preamble" not in [request.schema for request in model.requests]


def test_a_stream_grows_with_the_pieces_of_the_model(model, talk_to):
    chat = talk_to("stream")
    pieces = ["Your", " order", " is", " on its way."]
    model.add(stream=True, pieces=pieces, pause=0.3)
    trace = chat.say("Where is my order?")
    seen = []
    while not seen or seen[-1]["data"]["chunks"][-1] is not None:
        seen += chat.poll(0, 5, kinds="message", source="ai_agent")
        time.sleep(0.05)

    chat.turn(trace)
    [message] = chat.events(kinds="message", source="ai_agent")

    assert message["data"]["chunks"] == [*pieces, None]
    assert message["data"]["message"] == "".join(pieces)
    assert seen[0]["data"]["chunks"] in [pieces[:count] for count in range(1, 4)], "seen before it was complete"
    assert all(event["id"] == message["id"] for event in seen)


def test_a_stream_that_breaks_off_keeps_what_was_said_and_ends_in_an_error(model, talk_to):
    chat = talk_to("stream")
    model.add(stream=True, pieces=["Your", " order"], broken=True, times=1)
    model.add(stream=True, reply="It is here.")

    turn = chat.ask("Where is my order?")

    # Read anew: whoever polls may have seen the message before it was complete.
    [message] = chat.events(kinds="message", source="ai_agent")
    assert message["data"]["chunks"] == ["Your", " order", None]
    assert turn.statuses[-2:] == ["error", "ready"]
    chat.ask("And now?")
    assert chat.events(kinds="message", source="ai_agent")[-1]["data"]["message"] == "It is here."
