"""`parlant-runtime test --provider NAME`: a plugin's language model against the rules of all of them."""

import json
import os
import subprocess

import pytest

from runtime import REPOSITORY, TEST_AGENTS
from scripted_ollama import ScriptedOllama

DOG = json.dumps({"color": "brown", "legs": 4})


@pytest.fixture
def ollama():
    ollama = ScriptedOllama()
    # Texts without a schema may be anything, so that one answer does for all questions.
    for _ in range(20):
        ollama.reply(DOG)
    yield ollama
    ollama.close()


def check(binary, ollama, name="ollama", allow=True):
    arguments = [binary, "test", TEST_AGENTS / "booking", "--plugins", REPOSITORY / "plugins", "--provider", name]
    return subprocess.run(
        arguments + (["--allow-http", ollama.host] if allow else []), capture_output=True, text=True, timeout=120,
        env=os.environ | {"PARLANT_OLLAMA_BASE_URL": f"http://{ollama.host}"})


def test_a_model_that_keeps_the_rules_passes(binary, ollama):
    run = check(binary, ollama)
    lines = run.stdout.splitlines()
    assert run.returncode == 0, run.stdout + run.stderr
    assert "ok   with a schema, the text is JSON that fits" in lines
    assert "ok   each text gets a vector of the promised length, in order" in lines
    assert lines[-1] == f"{len(lines) - 1} passed, 0 failed"


def test_a_broken_rule_is_named_and_fails_the_run(binary):
    ollama = ScriptedOllama()
    for _ in range(20):
        ollama.reply("The dog is brown.")
    run = check(binary, ollama)
    ollama.close()
    assert run.returncode == 1
    assert (
        "FAIL with a schema, the text is JSON that fits: the text is no JSON: The dog is brown."
        in run.stdout.splitlines())
    assert run.stdout.splitlines()[-1].endswith("passed, 1 failed")


def test_a_host_that_is_not_allowed_is_not_asked(binary, ollama):
    run = check(binary, ollama, allow=False)
    assert run.returncode == 1
    assert "FAIL a prompt is completed with some text: " in run.stdout
    assert ollama.requests == []


def test_a_plugin_without_a_model_is_named(binary, ollama):
    run = check(binary, ollama, name="olama")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "there is no plugin 'olama' (did you mean 'ollama'?)\n"
