"""What the example agents answer with the offline provider: customer messages and the replies they deserve."""

from __future__ import annotations

import pytest

from chat import Chat, connect
from runtime import REPOSITORY

GREETING = "Hello, this is Sam. What can I do for you?"
GOODBYE = "You are welcome. Have a nice day!"
HOURS = "We are here from 9 to 17, Monday to Friday."
DELIVERY = "Delivery takes three to five working days and costs 4.90."
EXPRESS = "For you, Alice, express delivery is free: tomorrow!"
RETURNS = "You can send anything back within 30 days. The label is in your parcel, and the refund takes a week."
DAMAGED = "I am sorry about that. Keep the product, we will send a new one at our expense."
PAYMENT = "You can pay by card, PayPal or invoice."
WHICH_ORDER = "I can look that up. What is your order number?"
HUMAN = "I am bringing in a colleague. They will answer you right here."
ROBOT = "I am an automated assistant. Ask for a human at any time, and one takes over."
CANCEL = "The confirmation of your order has a link that cancels it; it works until we have packed."
UNCLEAR = "Not sure I understand. Could you please say that another way?"


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("Hello", GREETING),
        ("hi there!", GREETING),
        ("Good morning", GREETING),
        ("Hey Sam", GREETING),
        ("Thank you so much", GOODBYE),
        ("thanks, bye", GOODBYE),
        ("What are your opening hours?", HOURS),
        ("when do you open", HOURS),
        ("Are you open on Saturday?", HOURS),
        ("How long does delivery take?", DELIVERY),
        ("How much is shipping?", DELIVERY),
        ("do you ship for free", DELIVERY),
        ("I want to return these shoes", RETURNS),
        ("How do I get a refund?", RETURNS),
        ("it doesn't fit, can I send it back?", RETURNS),
        ("I'd like my money back", RETURNS),
        ("The vase arrived broken", DAMAGED),
        ("You sent me the wrong size", DAMAGED),
        ("my lamp is defective!!", DAMAGED),
        ("the screen is cracked", DAMAGED),
        ("Hi, I want a refund please", RETURNS),
        ("I want to cancel my order", CANCEL),
        ("are you a robot?", ROBOT),
        ("Can I pay with PayPal?", PAYMENT),
        ("Which payment methods do you accept?", PAYMENT),
        ("do you take credit cards", PAYMENT),
        ("Where is my order 1001?", "Order 1001 is on its way."),
        ("Has order A-113 been shipped yet?", "Order A-113 is delivered."),
        ("where's my order number 1002", "Order 1002 is packed."),
        ("What about order #1001, where is it?", "Order 1001 is on its way."),
        ("Hello, where is my order 1001?", "Order 1001 is on its way."),
        ("Can you track my package?", WHICH_ORDER),
        ("my parcel hasn't arrived", WHICH_ORDER),
        ("Where is my order?", WHICH_ORDER),
        (
            "Where is my order 4711?",
            "I cannot find an order 4711. Could you check the number on your confirmation?",
        ),
        (
            "Where is my order 500?",
            "I could not do that: our order system has a problem, please try again in a few minutes.",
        ),
        (
            "Where is my order 200?",
            "I could not do that: our order system has a problem, please try again in a few minutes.",
        ),
        ("Where do I live?", "Your location on file: Unknown location."),
        ("What address do you have for me?", "Your location on file: Unknown location."),
        ("I want to talk to a human", HUMAN),
        ("Can I speak to a real person please", HUMAN),
        ("This is ridiculous, I want to complain!", HUMAN),
        ("connect me with an agent", HUMAN),
        ("human please", HUMAN),
        ("Do you like jazz?", UNCLEAR),
        ("What is the capital of Peru?", UNCLEAR),
        ("asdf", UNCLEAR),
        ("🙂", UNCLEAR),
    ],
)
def test_the_support_agent_gives_a_guest_a_sensible_answer(http, message, reply):
    assert Chat(http, "support").ask(message).reply == reply


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("How long does delivery take?", EXPRESS),
        ("Is shipping free?", EXPRESS),
        ("When are you open?", HOURS),
        ("Do you know where I am?", "Your location on file: USA."),
    ],
)
def test_the_support_agent_knows_that_alice_is_a_vip(http, message, reply):
    assert Chat(http, "support", "alice").ask(message).reply == reply


def test_the_support_agent_asks_for_the_order_number_and_uses_the_answer(http):
    chat = Chat(http, "support")

    assert chat.ask("Where is my order?").reply == WHICH_ORDER
    assert chat.ask("1001").reply == "Order 1001 is on its way."


def test_the_support_agent_finds_the_order_number_in_a_sentence(http):
    chat = Chat(http, "support")

    assert chat.ask("Where is my order?").reply == WHICH_ORDER
    assert chat.ask("hm, I think it is 1001").reply == "Order 1001 is on its way."


def test_the_support_agent_explains_what_an_order_number_looks_like(http):
    chat = Chat(http, "support")

    assert chat.ask("Where is my order?").reply == WHICH_ORDER
    assert chat.ask("the blue one").reply == "I cannot use that value: an order number looks like 1001 or A-113."
    assert chat.ask("A-113").reply == "Order A-113 is delivered."


def test_the_support_agent_asks_again_when_an_order_is_unknown(http):
    chat = Chat(http, "support")

    assert "cannot find an order 4711" in chat.ask("Where is my order 4711?").reply
    assert chat.ask("Sorry, where is my order 1002?").reply == "Order 1002 is packed."


def test_the_support_agent_drops_a_question_when_the_customer_changes_the_subject(http):
    chat = Chat(http, "support")

    assert chat.ask("Where is my order?").reply == WHICH_ORDER
    assert chat.ask("Never mind. When are you open?").reply == HOURS


def test_the_support_agent_does_not_let_an_order_number_into_other_urls(http, orders):
    reply = Chat(http, "support").ask("Where is my order number 1/../../admin?").reply

    assert reply != "Order 1 is on its way."
    assert not any("admin" in path for path in orders.requests)


def test_the_support_agent_says_that_orders_cannot_be_reached(start):
    runtime = start(REPOSITORY / "agents", environment={"PARLANT_SUPPORT_ORDERS_URL": "http://127.0.0.1:1"})
    with connect(runtime.url) as http:
        reply = Chat(http, "support").ask("Where is my order 1001?").reply

    assert reply == "I could not do that: our order system does not answer, please try again in a few minutes."
    runtime.wait_for_log("orders cannot be reached")


def test_a_hand_off_is_visible_to_colleagues(http):
    chat = Chat(http, "support")

    assert chat.ask("Let me speak to a real person").reply == HUMAN

    session = chat.read()
    assert session["mode"] == "manual"
    assert session["labels"] == ["handoff"]


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("When are you open?", "We are open from 8 to 18, Tuesday to Saturday."),
        ("What are your opening hours?", "We are open from 8 to 18, Tuesday to Saturday."),
        ("Are you open on Monday?", "We are open from 8 to 18, Tuesday to Saturday."),
        ("Do you sell helmets?", UNCLEAR),
    ],
)
def test_the_ten_line_agent_knows_its_opening_hours(http, message, reply):
    assert Chat(http, "workshop").ask(message).reply == reply
