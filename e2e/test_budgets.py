"""What language models may cost: the real server with limits, a scripted model that counts, and Parlant's own client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from parlant.client import ParlantClient

from chat import Chat, connect
from runtime import TEST_AGENTS, Runtime
from scripted_openai import ScriptedOpenAI
from test_parlant_client import ask

SORRY = "We are closed for today."
TOKENS = {"prompt_tokens": 100, "completion_tokens": 20}
PRICES = {"big": {"input": 1000, "output": 5000}, "small": {"input": 100, "output": 500}}


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI() as model:
        model.add(schema="guideline_matches", reply={"applies": []}, usage=TOKENS)
        model.add(schema="reply", reply={"message": "Fish today."}, usage=TOKENS)
        yield model


@pytest.fixture
def serve(start, model, tmp_path) -> Callable[..., Runtime]:
    """Starts the booking agent with budgets; small questions go to a smaller model."""

    def serve(budgets: dict, *arguments: str) -> Runtime:
        file = tmp_path / "parlant.json"
        file.write_text(json.dumps({"budgets": budgets}))
        return start(
            TEST_AGENTS / "booking", "--nlp", "openai", "--model", "big", "--small-model", "small", "--config", file,
            *arguments,
            environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test"})

    return serve


def usage(http: httpx.Client, path: str) -> dict:
    answer = http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def counted(model: ScriptedOpenAI) -> dict:
    """What the model's server saw."""
    calls = len(model.requests)
    return {"calls": calls, "input_tokens": 100 * calls, "output_tokens": 20 * calls}


def test_parlants_client_reads_the_message_of_a_session_at_its_limit_and_another_session_goes_on(serve, model):
    server = serve({"session": {"hard": {"calls": 2}}, "message": SORRY})
    with httpx.Client(timeout=30) as transport:
        client = ParlantClient(base_url=server.url, httpx_client=transport)
        session = client.sessions.create(agent_id="booking").id
        assert ask(client, session, "What is on the menu?") == "Fish today."
        assert ask(client, session, "And tomorrow?") == SORRY
        other = client.sessions.create(agent_id="booking").id
        assert ask(client, other, "What is on the menu?") == "Fish today."
    assert len(model.requests) == 4


def test_usage_is_what_the_model_counted(serve, model):
    server = serve({"customer": {"hard": {"money": 5}}, "day": {"soft": {"calls": 100}}, "prices": PRICES})
    with connect(server.url) as http:
        customer = http.post("/customers", json={"name": "Ann"}).json()["id"]
        chat = Chat(http, "booking", customer)
        chat.ask("What is on the menu?")
        chat.ask("And tomorrow?")
        own = counted(model)
        # Each turn asks the small model what applies, and the big one what to say.
        assert [request.body["model"] for request in model.requests] == ["small", "big"] * 2
        cost = 2 * ((100 * 100 + 20 * 500) + (100 * 1000 + 20 * 5000)) / 1_000_000
        assert own["calls"] == 4
        for path in [f"/sessions/{chat.id}/usage", f"/customers/{customer}/usage", "/usage"]:
            told = usage(http, path)
            assert {name: told[name] for name in own} == own
            assert told["money"] == pytest.approx(cost)
        assert usage(http, f"/customers/{customer}/usage")["remaining"]["hard"]["money"] == pytest.approx(5 - cost)
        assert usage(http, "/usage")["remaining"]["soft"]["calls"] == 96
        Chat(http, "booking").ask("What is on the menu?")
        assert usage(http, f"/sessions/{chat.id}/usage")["calls"] == 4
        assert usage(http, "/usage")["calls"] == 6
        http.delete(f"/sessions/{chat.id}")
        assert http.get(f"/sessions/{chat.id}/usage").status_code == 404
        assert usage(http, "/usage")["calls"] == 6


def test_a_call_that_fails_is_counted_with_its_retries(serve, model):
    server = serve({"session": {"hard": {"calls": 100}}})
    model.server.script.replace([{"schema": "guideline_matches", "status": 503}], False)
    with connect(server.url) as http:
        chat = Chat(http, "booking")
        assert "error" in chat.ask("What is on the menu?").statuses
        told = usage(http, f"/sessions/{chat.id}/usage")
    assert told["calls"] == len(model.requests) > 1
    assert told["remaining"]["hard"]["calls"] == 100 - len(model.requests)


def test_beyond_a_soft_limit_the_small_model_writes_and_the_explanation_says_why(serve, model):
    server = serve({"session": {"soft": {"tokens": 240}}})
    with connect(server.url) as http:
        chat = Chat(http, "booking")
        chat.ask("What is on the menu?")
        turn = chat.ask("And tomorrow?")
        assert turn.reply == "Fish today."
        assert [request.body["model"] for request in model.requests] == ["small", "big", "small", "small"]
        message = next(event for event in turn.events if event["kind"] == "message")
        record = usage(http, f"/sessions/{chat.id}/events/{message['id']}/explain")
    decided = {(one["step"], one["effect"], one["scope"], one["measure"]) for one in record["budgets"]}
    assert decided == {
        ("matching", "smaller_model", "session", "tokens"), ("message", "smaller_model", "session", "tokens")}


def test_the_day_stops_everybody_until_it_is_over(serve, model):
    server = serve({"day": {"hard": {"tokens": 200}}, "message": SORRY})
    with connect(server.url) as http:
        assert Chat(http, "booking").ask("What is on the menu?").reply == "Fish today."
        stopped = Chat(http, "booking").ask("What is on the menu?")
        assert stopped.messages == [SORRY]
        assert stopped.statuses[-1] == "ready" and "error" not in stopped.statuses
        assert usage(http, "/usage")["remaining"]["hard"]["tokens"] == 0
    assert len(model.requests) == 2


def test_the_day_goes_on_after_a_restart_with_a_store_on_disk(serve, model, tmp_path):
    budgets = {"day": {"hard": {"calls": 2}}, "message": SORRY}
    store = ["--store", f"sqlite:{tmp_path / 'parlant.db'}"]
    first = serve(budgets, *store)
    with connect(first.url) as http:
        assert Chat(http, "booking").ask("What is on the menu?").reply == "Fish today."
        before = usage(http, "/usage")
    first.stop()
    with connect(serve(budgets, *store).url) as http:
        assert usage(http, "/usage") == before
        assert Chat(http, "booking").ask("What is on the menu?").reply == SORRY
    assert len(model.requests) == 2


def test_a_model_without_a_price_is_named_at_the_start_when_money_is_limited(serve):
    server = serve({"day": {"hard": {"money": 1}}, "prices": {"big": PRICES["big"]}})
    server.wait_until_listening()
    line = server.wait_for_log("this model has no price")
    assert "small" in line and "big" not in line


def test_a_mistake_in_the_budgets_keeps_the_server_from_starting(serve):
    server = serve({"dai": {"hard": {"money": 1}}})
    assert server.wait() != 0
    assert "budgets: unknown member 'dai' (did you mean 'day'?)" in "\n".join(server.err)
