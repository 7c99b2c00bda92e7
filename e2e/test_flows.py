"""Conversations that somebody else than the customer moves: greetings, guided messages, people, and other agents."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from parlant.client import ParlantClient
from parlant.client.core.api_error import ApiError
from parlant.client.types import AgentMessageGuideline, Participant

from chat import Chat, connect
from runtime import TEST_AGENTS, Runtime
from scripted_openai import ScriptedOpenAI


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI(default=True) as model:
        model.add(contains="Let them know that you are looking", reply={"message": "One moment, I am looking."})
        model.add(contains="Ask whether it worked", reply={"message": "Did it work out?"})
        model.add(schema="reply", reply={"message": "Welcome!"})
        yield model


@pytest.fixture
def server(start, model) -> Runtime:
    return start(
        TEST_AGENTS / "booking", "--nlp", "openai", "--model", "scripted",
        environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test"})


@pytest.fixture
def client(server) -> Iterator[ParlantClient]:
    with httpx.Client(timeout=30) as transport:
        yield ParlantClient(base_url=server.url, httpx_client=transport)


def test_an_agent_begins_the_conversation_when_a_greeting_is_allowed(client):
    session = client.sessions.create(agent_id="greeter", allow_greeting=True)

    [greeting] = client.sessions.list_events(session.id, kinds="message", wait_for_data=10)

    assert (greeting.source, greeting.data["message"]) == ("ai_agent", "Welcome!")
    assert greeting.data["participant"]["display_name"] == "Iris"


def test_an_agent_says_nothing_first_unless_it_is_allowed(client):
    session = client.sessions.create(agent_id="greeter", allow_greeting=False)

    assert client.sessions.list_events(session.id, wait_for_data=0) == []


@pytest.mark.parametrize(
    ("rationale", "action", "message"),
    [
        ("buy_time", "Let them know that you are looking", "One moment, I am looking."),
        ("follow_up", "Ask whether it worked", "Did it work out?"),
    ],
)
@pytest.mark.parametrize("mode", ["auto", "manual"])
def test_an_agent_is_told_what_to_say(client, mode, rationale, action, message):
    session = client.sessions.create(agent_id="greeter")
    client.sessions.update(session.id, mode=mode)

    said = client.sessions.create_event(
        session.id, kind="message", source="ai_agent",
        guidelines=[AgentMessageGuideline(action=action, rationale=rationale)])

    assert (said.kind, said.source, said.data["message"]) == ("message", "ai_agent", message)
    assert said in client.sessions.list_events(session.id, kinds="message", wait_for_data=0)


def test_an_agent_is_not_asked_to_begin_in_a_manual_session(client):
    session = client.sessions.create(agent_id="greeter")
    client.sessions.update(session.id, mode="manual")

    with pytest.raises(ApiError) as refusal:
        client.sessions.create_event(session.id, kind="message", source="ai_agent")

    assert refusal.value.status_code == 409
    assert client.sessions.list_events(session.id, wait_for_data=0) == []


def test_people_speak_in_their_own_name_and_in_the_agent_s(client):
    session = client.sessions.create(agent_id="greeter")

    own = client.sessions.create_event(
        session.id, kind="message", source="human_agent", message="This is Eve.",
        participant=Participant(id="eve", display_name="Eve"))
    agents = client.sessions.create_event(
        session.id, kind="message", source="human_agent_on_behalf_of_ai_agent", message="All is arranged.")

    assert own.data["participant"] == {"id": "eve", "display_name": "Eve"}
    assert agents.data["participant"] == {"id": "greeter", "display_name": "Iris"}
    # Nobody answers a colleague.
    assert client.sessions.list_events(session.id, wait_for_data=0) == [own, agents]


def test_another_agent_takes_over_in_mid_session(http):
    chat = Chat(http, "support")
    first = chat.ask("When are you open?")
    before = chat.events()

    changed = http.patch(f"/sessions/{chat.id}", json={"agent_id": "workshop"})

    assert changed.json()["agent_id"] == "workshop"
    assert "9 to 17" in first.reply
    second = chat.ask("When are you open?")
    assert "8 to 18" in second.reply
    after = chat.events()
    assert after[: len(before)] == before
    speakers = [event["data"]["participant"]["id"] for event in after
                if event["kind"] == "message" and event["source"] == "ai_agent"]
    assert (speakers[0], speakers[-1]) == ("support", "workshop")
