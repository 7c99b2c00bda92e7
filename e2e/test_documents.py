"""Documents of users in conversations: passages in prompts and tools, with vectors and without, of nobody else, and gone
when they are deleted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from chat import Chat, connect
from scripted_openai import ScriptedOpenAI

AGENT = """
local parlant = require "parlant"

local find = parlant.tool {
  name = "find",
  description = "Finds things in the customer's papers.",
  run = function(ctx)
    local found = ctx.customer:documents("flashing")
    return { titles = #ctx.customer:documents(), text = found[1] and found[1].text or "nothing" }
  end,
}

local agent = parlant.agent { name = "Nora", description = "Knows papers." }

agent:guideline {
  id = "find", action = "Look it up", tools = { find },
  matcher = function(ctx) return ctx.interaction.last_customer_message:find("Look", 1, true) ~= nil end,
}

return agent
"""
PASSAGES = "# Passages of documents"
INVOICE = {
    "title": "Roof invoice", "metadata": {"year": 2025},
    "content": ["The flashing around the chimney was renewed for 262.50.", "The scaffold stood for two days, 340.00."],
}
BOILER = {"title": "Boiler manual", "content": "Code E10 means that the pressure of the boiler is too low."}


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI() as model:
        model.add(endpoint="embeddings")
        model.add(schema="tool_calls", reply={"calls": [{"tool": "nora:find", "arguments": {}}]})
        model.add(schema="reply", reply={"message": "Good."})
        yield model


@pytest.fixture
def serve(start, model, tmp_path):
    agents = tmp_path / "agents"
    agents.mkdir()
    (agents / "nora.lua").write_text(AGENT)

    def serve(*arguments: str):
        return start(
            agents, "--nlp", "openai", "--model", "m", "--store", f"sqlite:{tmp_path}/store.db", *arguments,
            environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test"})

    return serve


def user(http: httpx.Client, name: str, *documents: dict) -> str:
    answer = http.post("/users", json={"name": name, "docs": list(documents)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def prompt(model: ScriptedOpenAI) -> str:
    """The prompt of the newest reply."""
    request = [request for request in model.requests if request.schema == "reply"][-1]
    return "\n".join(message["content"] for message in request.body["messages"])


def explained(http: httpx.Client, chat: Chat, turn) -> dict:
    message = next(event for event in turn.events if event["kind"] == "message")
    return http.get(f"/sessions/{chat.id}/events/{message['id']}/explain").json()


def test_a_reply_is_grounded_in_the_users_own_documents_while_they_are_there(serve, model):
    server = serve()
    with connect(server.url) as http:
        ann, bob = user(http, "Ann", INVOICE, BOILER), user(http, "Bob")
        chat = Chat(http, "nora", ann)
        turn = chat.ask("What did the flashing of the chimney cost?")
        assert PASSAGES in prompt(model) and "262.50" in prompt(model) and "E10" not in prompt(model)
        [passage] = explained(http, chat, turn)["passages"]
        documents = {item["title"]: item["id"] for item in http.get(f"/users/{ann}/docs").json()["items"]}
        assert passage.pop("score") > 0
        assert passage == {
            "document_id": documents["Roof invoice"], "owner": "customer", "title": "Roof invoice", "passage": 1}
        chat.ask("Thanks, have a nice day!")
        assert PASSAGES not in prompt(model)

        for stranger in (bob, None):
            other = Chat(http, "nora", stranger)
            other.ask("What did the flashing of the chimney cost?")
            assert PASSAGES not in prompt(model)
            [call] = other.ask("Look for the flashing").tool_calls
            assert call["result"]["data"] == {"titles": 0, "text": "nothing"}

        [call] = chat.ask("Look for the flashing").tool_calls
        assert call["result"]["data"]["titles"] == 2 and "262.50" in call["result"]["data"]["text"]

        assert http.delete(f"/users/{ann}/docs/{documents['Roof invoice']}").status_code < 300
        again = Chat(http, "nora", ann)
        again.ask("What did the flashing of the chimney cost?")
        assert PASSAGES not in prompt(model)


def test_documents_of_the_agent_are_for_everybody_and_for_its_own_customers_alone(serve, model):
    server = serve()
    with connect(server.url) as http:
        assert http.post("/agents/nora/docs", json=BOILER).status_code == 201
        for customer in (user(http, "Ann"), None):
            Chat(http, "nora", customer).ask("What does E10 mean?")
            assert '"of":"agent"' in prompt(model) and "pressure of the boiler" in prompt(model)


def test_vectors_are_made_once_in_the_background_and_used_from_then_on(serve, model):
    server = serve("--embedding-model", "e")
    with connect(server.url) as http:
        ann = user(http, "Ann", INVOICE, BOILER)
        deadline = time.monotonic() + 30
        while http.get("/usage").json()["calls"] < 1:  # they are made of what is uploaded, before anybody asks
            assert time.monotonic() < deadline
            time.sleep(0.02)
        chat = Chat(http, "nora", ann)
        for _ in range(100):  # the call is counted a moment before its vectors are kept
            record = explained(http, chat, chat.ask("What did the flashing of the chimney cost?"))
            assert record["passages"][0]["title"] == "Roof invoice"
            steps = [call["step"] for call in record["model_calls"]]
            if "embedding" in steps:
                break
        assert steps.count("embedding") == 1
        inputs = [text for request in model.requests if request.path.endswith("/embeddings")
                  for text in request.body["input"]]
        assert sum("pressure of the boiler" in text for text in inputs) == 1
