"""A conversation over plain HTTP, as a client has it: post a message, then long-poll for what comes."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx


def connect(url: str) -> httpx.Client:
    """A client for one server. No call takes longer than 30 seconds."""
    return httpx.Client(base_url=url, timeout=30)


@dataclass
class Turn:
    """All events of one turn of the agent, in order; the last one is `ready` with the stage `completed`."""

    events: list[dict]

    @property
    def messages(self) -> list[str]:
        return [event["data"]["message"] for event in self.events if event["kind"] == "message"]

    @property
    def reply(self) -> str | None:
        return self.messages[-1] if self.messages else None

    @property
    def statuses(self) -> list[str]:
        return [event["data"]["status"] for event in self.events if event["kind"] == "status"]

    @property
    def tool_calls(self) -> list[dict]:
        return [call for event in self.events if event["kind"] == "tool" for call in event["data"]["tool_calls"]]

    @property
    def matched(self) -> list[str]:
        return [guideline["id"] for guideline in self.events[-1]["data"]["data"]["matched_guidelines"]]


def is_completed(event: dict) -> bool:
    """Whether this event is the last one of a turn."""
    data = event["data"]
    return (
        event["kind"] == "status" and data["status"] == "ready" and data.get("data", {}).get("stage") == "completed"
    )


class Chat:
    """One session with an agent."""

    def __init__(self, http: httpx.Client, agent: str, customer: str | None = None, **fields):
        self.http = http
        answer = http.post("/sessions", json={"agent_id": agent, "customer_id": customer, **fields})
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["id"]

    def say(self, text: str) -> str:
        """Posts a customer message and returns its trace."""
        answer = self.http.post(
            f"/sessions/{self.id}/events", json={"kind": "message", "source": "customer", "message": text})
        assert answer.status_code == 201, answer.text
        return answer.json()["trace_id"]

    def events(self, **query) -> list[dict]:
        """What is there now."""
        answer = self.http.get(f"/sessions/{self.id}/events", params={"wait_for_data": 0, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def poll(self, offset: int, wait: int = 10, **query) -> list[dict]:
        """What comes from an offset on; empty when nothing came in time."""
        answer = self.http.get(
            f"/sessions/{self.id}/events", params={"min_offset": offset, "wait_for_data": wait, **query})
        if answer.status_code == 504:
            return []
        assert answer.status_code == 200, answer.text
        return answer.json()

    def turn(self, trace: str, within: float = 40) -> Turn:
        """The agent's turn with this trace, once it is over."""
        deadline = time.monotonic() + within
        seen: list[dict] = []
        while not seen or not is_completed(seen[-1]):
            left = deadline - time.monotonic()
            assert left > 0, f"the turn did not end within {within} s: {seen}"
            offset = seen[-1]["offset"] + 1 if seen else 0
            seen += self.poll(offset, max(1, min(20, int(left))), trace_id=trace)
        return Turn([event for event in seen if event["source"] != "customer"])

    def ask(self, text: str, within: float = 40) -> Turn:
        """Says something and waits for the turn that answers it."""
        return self.turn(self.say(text), within)

    def read(self) -> dict:
        """The session itself."""
        return self.http.get(f"/sessions/{self.id}").json()
