"""`chat --url` and `status`: commands that speak to a server that runs already, in another process."""

from __future__ import annotations

import os
import subprocess

import pytest

from runtime import REPOSITORY

TOKEN = "0123456789abcdef-remote"


def run(binary, *arguments, text="", token=None):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLANT_")}
    if token:
        environment["PARLANT_API_TOKEN"] = token
    return subprocess.run(
        [binary, *map(str, arguments)], input=text, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
def guarded(start):
    return start(REPOSITORY / "agents", environment={"PARLANT_API_TOKEN": TOKEN})


def test_a_conversation_with_a_server_in_another_process(examples, binary):
    chat = run(
        binary, "chat", "--url", examples.url, "--agent", "workshop",
        text="What are your opening hours?\n:why\n:new\n:quit\n")

    assert chat.returncode == 0, chat.stderr
    assert chat.stdout.splitlines()[0].startswith("talking to Spoke")
    assert "Spoke: We are open from 8 to 18, Tuesday to Saturday.\n" in chat.stdout
    assert "  guidelines: 1 of " in chat.stdout and "    applied   " in chat.stdout
    assert "  reply, " in chat.stdout and "  no model was called\n" in chat.stdout
    assert "a new conversation with Spoke" in chat.stdout


def test_tools_are_explained_as_they_ran_on_the_server(examples, binary):
    chat = run(
        binary, "chat", "--url", f"{examples.url}/", "--agent", "support", text="Where is my order 1001?\n:why\n")

    assert chat.returncode == 0, chat.stderr
    assert "Sam: Order 1001 is on its way." in chat.stdout
    assert 'tool support:get_order_status({"order_id":"1001"})' in chat.stdout
    assert all(len(line) <= 80 for line in chat.stdout.splitlines() if line.startswith("  "))


def test_a_conversation_that_a_person_took_over_says_so(examples, binary):
    chat = run(
        binary, "chat", "--url", examples.url, "--agent", "support",
        text="I want to talk to a human\nHello?\n")

    assert chat.returncode == 0, chat.stderr
    assert "nobody answers: the session is in manual mode, as after a hand-over to a human" in chat.stdout


def test_several_agents_need_a_choice_and_a_wrong_one_is_named(examples, binary):
    unclear = run(binary, "chat", "--url", examples.url)
    assert (unclear.returncode, unclear.stdout) == (1, "")
    assert unclear.stderr == "choose an agent with --agent: bank, support, workshop\n"
    wrong = run(binary, "chat", "--url", examples.url, "--agent", "bnak")
    assert wrong.returncode == 1
    assert "there is no agent 'bnak' (did you mean 'bank'?)" in wrong.stderr


def test_no_server_is_said_with_what_to_look_at(binary):
    chat = run(binary, "chat", "--url", "http://127.0.0.1:1", "--agent", "bank")

    assert chat.returncode == 1
    assert "http://127.0.0.1:1: " in chat.stderr and "is the server running?" in chat.stderr


def test_the_token_of_the_environment_is_sent_and_never_shown(guarded, binary):
    refused = run(binary, "chat", "--url", guarded.url, "--agent", "workshop", text="Hello\n")
    assert refused.returncode == 1
    assert "the server answered 401 This server wants a token" in refused.stderr

    chat = run(
        binary, "chat", "--url", guarded.url, "--agent", "workshop", text="What are your opening hours?\n",
        token=TOKEN)
    assert chat.returncode == 0, chat.stderr
    assert "Spoke: We are open" in chat.stdout
    assert TOKEN not in chat.stdout + chat.stderr


def test_status_has_details_with_the_token_and_the_exit_code_without_it(guarded, binary):
    short = run(binary, "status", "--url", guarded.url)
    assert (short.returncode, short.stdout) == (
        0, "healthy\nscripts: healthy; for more, set PARLANT_API_TOKEN to the server's token\n")

    whole = run(binary, "status", "--url", guarded.url, token=TOKEN)
    assert whole.returncode == 0
    assert "agent workshop: generation 1" in whole.stdout.splitlines()
