"""`test --live`: tests of an agent with a model, which here is a scripted endpoint."""

from __future__ import annotations

import os
import subprocess

import pytest

from scripted_openai import ScriptedOpenAI

SPEC = """local test = require "parlant.test"

test.live("greets without a promise", %s, function()
  local chat = test.conversation { agent = "shop" }
  chat:customer "Hello"
  test.assert.said(chat, "Welcome")
  test.assert.meets(chat, "the reply promises nothing")
end)
"""
AGENT = """local parlant = require "parlant"

local agent = parlant.agent { name = "Shop", description = "A clerk." }

agent:guideline { id = "greeting", condition = "The customer says hello", action = "Greet the customer" }

return agent
"""


@pytest.fixture
def model():
    """Answers each question with the plainest value, but says hello, and judges as the test wants."""
    with ScriptedOpenAI(default=True) as model:
        model.add(schema="reply", reply={"message": "Welcome to the shop."})
        yield model


@pytest.fixture
def live(binary, model, tmp_path):
    """Runs the spec with options of the test."""

    def live(options, *arguments):
        folder = tmp_path / "agents/shop"
        (folder / "spec").mkdir(parents=True)
        (folder / "init.lua").write_text(AGENT)
        (folder / "spec/shop_spec.lua").write_text(SPEC % options)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
        environment |= {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-live-0123456789-secret"}
        return subprocess.run(
            [binary, "test", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)

    return live


WITH_MODEL = ["--live", "--nlp", "openai", "--model", "scripted"]


def verdicts(model, *holds):
    for value in holds:
        model.add(schema="statement_check", times=1, reply={"holds": value, "reason": "it offers a discount"})


def judged(model):
    return [request for request in model.requests if request.schema == "statement_check"]


def test_a_live_test_asks_the_model_for_the_reply_and_for_the_verdict(live, model):
    verdicts(model, True)

    run = live("{ runs = 1, passes = 1 }", *WITH_MODEL)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "ok   greets without a promise" in run.stdout
    [question] = judged(model)
    text = question.body["messages"][-1]["content"]
    assert "Welcome to the shop." in text and "the reply promises nothing" in text
    assert "secret" not in run.stdout + run.stderr


def test_it_passes_when_enough_of_its_runs_do(live, model):
    verdicts(model, True, False, True)

    run = live("{ runs = 3, passes = 2 }", *WITH_MODEL)

    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[-1] == "1 passed, 0 failed"
    assert len(judged(model)) == 3


def test_it_fails_with_the_models_reason_when_too_few_do(live, model):
    verdicts(model, True, False, False)

    run = live("{ runs = 3, passes = 2 }", *WITH_MODEL)

    assert run.returncode == 1
    failure = next(line for line in run.stdout.splitlines() if line.startswith("FAIL"))
    assert "agents/shop/spec/shop_spec.lua:7: greets without a promise: passed 1 of 3 runs, needs 2; last: " in failure
    assert "the reply promises nothing" in failure and "it offers a discount" in failure


def test_without_live_it_is_skipped_and_the_model_is_left_alone(live, model):
    run = live("{ runs = 1, passes = 1 }")

    assert run.returncode == 0
    assert "needs a model; run with --live" in run.stdout
    assert model.requests == []


def test_an_endpoint_that_fails_fails_the_test_and_not_the_program(live, model):
    model.server.script.replace([{"status": 401}], False)

    run = live("{ runs = 1, passes = 1 }", *WITH_MODEL)

    assert run.returncode == 1
    assert run.stdout.splitlines()[-1] == "0 passed, 1 failed"
    assert "secret" not in run.stdout + run.stderr
