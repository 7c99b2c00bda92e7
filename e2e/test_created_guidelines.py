"""What Parlant's client creates acts in the next turn: agents, guidelines and canned responses without a script."""

from __future__ import annotations

import pytest
from parlant.client import ParlantClient

from runtime import TEST_AGENTS


@pytest.fixture
def client(start):
    return ParlantClient(base_url=start(TEST_AGENTS / "booking").url)


def answer(client, agent, text):
    session = client.sessions.create(agent_id=agent.id)
    posted = client.sessions.create_event(session.id, kind="message", source="customer", message=text)
    offset = posted.offset + 1
    while True:
        events = client.sessions.list_events(session.id, min_offset=offset, wait_for_data=20)
        for event in events:
            if event.kind == "message" and event.source == "ai_agent":
                return event.data["message"]
        offset = events[-1].offset + 1


def test_an_agent_that_was_created_over_rest_follows_its_guidelines(client):
    agent = client.agents.create(name="Ann", description="Knows the car park.")
    other = client.agents.create(name="Ben", description="Knows nothing.")
    guideline = client.guidelines.create(
        condition="The customer asks about parking", action="Tell where to park", tags=[f"agent:{agent.id}"])
    client.canned_responses.create(value="Behind the house.", fields=[], tags=[f"guideline:{guideline.id}"])

    assert answer(client, agent, "Where is the parking?") == "Behind the house."
    assert answer(client, other, "Where is the parking?") != "Behind the house."

    client.guidelines.update(guideline.id, enabled=False)
    assert answer(client, agent, "Where is the parking?") != "Behind the house."
