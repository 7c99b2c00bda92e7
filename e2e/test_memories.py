"""An agent that remembers: two sessions, a correction, forgetting, erasure and a restart, with the real binary and a
scripted model.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from chat import Chat, connect
from runtime import Runtime
from scripted_openai import ScriptedOpenAI
from test_privacy import files_with

AGENT = """
local parlant = require "parlant"

local forget = parlant.tool {
  name = "forget",
  description = "Forgets all.",
  run = function(ctx)
    for _, memory in ipairs(ctx.memories:search(nil, 50)) do
      ctx.memories:forget(memory.id)
    end
    return "done"
  end,
}

local agent = parlant.agent {
  name = "Nora",
  description = "Plans meals.",
  memory = { remember = true, recall = true },
}

agent:guideline {
  id = "forget", action = "Forget all", tools = { forget },
  matcher = function(ctx) return ctx.interaction.last_customer_message:find("Forget", 1, true) ~= nil end,
}

return agent
"""
NOTES = "Notes from earlier conversations"
MARKER = "Qx7Peanuts7xQ"


def change(operation: str, content: str = "", note: int | None = None) -> dict:
    return {"operation": operation, "note": note, "said_in": 1, "kind": "fact", "content": content, "entities": [],
            "when": None, "importance": 9, "sentiment": 0}


def noted(prompt: str) -> dict:
    """What the model notes: that the customer is allergic, or lives somewhere."""
    said = prompt.partition("# New part of the conversation")[2]
    note = re.search(r"^(\d+)\. fact, [\d-]+: The customer lives", prompt, re.MULTILINE)
    changes = []
    if place := re.search(r"I live in (\w+)", said):
        text = f"The customer lives in {place[1]}."
        changes.append(change("replace", text, int(note[1])) if note else change("add", text))
    if MARKER in said:
        changes.append(change("add", f"The customer is allergic to {MARKER}."))
    return {"changes": changes}


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI() as model:
        model.add(schema="memories", answer=noted)
        model.add(schema="tool_calls", reply={"calls": [{"tool": "nora:forget", "arguments": {}}]})
        model.add(schema="reply", reply={"message": "Good."})
        yield model


@pytest.fixture
def serve(start, model, tmp_path) -> Callable[..., Runtime]:
    """Starts the agent, on a file that stays."""
    agents = tmp_path / "agents"
    agents.mkdir()
    (agents / "nora.lua").write_text(AGENT)

    def serve(pause: float = 0.2, **memory) -> Runtime:
        file = tmp_path / "parlant.json"
        file.write_text(json.dumps({"memory": {"pause": pause, **memory}}))
        return start(
            agents, "--nlp", "openai", "--model", "m", "--config", file, "--store", f"sqlite:{tmp_path}/store.db",
            environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test"})

    return serve


def customer(http: httpx.Client, id: str) -> None:
    assert http.post("/customers", json={"id": id, "name": id.title()}).status_code == 201


def asked(model: ScriptedOpenAI, schema: str) -> list[str]:
    """The prompts of one kind."""
    return [
        "\n".join(message["content"] for message in request.body["messages"])
        for request in model.requests if request.schema == schema]


def wait_until_read(server: Runtime, after: int) -> None:
    server.wait_for_log("a conversation was read for what to remember", after=after)


def test_what_one_session_says_is_known_in_the_next_corrected_and_forgotten(serve, model, tmp_path):
    server = serve()
    with connect(server.url) as http:
        customer(http, "ann")
        customer(http, "bob")
        lines = len(server.err)
        assert Chat(http, "nora", "ann").ask(f"I live in Berlin and {MARKER} make me ill").reply == "Good."
        wait_until_read(server, lines)
        assert NOTES not in asked(model, "reply")[0]

        second = Chat(http, "nora", "ann")
        lines = len(server.err)
        turn = second.ask("Where should I eat? By the way, I live in Paris now")
        prompt = asked(model, "reply")[-1]
        assert "The customer lives in Berlin." in prompt and f"allergic to {MARKER}" in prompt
        message = next(event for event in turn.events if event["kind"] == "message")
        record = http.get(f"/sessions/{second.id}/events/{message['id']}/explain").json()
        assert len(record["memories"]) == 2 and all(item["score"] > 0 for item in record["memories"])
        wait_until_read(server, lines)

        third = Chat(http, "nora", "ann")
        third.ask("Where do I live?")
        prompt = asked(model, "reply")[-1]
        assert "The customer lives in Paris." in prompt and "Berlin" not in prompt

        # Nobody else is told, and a session that does not want to be told is not.
        Chat(http, "nora", "bob").ask("Where do I live?")
        assert NOTES not in asked(model, "reply")[-1]
        Chat(http, "nora", "ann", metadata={"memory": {"recall": False}}).ask("Where do I live?")
        assert NOTES not in asked(model, "reply")[-1]

        third.ask("Forget it")
        Chat(http, "nora", "ann").ask("Where do I live?")
        assert NOTES not in asked(model, "reply")[-1]


def test_guests_are_not_remembered_and_sessions_that_change_hands_take_nothing_along(serve, model):
    server = serve()
    with connect(server.url) as http:
        customer(http, "ann")
        chat = Chat(http, "nora")
        chat.ask("I live in Berlin")
        assert http.patch(f"/sessions/{chat.id}", json={"customer_id": "ann"}).status_code == 200
        other = Chat(http, "nora", "ann")
        lines = len(server.err)
        other.ask("I live in Rome")
        wait_until_read(server, lines)
        assert [("Berlin" in prompt, "Rome" in prompt) for prompt in asked(model, "memories")] == [(False, True)]


def test_what_is_not_read_when_the_server_stops_is_read_after_the_next_start(serve, model):
    server = serve(pause=600)
    with connect(server.url) as http:
        customer(http, "ann")
        Chat(http, "nora", "ann").ask("I live in Berlin")
    assert server.stop() == 0
    assert asked(model, "memories") == []
    server = serve()
    wait_until_read(server, 0)
    with connect(server.url) as http:
        Chat(http, "nora", "ann").ask("Where do I live?")
    assert "The customer lives in Berlin." in asked(model, "reply")[-1]


def test_what_is_not_read_when_the_server_is_killed_is_read_after_the_next_start(serve, model):
    server = serve(pause=600)
    with connect(server.url) as http:
        customer(http, "ann")
        Chat(http, "nora", "ann").ask("I live in Berlin")
    time.sleep(0.2)
    server.process.kill()
    server.wait()
    server = serve()
    wait_until_read(server, 0)


def test_export_has_the_memories_and_erasure_leaves_none(serve, model, tmp_path):
    server = serve()
    with connect(server.url) as http:
        customer(http, "ann")
        lines = len(server.err)
        Chat(http, "nora", "ann").ask(f"{MARKER} make me ill")
        wait_until_read(server, lines)
        assert files_with(f"allergic to {MARKER}", tmp_path)
        assert http.post("/customers/ann/erase").status_code == 200
        customer(http, "ann")
        Chat(http, "nora", "ann").ask("What may I eat?")
        assert NOTES not in asked(model, "reply")[-1]
        assert http.post("/customers/ann/erase").status_code == 200
    assert server.stop() == 0
    assert files_with(MARKER, tmp_path) == []
