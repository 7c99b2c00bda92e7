"""What Parlant's client creates acts in the next turn: agents, guidelines and canned responses without a script."""

from __future__ import annotations

import httpx
import pytest
from parlant.client import ParlantClient

from runtime import TEST_AGENTS


@pytest.fixture
def url(start):
    return start(TEST_AGENTS / "booking").url


@pytest.fixture
def client(url):
    return ParlantClient(base_url=url)


def ask(client, agent, text):
    """The reply, and the ids of the guidelines that applied."""
    session = client.sessions.create(agent_id=agent.id)
    posted = client.sessions.create_event(session.id, kind="message", source="customer", message=text)
    offset, reply = posted.offset + 1, None
    while True:
        for event in client.sessions.list_events(session.id, min_offset=offset, wait_for_data=20):
            offset = event.offset + 1
            if event.kind == "message" and event.source == "ai_agent":
                reply = (session.id, event.id, event.data["message"])
            details = event.data.get("data") if event.kind == "status" else None
            if isinstance(details, dict) and details.get("stage") == "completed":
                return reply, [guideline["id"] for guideline in details["matched_guidelines"]]


def test_an_agent_that_was_created_over_rest_follows_its_guidelines(client, url):
    agent = client.agents.create(name="Ann", description="Knows the car park.")
    other = client.agents.create(name="Ben", description="Knows nothing.")
    guideline = client.guidelines.create(
        condition="The customer asks about parking", action="Tell where to park", tags=[f"agent:{agent.id}"])
    client.canned_responses.create(value="The parking is behind the house.", fields=[], tags=[f"agent:{agent.id}"])

    (session, event, text), applied = ask(client, agent, "Where is the parking?")
    assert text == "The parking is behind the house."
    assert applied == [guideline.id]
    [explained] = httpx.get(f"{url}/sessions/{session}/events/{event}/explain").raise_for_status().json()["guidelines"]
    assert (explained["id"], explained["outcome"]) == (guideline.id, "applied")

    (_, _, text), applied = ask(client, other, "Where is the parking?")
    assert text != "The parking is behind the house." and applied == []

    client.guidelines.update(guideline.id, enabled=False)
    assert ask(client, agent, "Where is the parking?")[1] == []
