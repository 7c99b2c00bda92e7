"""The examples of Parlant's manuals on customers and on conversations, in Python with the real client.

Their calls reach the wire as printed: the client passes dictionaries and lists on as they are. One line does not get
that far: `ParlantClient("http://localhost:8800")` is refused by the client itself, which takes the address by name.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from parlant.client import ParlantClient
from parlant.client.core.api_error import ApiError

from chat import is_completed
from runtime import TEST_AGENTS, Runtime


@pytest.fixture
def server(start) -> Runtime:
    return start(TEST_AGENTS / "accounts")


@pytest.fixture
def client(server) -> Iterator[ParlantClient]:
    with httpx.Client(timeout=30) as transport:
        yield ParlantClient(base_url=server.url, httpx_client=transport)


def receive(client: ParlantClient, session: str, offset: int, until, within: float = 15) -> list:
    """The manual's loop: asks for what comes after the last known event, again and again."""
    deadline = time.monotonic() + within
    seen: list = []
    while not (seen and until(seen[-1])):
        assert time.monotonic() < deadline, seen
        try:
            seen += client.sessions.list_events(
                session, min_offset=seen[-1].offset + 1 if seen else offset, wait_for_data=5)
        except ApiError as error:
            assert error.status_code == 504
    return seen


def is_over(event) -> bool:
    return is_completed({"kind": event.kind, "data": event.data})


def replies(client: ParlantClient, session: str, trace: str) -> list[str]:
    events = client.sessions.list_events(session, trace_id=trace, kinds="message", source="ai_agent", wait_for_data=0)
    return [event.data["message"] for event in events]


def say(client: ParlantClient, session: str, text: str):
    return client.sessions.create_event(session, kind="message", source="customer", message=text)


def test_customers_registering_and_updating(client):
    tag = client.tags.create(name="VIP").id
    new_tag = client.tags.create(name="Gold").id
    created = client.customers.create(
        name="Alice",
        metadata={
            "external_id": "12345",
            "location": "USA",
            "hobby": "reading",
        },
        tags=[tag],
    )
    assert (created.metadata["hobby"], created.tags) == ("reading", [tag])

    updated = client.customers.update(
        customer_id=created.id,
        name="Alice Smith",
        metadata={
            "set": {
                "location": "Canada",
            },
            "remove": ["hobby"],
        },
        tags=[new_tag],
    )

    assert updated.name == "Alice Smith"
    assert updated.metadata == {"external_id": "12345", "location": "Canada"}
    assert updated.tags == [new_tag]
    assert client.customers.retrieve(created.id) == updated


def test_customers_custom_ids(client):
    assert client.customers.create(id="usr_12345", name="Alice").id == "usr_12345"


def test_customers_updating_a_session_s_customer(client):
    client.customers.create(id="authenticated_user_123", name="Bob")
    session = client.sessions.create(agent_id="clerk").id
    assert client.sessions.retrieve(session).customer_id == "guest"
    running = say(client, session, "slow: who am I?")
    receive(client, session, 0, lambda event: event.kind == "status" and event.data["data"].get("stage") == "Looking")

    client.sessions.update(session_id=session, customer_id="authenticated_user_123")

    # The turn that runs keeps the customer that it began with.
    receive(client, session, 0, lambda event: event.trace_id == running.trace_id and is_over(event))
    assert replies(client, session, running.trace_id) == ["You are Guest."]
    before = client.sessions.list_events(session, wait_for_data=0)
    # From now on the agent knows who speaks, and what was said before stays as it was.
    following = say(client, session, "And now?")
    receive(client, session, 0, lambda event: event.trace_id == following.trace_id and is_over(event))
    assert replies(client, session, following.trace_id) == ["You are Bob."]
    after = client.sessions.list_events(session, wait_for_data=0)
    assert after[: len(before)] == before
    messages = [event for event in after if event.source == "customer"]
    assert [message.data["participant"]["display_name"] for message in messages] == ["Guest", "Bob"]


def test_conversation_api_the_ways_of_sending_and_receiving(client):
    session = client.sessions.create(agent_id="clerk").id

    # Customer message: the event that is created holds no reply; that comes in time.
    created = say(client, session, "Who am I?")
    assert (created.source, created.data["message"]) == ("customer", "Who am I?")
    events = receive(client, session, created.offset + 1, is_over)
    [reply] = [event for event in events if event.kind == "message"]
    assert (reply.source, reply.correlation_id) == ("ai_agent", created.correlation_id)

    # Human agent message, on behalf of the AI agent: the event is the message as it was written.
    written = client.sessions.create_event(
        session, kind="message", source="human_agent_on_behalf_of_ai_agent", message="One moment, please.")
    assert written.data["message"] == "One moment, please."
    assert written.data["participant"] == {"id": "clerk", "display_name": "Clerk"}

    # AI agent message: the event is a status, with the correlation id of the message to come.
    started = client.sessions.create_event(session, kind="message", source="ai_agent")
    assert started.kind == "status"
    receive(client, session, started.offset, lambda event: event.trace_id == started.trace_id and is_over(event))
    [message] = client.sessions.list_events(
        session, trace_id=started.correlation_id, kinds="message", wait_for_data=0)
    assert message.correlation_id == started.correlation_id

    # Receiving: without anything new the request ends after its time, and is made again.
    last = client.sessions.list_events(session, wait_for_data=0)[-1].offset
    with pytest.raises(ApiError) as nothing:
        client.sessions.list_events(session, min_offset=last + 1, wait_for_data=1)
    assert nothing.value.status_code == 504
