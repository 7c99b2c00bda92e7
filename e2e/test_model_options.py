"""`chat` and `test --live` take every provider that the server takes; `models` says which there are."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from runtime import REPOSITORY
from scripted_provider import ScriptedProvider

# What names each provider, and the variable that says where it is.
PROVIDERS = {
    "openai": (["--model", "m1"], "OPENAI_BASE_URL"),
    "anthropic": (["--model", "m1"], "ANTHROPIC_BASE_URL"),
    "ollama": (["--model", "m1"], "OLLAMA_BASE_URL"),
    "vllm": (["--model", "m1"], "VLLM_BASE_URL"),
    "plugin:ollama": ([], "PARLANT_OLLAMA_BASE_URL"),
}

AGENT = """
local parlant = require "parlant"
local agent = parlant.agent { name = "Clock", description = "Tells the time." }
agent:guideline { id = "polite", condition = "Always", action = "Be polite" }
return agent
"""

SPEC = """
local test = require "parlant.test"
test.live("the clock says hello", { runs = 2, passes = 2 }, function()
  local chat = test.conversation { agent = "clock" }
  chat:customer "Hello"
  test.assert.said(chat, "Hello there.")
end)
"""


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    provider = ScriptedProvider()
    yield provider
    provider.close()


@pytest.fixture
def project(tmp_path):
    (tmp_path / "agents/spec").mkdir(parents=True)
    (tmp_path / "agents/clock.lua").write_text(AGENT)
    (tmp_path / "agents/spec/clock_spec.lua").write_text(SPEC)
    return tmp_path


def run(binary, project, provider, name, *arguments, text=""):
    options, variable = PROVIDERS[name]
    return subprocess.run(
        [binary, *arguments, "--plugins", REPOSITORY / "plugins", "--nlp", name, *options, "--allow-http", provider.host],
        cwd=project, env=os.environ | {variable: f"http://{provider.host}"}, input=text, capture_output=True, text=True,
        timeout=60)


@pytest.mark.parametrize("name", PROVIDERS)
def test_chat_talks_through_every_provider(binary, project, provider, name):
    chat = run(binary, project, provider, name, "chat", text="Hello\n:quit\n")

    assert chat.returncode == 0, chat.stderr
    assert "Clock: Hello there." in chat.stdout
    assert set(provider.dialects) == {name.replace("vllm", "openai")}


@pytest.mark.parametrize("name", PROVIDERS)
def test_live_tests_run_on_every_provider(binary, project, provider, name):
    tests = run(binary, project, provider, name, "test", "--live")

    assert tests.returncode == 0, tests.stdout + tests.stderr
    assert "ok   the clock says hello" in tests.stdout
    assert set(provider.dialects) == {name.replace("vllm", "openai")}


def test_a_plugin_that_is_not_there_is_told_to_all_commands(binary, project):
    for command in (["chat"], ["test", "--live"]):
        told = subprocess.run(
            [binary, *command, "--plugins", REPOSITORY / "plugins", "--nlp", "plugin:olama"], cwd=project,
            capture_output=True, text=True, timeout=60)
        assert told.returncode == 1
        assert told.stderr == "there is no plugin 'olama' (did you mean 'ollama'?)\n"


def test_models_prints_the_table_of_the_documentation(binary):
    table = subprocess.run([binary, "models"], capture_output=True, text=True, check=True).stdout

    assert table.count("\n") > 14
    assert table in (REPOSITORY / "docs/models.md").read_text()


def check(binary, provider, name):
    options, variable = PROVIDERS[name]
    return subprocess.run(
        [binary, "models", "--check", "--nlp", name, *options, "--model-time-limit", "4"],
        env=os.environ | {variable: f"http://{provider.host}"}, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("name", ["openai", "anthropic", "ollama"])
def test_a_good_service_keeps_all_rules(binary, provider, name):
    told = check(binary, provider, name)

    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.splitlines()[-1] == "7 passed, 0 failed"


@pytest.mark.parametrize("name", ["openai", "anthropic", "ollama"])
def test_streams_that_end_halfway_are_told(binary, provider, name):
    provider.fault = {"half": True}

    told = check(binary, provider, name)

    assert told.returncode == 1
    [pieces] = [line for line in told.stdout.splitlines() if "comes in pieces" in line]
    assert pieces.startswith("FAIL")
    assert f"{provider.host} broke; try again later" in pieces
