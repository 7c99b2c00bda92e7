"""Which tools run in a turn, with the real binary and a scripted model: once, together, or not at all."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import httpx
import pytest

from chat import Chat, connect
from runtime import TEST_AGENTS, Runtime
from scripted_openai import ScriptedOpenAI

ERRANDS = TEST_AGENTS / "errands"


def transfer(recipient: str, amount: float, again: bool = False) -> dict:
    """A call as a careful answer lists it."""
    arguments = {
        name: {"evidence": str(value), "verdict": "stated", "value": value}
        for name, value in (("recipient", recipient), ("amount", amount))
    }
    return {"tool": "teller:transfer_money", "arguments": arguments, "wanted_again": again}


def careful(*calls: dict) -> dict:
    return {"rationale": "They want it done now.", "outcome": "needs_to_run", "calls": list(calls)}


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI() as model:
        yield model


@pytest.fixture
def http(start, model) -> Iterator[httpx.Client]:
    server: Runtime = start(
        ERRANDS, "--nlp", "openai", "--model", "scripted",
        environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test"})
    with connect(server.url) as http:
        yield http


def applies(model: ScriptedOpenAI) -> None:
    """From now on the first guideline that is asked about applies."""
    model.add(schema="guideline_matches", reply={"applies": [{"number": 1, "reason": "asked"}]})


def asked(model: ScriptedOpenAI) -> list[str]:
    return [request.schema for request in model.requests]


def verdicts(http: httpx.Client, chat: Chat) -> list[tuple]:
    """What the explanation of the newest message says about tools."""
    message = [event for event in chat.events(kinds="message") if event["source"] == "ai_agent"][-1]
    explanation = http.get(f"/sessions/{chat.id}/events/{message['id']}/explain").json()
    return [(verdict["tool_id"], verdict["outcome"]) for verdict in explanation["tool_verdicts"]]


def test_specs(binary):
    run = subprocess.run([binary, "test", str(ERRANDS)], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1] == "12 passed, 0 failed"


def test_a_consequential_tool_that_the_model_calls_twice_runs_once(model, http):
    applies(model)
    model.add(schema="consequential_tool_call", reply=careful(transfer("Tom", 20), transfer(" tom", 20.0)))
    model.add(schema="reply", reply={"message": "Sent.", "canned_response": None})
    chat = Chat(http, "teller")

    turn = chat.ask("Send 20 to Tom")

    [call] = turn.tool_calls
    assert call["arguments"] == {"recipient": "Tom", "amount": 20}
    assert call["result"]["data"] == {"sent": True, "times": 1}
    # The guideline that is judged again after the transfer offers the tool once more: nobody is asked about it.
    assert asked(model) == ["guideline_matches", "consequential_tool_call", "guideline_matches", "reply"]
    assert verdicts(http, chat)[:2] == [
        ("teller:transfer_money", "needs_to_run"), ("teller:transfer_money", "data_already_in_context")]


def test_a_transfer_that_the_customer_was_not_told_of_is_not_made_again(model, http):
    applies(model)
    model.add(schema="consequential_tool_call", reply=careful(transfer("Tom", 20, again=True)))
    model.fail(400, schema="reply")
    chat = Chat(http, "teller")
    failed = chat.ask("Send 20 to Tom")
    assert len(failed.tool_calls) == 1 and failed.reply is None
    model.add(schema="reply", contains="earlier: teller:transfer_money", reply={"message": "It is sent."})

    again = chat.ask("Send 20 to Tom!")

    assert again.reply == "It is sent."
    assert again.tool_calls == []
    assert verdicts(http, chat) == [("teller:transfer_money", "data_already_in_context")]

    once_more = chat.ask("Another 20 to Tom, please")

    assert [call["result"]["data"]["times"] for call in once_more.tool_calls] == [2]


def test_a_message_that_comes_while_money_is_sent_waits_and_nothing_is_sent_twice(model, http):
    applies(model)
    model.add(schema="consequential_tool_call", reply=careful(transfer("Tom", 20)))
    model.add(schema="reply", reply={"message": "Sent.", "canned_response": None})
    chat = Chat(http, "teller")
    first = chat.say("Send 20 to Tom, slowly")
    seen = []
    while not any(event["data"].get("data", {}).get("step") == "transferring" for event in seen):
        seen += chat.poll(seen[-1]["offset"] + 1 if seen else 0, kinds="status")

    second = chat.say("Are you there?")

    sending, answering = chat.turn(first), chat.turn(second)
    assert sending.reply == "Sent." and "cancelled" not in sending.statuses
    assert [call["result"]["data"]["times"] for call in sending.tool_calls] == [1]
    assert answering.reply == "Sent." and answering.tool_calls == []
    assert "ask whether the customer wants it once more" in model.requests[-1].body["messages"][-1]["content"]
    assert verdicts(http, chat) == [("teller:transfer_money", "data_already_in_context")]


def test_a_wish_that_is_not_sure_sends_nothing_and_asks(model, http):
    applies(model)
    call = transfer("Tom", 20)
    call["arguments"]["amount"] |= {"verdict": "known"}
    model.add(schema="consequential_tool_call", reply=careful(call))
    model.add(schema="reply", contains="ask the customer for them\n- amount", reply={"message": "How much?"})
    chat = Chat(http, "teller")

    turn = chat.ask("Send Tom what he asked for")

    assert turn.reply == "How much?"
    assert turn.tool_calls == []
    assert verdicts(http, chat) == [("teller:transfer_money", "cannot_run")]


def test_overlapping_tools_are_judged_together_and_one_of_them_runs(model, http):
    applies(model)
    calls = [
        {"tool": "shop:search_products", "arguments": {"words": "light laptops"}},
        {"tool": "shop:products_of_category", "arguments": {"category": "laptops"}},
    ]
    model.add(schema="tool_calls", reply={"calls": calls})
    model.add(schema="reply", reply={"message": "Here."})

    both = Chat(http, "shop").ask("Show me light laptops")
    assert [call["tool_id"] for call in both.tool_calls] == [
        "shop:products_of_category", "shop:search_products", "shop:stock_of_shop"]

    tools = [{"service_name": "shop", "tool_name": name} for name in ("products_of_category", "search_products")]
    created = http.post(
        "/relationships", json={"kind": "overlap", "source_tool": tools[0], "target_tool": tools[1]})
    assert created.status_code == 201, created.text
    before = len(model.requests)
    chat = Chat(http, "shop")

    one = chat.ask("Show me light laptops")

    assert [call["tool_id"] for call in one.tool_calls] == ["shop:search_products", "shop:stock_of_shop"]
    assert asked(model)[before:] == ["guideline_matches", "tool_calls", "reply"]
    question = model.requests[before + 1].body["messages"][0]["content"]
    assert "- shop:products_of_category, shop:search_products" in question
    assert ("shop:products_of_category", "not_needed") in verdicts(http, chat)
