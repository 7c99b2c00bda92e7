"""How the server starts, what it says when it cannot, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess

import httpx
import pytest

from chat import Chat, connect, is_completed
from runtime import REPOSITORY, TEST_AGENTS


def test_the_start_up_print_names_what_was_loaded(start):
    runtime = start(REPOSITORY / "agents")

    port = runtime.port

    assert port > 0
    text = "\n".join(runtime.out)
    assert re.match(r"parlant-runtime \d+\.\d+\.\d+$", runtime.out[0])
    assert re.search(r"agent support \(Sam\): \d+ guidelines, \d+ tools", text)
    assert re.search(r"agent workshop \(Spoke\): 1 guideline, 0 tools", text)
    assert re.search(r"plugin location 1\.0\.0: 1 tool$", text, re.MULTILINE)
    assert re.search(r"language model: offline", text)
    assert runtime.out[-1] == f"listening on http://127.0.0.1:{port}"


def test_the_server_answers_as_soon_as_it_has_printed_its_address(start):
    runtime = start(REPOSITORY / "agents")

    assert httpx.get(f"{runtime.url}/healthz", timeout=30).json()["status"] == "healthy"


def test_a_server_without_plugins_starts_too(start, tmp_path):
    (tmp_path / "agents").mkdir()
    example = (REPOSITORY / "agents" / "workshop.lua").read_text()
    (tmp_path / "agents" / "workshop.lua").write_text(example)

    runtime = start(tmp_path / "agents")

    with connect(runtime.url) as http:
        reply = Chat(http, "workshop").ask("When are you open?").reply
    assert reply == "We are open from 8 to 18, Tuesday to Saturday."


def test_a_broken_folder_prints_all_problems_with_their_places(start):
    runtime = start(TEST_AGENTS / "broken")

    assert runtime.wait() == 1

    problems = runtime.err
    assert [line for line in runtime.out if "listening" in line] == []
    expected = [
        r"agents/counter\.lua:4: tool \"list_free_days\": missing required field 'description'",
        r"agents/counter\.lua:4: tool \"list_free_days\": unknown field 'descripton' \(did you mean 'description'\?\)",
        r"agents/counter\.lua:4: tool \"list_free_days\": parameter 'weeks': type: expected one of array, .* got "
        r"\"integr\" \(did you mean 'integer'\?\)",
        r"agents/counter\.lua:13: guideline .*: criticality: expected one of high, low, medium, got \"hihg\" "
        r"\(did you mean 'high'\?\)",
        r"agents/counter\.lua:19: guideline .*: tools\[1\]: expected parlant\.Tool, got string \"list_free_days\"; "
        r"tools are values, not names",
        r"agents/unfinished\.lua:\d+: .*'}' expected",
        r"counter: 5 problems, not started",
        r"unfinished: 1 problem, not started",
    ]
    for pattern in expected:
        assert any(re.match(pattern, line) for line in problems), f"missing: {pattern}\n{runtime.transcript()}"
    places = [line for line in problems if line.startswith("agents/")]
    assert len(places) == 6
    assert not any("traceback" in line.lower() for line in problems)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--prot", "0"], "--port"),
        (["--port", "70000"], "0 to 65535"),
        (["--port", "http"], "port"),
        (["--nlp", "magic"], "offline"),
        (["--nlp", "vllm"], "--model"),
        (["--nlp", "anthropic", "--moderation-model", "x"], "judges no texts"),
        (["--embedding-nlp", "ollama"], "--embedding-model"),
        (["--model-time-limit", "0"], "0.1 to 3600"),
        (["--model", "x"], "--nlp openai"),
        (["--log-level", "loud"], "info"),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_at_once_with_the_remedy(binary, arguments, hint):
    result = subprocess.run(
        [binary, str(REPOSITORY / "agents"), *arguments], capture_output=True, text=True, timeout=60)

    assert result.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT)
    assert hint in result.stderr
    assert "listening" not in result.stdout


def test_a_missing_folder_is_named(start, tmp_path):
    runtime = start(tmp_path / "nowhere")

    assert runtime.wait() == 1
    assert runtime.err == [
        f"{tmp_path / 'nowhere'}: there is no such folder; name the folder that holds the agents"]


@pytest.mark.parametrize(("word", "meant"), [("tset", "test"), ("chek", "check"), ("stauts", "status")])
def test_a_misspelt_command_is_not_only_taken_for_a_folder(start, word, meant):
    runtime = start(word)

    assert runtime.wait() == 1
    assert runtime.err == [f"{word}: there is no such command or folder (did you mean '{meant}'?)"]


def test_a_folder_without_agents_starts_with_a_warning(start, tmp_path):
    runtime = start(tmp_path)

    runtime.wait_until_listening()

    assert any("there is no agent in this folder" in line for line in runtime.out + runtime.err)


def test_a_missing_configuration_file_is_named(start, tmp_path):
    runtime = start(REPOSITORY / "agents", "--config", tmp_path / "none.json")

    assert runtime.wait() == 1
    assert "none.json" in runtime.err[-1]


def test_the_configuration_file_gives_settings_plugins_and_hosts(start, orders, tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({
        "plugins": ["location"],
        "settings": {"support": {"orders_url": orders.url}},
        "http": {"allow": [orders.host]},
    }))

    runtime = start(REPOSITORY / "agents", "--config", config)

    with connect(runtime.url) as http:
        assert Chat(http, "support").ask("Where is my order 1001?").reply == "Order 1001 is on its way."


def test_a_misspelt_setting_is_refused(start, tmp_path):
    config = tmp_path / "config.json"
    config.write_text('{"settings": {"support": {"orders_ulr": "http://127.0.0.1:9000"}}}')

    runtime = start(REPOSITORY / "agents", "--config", config)

    assert runtime.wait() == 1
    assert any("orders_ulr" in line and "did you mean 'orders_url'" in line for line in runtime.err)


def test_a_port_in_use_is_named(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        runtime = start(REPOSITORY / "agents", port=port)

        assert runtime.wait() == 1

    text = "\n".join(runtime.err)
    assert str(port) in text
    assert "in use" in text.lower()
    assert not any("listening on http" in line for line in runtime.out)


def test_sigterm_ends_an_idle_server_at_once(start):
    runtime = start(REPOSITORY / "agents")
    runtime.wait_until_listening()

    assert runtime.stop(within=9) == 0  # less than the grace for turns, of which there are none


def test_sigint_ends_it_too(start):
    runtime = start(REPOSITORY / "agents")
    runtime.wait_until_listening()

    os.kill(runtime.pid, signal.SIGINT)

    assert runtime.wait() == 0


def test_sigterm_ends_a_waiting_long_poll(start):
    runtime = start(REPOSITORY / "agents")
    with connect(runtime.url) as http:
        session = Chat(http, "workshop").id
        with socket.create_connection(("127.0.0.1", runtime.port), timeout=20) as connection:
            connection.sendall(
                f"GET /sessions/{session}/events?wait_for_data=60 HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            # A round trip on another connection: by then the poll has arrived.
            http.get("/healthz")

            assert runtime.stop() == 0  # long before the 60 s of the poll are over

            answer = connection.recv(65536)
            assert answer == b"" or answer.split(b" ")[1] in (b"503", b"504")


def start_sleeping(http, seconds: int) -> tuple[Chat, list[dict]]:
    """Starts a turn and returns when its tool sleeps, with the events so far."""
    chat = Chat(http, "sleeper")
    chat.say(f"sleep {seconds}")
    events: list[dict] = []
    while not any(event["data"].get("data") == {"stage": "Sleeping"} for event in events):
        events += chat.poll(len(events))
    return chat, events


def follow(chat: Chat, events: list[dict]) -> None:
    """Long-polls to the end of the turn, while the server stops."""
    while not is_completed(events[-1]):
        events += chat.poll(len(events))


def test_sigterm_lets_a_running_turn_finish_and_its_client_sees_it(start):
    runtime = start(TEST_AGENTS / "slow")
    with connect(runtime.url) as http:
        chat, events = start_sleeping(http, 5)
        runtime.process.send_signal(signal.SIGTERM)
        follow(chat, events)

    assert runtime.wait() == 0
    assert [event["data"]["message"] for event in events if event["kind"] == "message"] == [
        "sleep 5", "I slept 5 seconds."]


def test_sigterm_closes_a_turn_that_does_not_end_and_its_client_sees_it(start):
    runtime = start(TEST_AGENTS / "slow")
    with connect(runtime.url) as http:
        chat, events = start_sleeping(http, 25)
        runtime.process.send_signal(signal.SIGTERM)
        follow(chat, events)

    assert runtime.wait() == 0
    assert [event["data"]["status"] for event in events if event["kind"] == "status"][-2:] == ["cancelled", "ready"]


def test_a_secret_setting_is_never_logged(start, tmp_path):
    (tmp_path / "safe.lua").write_text(
        """
--- Logs its own secret.
local parlant = require "parlant"
local agent = parlant.agent {
  name = "Safe",
  description = "Keeps a secret.",
  config = { { name = "key", type = "string", secret = true } },
}
agent:guideline {
  matcher = function(ctx)
    ctx.log:warn("the key", { key = ctx.config.key, text = "it is " .. ctx.config.key })
    return true
  end,
  action = "Answer",
  canned_responses = { "Hush." },
}
return agent
""")
    runtime = start(tmp_path, "--log-level", "debug", environment={"PARLANT_SAFE_KEY": "open-sesame-4711"})
    with connect(runtime.url) as http:
        assert Chat(http, "safe").ask("Hello").reply == "Hush."

    runtime.wait_for_log("the key")
    assert runtime.stop() == 0
    assert not any("open-sesame-4711" in line for line in runtime.out + runtime.err)
