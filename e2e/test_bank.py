"""The bank example: what it answers with the offline provider, and what REST lists of what it defines."""

from __future__ import annotations

import pytest

from chat import Chat, connect

BALANCE = "Your balance is 12500 EUR."
SAVINGS = "Our savings account pays 2 % a year, and the money stays available."
UPSET = "I am sorry. A colleague takes over right here."
CARD = "Call 116 116 at once, day and night: they block your card."


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("What is my balance?", BALANCE),
        ("how much money do i have", BALANCE),
        ("Do I get interest on my savings?", SAVINGS),
        ("I lost my card!", CARD),
        ("please block my card", CARD),
        ("This is ridiculous, I want to complain", UPSET),
        ("let me talk to a human", UPSET),
    ],
)
def test_the_bank_gives_a_customer_a_sensible_answer(http, message, reply):
    assert Chat(http, "bank", "jane").ask(message).reply == reply


def test_the_bank_stops_when_a_human_takes_over(http):
    chat = Chat(http, "bank", "jane")
    chat.ask("This is ridiculous")

    assert chat.read()["mode"] == "manual"
    assert "handoff" in chat.read()["labels"]


def test_rest_lists_what_the_bank_defines(http):
    def names(path: str, field: str = "name") -> list[str]:
        return [entity[field] for entity in http.get(path, params={"tag_id": "agent:bank"}).json()]

    assert names("/terms") == ["SEPA", "Cutoff"]
    assert names("/context-variables") == ["subscription_plan"]
    assert names("/journeys", "title") == ["Transfer money"]
    drawing = http.get("/journeys/transfer_money/mermaid").text
    assert drawing.startswith("stateDiagram-v2\n")
    assert "The customer says yes" in drawing

    variable = http.get("/context-variables").json()[0]["id"]
    values = http.get(f"/context-variables/{variable}").json()["key_value_pairs"]
    # Conversations of other tests have values of their own by now.
    given = [value["data"] for key, value in values.items() if key == "DEFAULT" or key.startswith("tag:")]
    assert sorted(given) == ["basic", "gold"]

    kinds = {relation["kind"] for relation in http.get("/relationships", params={"guideline_id": "lost_card"}).json()}
    assert "priority" in kinds


def test_rest_refuses_to_change_what_the_bank_defines_and_names_the_file(http):
    for path in ["/journeys/transfer_money", "/guidelines/lost_card"]:
        answer = http.delete(path)
        assert answer.status_code == 409
        assert "agents/bank/" in answer.text
    relation = http.get("/relationships", params={"guideline_id": "lost_card"}).json()[0]["id"]
    assert "agents/bank/init.lua:" in http.delete(f"/relationships/{relation}").text


PLANS = """
local parlant = require "parlant"
local vip = parlant.tag "VIP"
local jane = parlant.customer { id = "jane", name = "Jane", tags = { vip } }
local tom = parlant.customer { id = "tom", name = "Tom", tags = { vip } }
local agent = parlant.agent { name = "Plans", description = "Knows the plan." }
agent:variable { name = "plan" }:set_default("basic"):set_for(vip, "gold"):set_for(tom, "black")
agent:guideline {
  id = "plan",
  condition = "The customer asks about their plan",
  action = "Name the plan",
  matcher = parlant.match_always,
  canned_responses = { "You have the {{plan}} plan." },
  canned_response_fields = function(ctx) return { plan = ctx.variables.plan } end,
}
return { agent, jane, tom }
"""


def test_a_handler_reads_the_value_of_the_customer_before_the_tags_before_everybodys(start, tmp_path):
    (tmp_path / "plans.lua").write_text(PLANS)
    runtime = start(tmp_path)

    with connect(runtime.url) as http:
        def plan(customer: str | None) -> str | None:
            return Chat(http, "plans", customer).ask("Which plan do I have?").reply

        assert plan(None) == "You have the basic plan."
        assert plan("jane") == "You have the gold plan."
        assert plan("tom") == "You have the black plan."
