"""Journeys with the real server and without a model: the travel counter, turn by turn."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from chat import Chat, Turn, connect
from runtime import TEST_AGENTS

TRAVEL = TEST_AGENTS / "travel"


def journeys(turn: Turn) -> list[str]:
    return [journey["id"] for journey in turn.events[-1]["data"]["data"]["matched_journeys"]]


def states(turn: Turn) -> list[str]:
    return [state["id"] for state in turn.events[-1]["data"]["data"]["matched_journey_states"]]


@pytest.fixture
def agents(tmp_path: Path) -> Path:
    shutil.copytree(TRAVEL, tmp_path / "agents")
    return tmp_path / "agents"


def rewrite(file: Path, old: str, new: str) -> None:
    """Writes as an editor does: beside, then over the old one."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(file.read_text().replace(old, new))
    os.replace(beside, file)


def test_the_tests_of_the_travel_counter_pass_and_go_most_of_its_ways(binary):
    test = subprocess.run([binary, "test", str(TRAVEL)], capture_output=True, text=True, timeout=120)

    assert test.returncode == 0, test.stdout + test.stderr
    assert test.stdout.splitlines()[-1].endswith(" passed, 0 failed")
    # The ways of the nested journey and of the one around it are counted apart.
    assert "the way from 'who' to 'ask_city' was never taken" not in test.stdout
    assert "the way from 'check_name' to 'END' was never taken" not in test.stdout


def test_a_trip_is_booked_in_words_alone(start):
    with connect(start(TRAVEL).url) as http:
        chat = Chat(http, "travel")
        turn = chat.ask("I want to book a trip")
        assert turn.reply == "May I have your name?"
        assert journeys(turn) == ["book_trip", "identify"]
        assert states(turn) == ["journey_state:identify:ask_name"]

        assert chat.ask("Ann").reply == "Is that spelled correctly?"
        turn = chat.ask("Yes")
        assert turn.reply == "Where would you like to go: Rome, Paris or Oslo?"
        assert journeys(turn) == ["book_trip"]

        chat.ask("Rome")
        turn = chat.ask("In May")
        assert turn.reply == "Seat 12A to Rome in May is free. Shall I reserve it?"
        [call] = turn.tool_calls
        assert (call["tool_id"], call["arguments"]) == ("travel:find_seats", {"city": "Rome", "month": "May"})
        assert states(turn) == ["journey_state:book_trip:offer"]

        turn = chat.ask("Yes please")
        assert turn.reply == "Rome in May is booked, number T1."
        assert chat.read()["labels"] == ["sales", "booked"]
        assert journeys(chat.ask("Thank you")) == []


def test_a_full_train_leads_to_another_city_and_the_session_is_labelled_by_a_state(start):
    with connect(start(TRAVEL).url) as http:
        chat = Chat(http, "travel")
        for text in ["I want to book a trip", "Ann", "Yes", "Oslo"]:
            chat.ask(text)
        turn = chat.ask("In June")
        assert turn.reply == "That train is full. Which other city would you like?"
        assert "disappointed" in chat.read()["labels"]
        assert chat.ask("Rome").reply == "Seat 12A to Rome in June is free. Shall I reserve it?"


def test_sessions_are_in_journeys_of_their_own(start):
    with connect(start(TRAVEL).url) as http:
        one, other = Chat(http, "travel"), Chat(http, "travel")
        one.ask("I want to book a trip")
        one.ask("Ann")
        other.ask("I want to book a trip")
        assert one.ask("Yes").reply.startswith("Where would you like to go")
        assert other.ask("Bob").reply == "Is that spelled correctly?"


def test_a_session_keeps_its_place_over_a_reload(start, agents):
    runtime = start(agents)
    with connect(runtime.url) as http:
        chat = Chat(http, "travel")
        for text in ["I want to book a trip", "Ann", "Yes"]:
            chat.ask(text)
        rewrite(agents / "travel.lua", "In which month: May", "Which month, then: May")
        runtime.wait_for_log("travel: generation 2")
        assert chat.ask("Rome").reply == "Which month, then: May, June or July?"


def test_a_state_that_a_reload_takes_away_sends_the_journey_to_its_start_with_a_line_in_the_log(start, agents):
    runtime = start(agents)
    with connect(runtime.url) as http:
        chat = Chat(http, "travel")
        for text in ["I want to book a trip", "Ann", "Yes"]:
            chat.ask(text)
        rewrite(agents / "travel.lua", "ask_city", "ask_town")
        runtime.wait_for_log("travel: generation 2")
        assert chat.ask("Rome").reply == "May I have your name?"
        runtime.wait_for_log("journey 'book_trip' has no state 'ask_city' any more; it begins anew")
