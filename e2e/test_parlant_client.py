"""Parlant's own Python client, unmodified, against the real server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from parlant.client import ParlantClient
from parlant.client.core.api_error import ApiError
from parlant.client.types import (
    CustomerMetadataUpdateParams,
    CustomerTagUpdateParams,
    Event,
    SessionMetadataUpdateParams,
)

from runtime import Runtime

Converse = Callable[..., str | None]


@pytest.fixture
def client(examples: Runtime) -> Iterator[ParlantClient]:
    with httpx.Client(timeout=30) as transport:
        yield ParlantClient(base_url=examples.url, httpx_client=transport)


@pytest.fixture
def vip(client: ParlantClient) -> str:
    """The id of the tag that the support agent declares."""
    return next(tag.id for tag in client.tags.list() if tag.name == "VIP")


def is_over(event: Event) -> bool:
    return event.kind == "status" and event.data["status"] == "ready" and event.data["data"].get("stage") == "completed"


def wait_for_turn(client: ParlantClient, session: str, after: Event, within: float = 40) -> list[Event]:
    """Long-polls in a loop, as a front end does, until the turn that answers a message is over."""
    deadline = time.monotonic() + within
    seen: list[Event] = []
    while not any(event.trace_id == after.trace_id and is_over(event) for event in seen):
        assert time.monotonic() < deadline, f"no end of the turn: {seen}"
        try:
            offset = seen[-1].offset + 1 if seen else after.offset + 1
            seen += client.sessions.list_events(session, min_offset=offset, wait_for_data=5)
        except ApiError as error:
            assert error.status_code == 504, error
    return seen


def say(client: ParlantClient, session: str, text: str) -> Event:
    return client.sessions.create_event(session, kind="message", source="customer", message=text)


def ask(client: ParlantClient, session: str, text: str) -> str | None:
    """Says something and returns the agent's last message in the turn that answers it."""
    events = wait_for_turn(client, session, say(client, session, text))
    replies = [event.data["message"] for event in events if event.kind == "message" and event.source == "ai_agent"]
    return replies[-1] if replies else None


def open_session(client: ParlantClient, customer: str | None = None) -> str:
    return client.sessions.create(agent_id="support", customer_id=customer).id


# Agents, customers, tags


def test_the_example_agents_are_listed(client):
    agents = {agent.id: agent for agent in client.agents.list()}

    assert agents["workshop"].name == "Spoke"
    assert agents["support"].name == "Sam"
    assert client.agents.retrieve("support").composition_mode == "composited_canned"


def test_a_customer_needs_a_name_only(client):
    customer = client.customers.create(name="Alice")

    assert (customer.name, customer.metadata, customer.tags) == ("Alice", {}, [])
    assert client.customers.retrieve(customer.id) == customer


def test_a_customer_can_have_an_id_of_another_system(client):
    customer = client.customers.create(id="usr_12345", name="Alice")

    assert customer.id == "usr_12345"
    assert client.customers.retrieve("usr_12345").name == "Alice"


def test_a_taken_id_is_refused_and_changes_nothing(client):
    client.customers.create(id="usr_taken", name="First")

    with pytest.raises(ApiError) as refusal:
        client.customers.create(id="usr_taken", name="Second")

    assert refusal.value.status_code == 409
    assert client.customers.retrieve("usr_taken").name == "First"


def test_a_customer_is_created_with_metadata_and_tags(client):
    tag = client.tags.create(name="newsletter")
    metadata = {"external_id": "12345", "location": "USA", "hobby": "reading"}

    customer = client.customers.create(name="Alice", metadata=metadata, tags=[tag.id])

    assert customer.metadata == metadata
    assert customer.tags == [tag.id]


def test_an_update_in_the_client_s_spelling_changes_what_is_given(client):
    old, new = client.tags.create(name="trial"), client.tags.create(name="paying")
    customer = client.customers.create(
        name="Alice", metadata={"location": "USA", "hobby": "reading", "plan": "free"}, tags=[old.id])

    updated = client.customers.update(
        customer.id, name="Alice Smith",
        metadata=CustomerMetadataUpdateParams(set={"location": "Canada"}, unset=["hobby"]),
        tags=CustomerTagUpdateParams(add=[new.id], remove=[old.id]))

    assert updated.name == "Alice Smith"
    assert updated.metadata == {"location": "Canada", "plan": "free"}
    assert updated.tags == [new.id]
    assert client.customers.retrieve(customer.id) == updated


def test_an_update_in_the_manual_s_spelling_does_the_same(client, examples):
    old, new = client.tags.create(name="bronze"), client.tags.create(name="silver")
    customer = client.customers.create(
        name="Alice", metadata={"location": "USA", "hobby": "reading", "plan": "free"}, tags=[old.id])

    answer = httpx.patch(
        f"{examples.url}/customers/{customer.id}", timeout=10,
        json={
            "name": "Alice Smith",
            "metadata": {"set": {"location": "Canada"}, "remove": ["hobby"]},
            "tags": [new.id],
        })

    assert answer.status_code == 200, answer.text
    assert "x-unknown-fields" not in answer.headers
    updated = client.customers.retrieve(customer.id)
    assert updated.name == "Alice Smith"
    assert updated.metadata == {"location": "Canada", "plan": "free"}
    assert updated.tags == [new.id]


def test_metadata_that_is_no_text_and_what_is_new_of_customers_do_not_trouble_the_client(client, examples):
    answer = httpx.post(f"{examples.url}/users", timeout=10, json={
        "name": "Julep's", "about": "Tall.", "metadata": {"n": 3, "deep": {"a": [None]}, "no": None, "text": "3"}})
    id = answer.json()["id"]
    texts = {"n": "3", "deep": '{"a":[null]}', "no": "null", "text": "3"}

    customer = next(customer for customer in client.customers.list() if customer.id == id)
    assert customer.metadata == texts
    assert customer.about == "Tall."
    updated = client.customers.update(id, metadata=CustomerMetadataUpdateParams(set={"n": "4"}))
    assert updated.metadata == texts | {"n": "4"}
    assert client.customers.retrieve(id) == updated
    stored = httpx.get(f"{examples.url}/users/{id}", timeout=10).json()["metadata"]
    assert stored == {"n": "4", "deep": {"a": [None]}, "no": None, "text": "3"}


def test_the_guest_is_always_there_and_comes_first(client):
    assert client.customers.list()[0].id == "guest"


# Conversations


def test_two_quick_messages_are_answered_until_ready(client):
    session = open_session(client)

    say(client, session, "Hello")
    second = say(client, session, "When are you open?")
    wait_for_turn(client, session, second)

    events = client.sessions.list_events(session, wait_for_data=0)
    assert [event.offset for event in events] == list(range(len(events)))
    assert events[-1].trace_id == second.trace_id and is_over(events[-1])
    replies = [event for event in events if event.kind == "message" and event.source == "ai_agent"]
    assert "9 to 17" in replies[-1].data["message"]
    assert replies[-1].trace_id == second.trace_id
    assert replies[-1].data["participant"] == {"id": "support", "display_name": "Sam"}
    turns = {event.trace_id for event in events if event.source == "ai_agent"}
    assert turns == {event.trace_id for event in events if is_over(event)}


def test_the_location_tool_names_the_customer_s_location(client):
    customer = client.customers.create(name="Nora", metadata={"location": "Norway"})

    assert ask(client, open_session(client, customer.id), "Where do I live?") == "Your location on file: Norway."


def test_the_guest_gets_the_tool_s_default(client):
    assert ask(client, open_session(client), "Where do I live?") == "Your location on file: Unknown location."


def test_a_tool_call_is_stored_as_an_event(client):
    session = open_session(client, "alice")

    ask(client, session, "Where do I live?")

    [event] = client.sessions.list_events(session, kinds="tool", wait_for_data=0)
    [call] = event.data["tool_calls"]
    assert call["tool_id"].endswith(":get_customer_location")
    assert call["result"]["data"] == "USA"


def test_a_vip_is_treated_as_one(client, vip):
    customer = client.customers.create(name="Vera", tags=[vip])
    question = "How long does delivery take?"

    assert ask(client, open_session(client, customer.id), question) == (
        "For you, Vera, express delivery is free: tomorrow!")
    assert "three to five working days" in ask(client, open_session(client), question)


def test_a_tag_given_in_mid_conversation_counts_in_the_next_turn(client, vip):
    customer = client.customers.create(name="Ulla")
    session = open_session(client, customer.id)
    assert "three to five working days" in ask(client, session, "How long does delivery take?")

    client.customers.update(customer.id, tags=CustomerTagUpdateParams(add=[vip]))

    assert "express delivery is free" in ask(client, session, "How long does delivery take?")


def test_logging_in_during_a_session_changes_the_answer(client):
    customer = client.customers.create(name="Gustav", metadata={"location": "Sweden"})
    session = open_session(client)
    assert "Unknown location" in ask(client, session, "Where do I live?")

    client.sessions.update(session, customer_id=customer.id)

    assert ask(client, session, "Where do I live?") == "Your location on file: Sweden."
    messages = client.sessions.list_events(session, kinds="message", source="customer", wait_for_data=0)
    assert [message.data["participant"]["display_name"] for message in messages] == ["Guest", "Gustav"]


def test_a_hand_off_to_a_human_stops_automatic_answers(client):
    session = open_session(client)
    assert "colleague" in ask(client, session, "Let me speak to a real person")
    handed_over = client.sessions.retrieve(session)
    assert handed_over.mode == "manual"
    assert handed_over.labels == ["handoff"]

    silent = say(client, session, "When are you open?")
    human = client.sessions.create_event(
        session, kind="message", source="human_agent", message="Hi, this is Eve.",
        participant={"display_name": "Eve"})

    assert human.offset == silent.offset + 1
    client.sessions.update(session, mode="auto")
    assert "9 to 17" in ask(client, session, "When are you open?")
    answers = client.sessions.list_events(session, min_offset=silent.offset, source="ai_agent", wait_for_data=0)
    assert silent.trace_id not in {event.trace_id for event in answers}


def test_an_ai_agent_message_starts_a_turn_and_answers_with_its_first_status(client):
    session = open_session(client)
    ask(client, session, "When are you open?")

    started = client.sessions.create_event(session, kind="message", source="ai_agent")

    assert started.kind == "status"
    assert started.data["status"] == "acknowledged"
    assert is_over(wait_for_turn(client, session, started)[-1])


def test_a_session_keeps_title_metadata_and_labels(client):
    session = client.sessions.create(
        agent_id="support", title="First contact", metadata={"channel": "web"}, labels=["new"])

    client.sessions.update(session.id, metadata=SessionMetadataUpdateParams(set={"locale": "fr"}))

    kept = client.sessions.retrieve(session.id)
    assert (kept.title, kept.mode, kept.labels) == ("First contact", "auto", ["new"])
    assert kept.metadata == {"channel": "web", "locale": "fr"}


def test_a_deleted_session_is_gone(client):
    session = open_session(client)

    client.sessions.delete(session)

    with pytest.raises(ApiError) as refusal:
        client.sessions.retrieve(session)
    assert refusal.value.status_code == 404
    assert refusal.value.body == {"detail": f"Session not found (id='{session}')"}
