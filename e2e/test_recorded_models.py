"""`test --live --record` and `test --replay`: a model's calls are written down, and the tests run again without it."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from scripted_openai import ScriptedOpenAI
from test_live_tests import AGENT, SPEC

KEY = "sk-live-0123456789-secret"


@pytest.fixture
def agents(tmp_path):
    folder = tmp_path / "agents/shop"
    (folder / "spec").mkdir(parents=True)
    (folder / "init.lua").write_text(AGENT)
    (folder / "spec/shop_spec.lua").write_text(SPEC % "{ runs = 2, passes = 2 }")
    return folder


@pytest.fixture
def run(binary, tmp_path, agents):
    def run(*arguments, base_url="http://127.0.0.1:9/v1"):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
        environment |= {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": KEY}
        return subprocess.run(
            [binary, "test", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)

    return run


@pytest.fixture
def recorded(run):
    """A record of the tests; the model is gone."""
    with ScriptedOpenAI(default=True) as model:
        model.add(schema="reply", reply={"message": "Welcome to the shop."})
        model.add(schema="statement_check", reply={"holds": True, "reason": "it promises nothing"})
        done = run("--live", "--record", "calls.jsonl", "--nlp", "openai", "--model", "scripted", base_url=model.base_url)
        assert done.returncode == 0, done.stdout + done.stderr
        return model.requests


def test_a_record_takes_the_place_of_the_model(run, recorded, tmp_path):
    lines = (tmp_path / "calls.jsonl").read_text().splitlines()
    assert len(lines) == len(recorded)
    assert {json.loads(line)["kind"] for line in lines} == {"generate"}
    assert KEY not in "".join(lines)

    again = run("--replay", "calls.jsonl")

    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.splitlines()[-1] == "1 passed, 0 failed"


def test_a_question_that_the_record_does_not_know_fails_the_test_and_says_what_differs(run, recorded, agents):
    (agents / "init.lua").write_text(AGENT.replace("A clerk.", "A grumpy clerk."))

    again = run("--replay", "calls.jsonl")

    assert again.returncode == 1
    assert "the record has no such question" in again.stdout
    assert 'recorded "clerk.' in again.stdout and 'asked "grumpy clerk.' in again.stdout
    assert "record it again with --record" in again.stdout


def test_a_file_that_is_no_record_is_refused_with_its_line(run, tmp_path):
    (tmp_path / "calls.jsonl").write_text("hello\n")
    refused = run("--replay", "calls.jsonl")
    assert refused.returncode != 0
    assert "calls.jsonl: line 1 is no recorded call of a language model" in refused.stderr
    missing = run("--replay", "nowhere.jsonl")
    assert missing.returncode != 0 and "nowhere.jsonl cannot be read" in missing.stderr


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--record", "x"], "--record needs --live"),
    (["--replay", "x", "--live", "--nlp", "openai", "--model", "m"], "--replay asks no model"),
])
def test_options_that_do_not_go_together_say_so(run, arguments, sentence):
    refused = run(*arguments)
    assert refused.returncode == 64
    assert sentence in refused.stderr
