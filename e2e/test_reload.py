"""Editing scripts while the server runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from chat import Chat, connect
from runtime import REPOSITORY, Runtime

AGENT = """
local parlant = require "parlant"
local words = require "{module}"

local agent = parlant.agent {{ name = "Spoke", description = "Runs a counter.", tags = {{ parlant.tag "{tag}" }} }}

agent:guideline {{
  condition = "The customer asks about opening hours",
  action = "Say when the workshop is open",
  canned_responses = {{ words.hours }},
}}

return agent
"""


def write(file: Path, text: str) -> None:
    """Writes as an editor does: beside, then over the old one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text)
    os.replace(beside, file)


def write_agent(folder: Path, hours: str, tag: str = "city", name: str = "spoke") -> None:
    write(folder / name / "words.lua", f'return {{ hours = "{hours}" }}')
    write(folder / name / "init.lua", AGENT.format(module=f"{name}.words", tag=tag))


def scripts(http: httpx.Client) -> dict:
    return http.get("/healthz").json()["checks"]["scripts"]


def generation(http: httpx.Client, name: str = "spoke") -> int | None:
    return next((bundle.get("generation") for bundle in scripts(http)["bundles"] if bundle["name"] == name), None)


def wait_until(condition, within: float = 10) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_agent(tmp_path / "agents", "We are open from 8 to 18.")
    return tmp_path / "agents"


def test_a_saved_file_acts_on_the_next_turn_of_a_running_session(start, folder):
    runtime = start(folder)
    with connect(runtime.url) as http:
        chat = Chat(http, "spoke")
        assert chat.ask("What are your opening hours?").reply == "We are open from 8 to 18."

        write(folder / "spoke" / "words.lua", 'return { hours = "We are open all night." }')
        runtime.wait_for_log("spoke: generation 2")

        assert chat.ask("What are your opening hours?").reply == "We are open all night."
        assert generation(http) == 2
        assert scripts(http)["watching"] == "inotify"


MEMORY = """
local parlant = require "parlant"

local count = parlant.tool {{
  name = "count_visits",
  description = "Counts the visits of the customer.",
  run = function(ctx)
    local visits = (ctx.variables.visits or 0) + 1
    ctx:set_variable("visits", visits)
    ctx.session:add_label("visit-" .. visits)
    ctx.session:set_metadata("visits", visits)
    local calls = ctx.kv.session:increment("calls")
    return parlant.result {{ data = visits, canned_response_fields = {{ visits = visits, calls = calls }} }}
  end,
}}

local agent = parlant.agent {{ name = "Spoke", description = "{description}" }}

agent:variable {{ name = "visits" }}

agent:guideline {{
  condition = "The customer says hello",
  examples = {{ "Hello" }},
  action = "Say how often they were here",
  tools = {{ count }},
  canned_responses = {{ "{words} {{{{visits}}}}, call {{{{calls}}}}." }},
}}

return agent
"""


def test_a_session_keeps_what_it_remembers_over_a_reload(start, tmp_path):
    script = tmp_path / "agents/spoke.lua"
    write(script, MEMORY.format(description="Counts.", words="Visit"))
    runtime = start(tmp_path / "agents")
    with connect(runtime.url) as http:
        customer = http.post("/customers", json={"name": "Ada"}).json()["id"]
        chat = Chat(http, "spoke", customer)
        assert chat.ask("Hello").reply == "Visit 1, call 1."

        # Everything moves down and is worded anew, but what has an id stays what it was.
        write(script, "-- moved\n\n" + MEMORY.format(description="Counts well.", words="Number"))
        runtime.wait_for_log("spoke: generation 2")

        assert chat.ask("Hello").reply == "Number 2, call 2."
        session = chat.read()
        assert session["labels"] == ["visit-1", "visit-2"]
        assert session["metadata"]["visits"] == 2
        assert len([event for event in chat.events() if event["kind"] == "message"]) == 4

        [variable] = http.get("/context-variables").json()
        value = http.get(f"/context-variables/{variable['id']}/{customer}").json()
        assert value["data"] == 2


def test_a_broken_file_changes_nothing_and_is_shown_until_it_is_mended(start, folder, binary):
    runtime = start(folder)

    def status() -> tuple[int, str]:
        run = subprocess.run([binary, "status", "--url", runtime.url], capture_output=True, text=True, timeout=10)
        return run.returncode, run.stdout

    with connect(runtime.url) as http:
        assert status() == (0, "healthy\nagent spoke: generation 1\n")
        good = (folder / "spoke" / "init.lua").read_text()
        write(folder / "spoke" / "init.lua", good.replace("condition =", "conditon ="))
        runtime.wait_for_log("spoke: 2 problems, still running generation 1")

        health = http.get("/healthz")
        assert (health.status_code, health.json()["status"]) == (200, "degraded")
        problems = health.json()["checks"]["scripts"]["problems"]
        assert {"bundle": "spoke", "file": "agents/spoke/init.lua", "line": 7,
                "text": "guideline \"Say when the workshop is open\": unknown field 'conditon' (did you mean 'condition'?)"
                } in problems
        code, text = status()
        assert code == 1
        assert text.startswith("degraded\nagent spoke: generation 1, a change has problems\nagents/spoke/init.lua:7: ")
        assert Chat(http, "spoke").ask("What are your opening hours?").reply == "We are open from 8 to 18."

        write(folder / "spoke" / "init.lua", good.replace("Say when", "Tell when"))
        runtime.wait_for_log("spoke: generation 2, its problems are mended")
        assert status() == (0, "healthy\nagent spoke: generation 2\n")


def test_status_of_a_server_that_is_not_there(binary):
    run = subprocess.run(
        [binary, "status", "--url", "http://127.0.0.1:1"], capture_output=True, text=True, timeout=20)
    assert run.returncode == 2
    assert run.stdout.startswith("http://127.0.0.1:1: ")
    assert run.stdout.endswith("is the server running there?\n")


def test_without_watching_a_signal_reloads(start, folder):
    runtime = start(folder, "--no-watch")
    with connect(runtime.url) as http:
        assert scripts(http)["watching"] == "off"
        write(folder / "spoke" / "words.lua", 'return { hours = "We are closed." }')
        runtime.process.send_signal(signal.SIGHUP)
        runtime.wait_for_log("spoke: generation 2")
        assert Chat(http, "spoke").ask("What are your opening hours?").reply == "We are closed."

        runtime.process.send_signal(signal.SIGHUP)
        runtime.wait_for_log("scripts: nothing changed since the last load")
        assert generation(http) == 2


def test_bundles_come_and_go_with_their_tags_and_customers_and_rest_keeps_its_own(start, folder):
    runtime = start(folder)
    with connect(runtime.url) as http:
        own = http.post("/agents", json={"name": "Made over REST"}).json()["id"]
        jane = 'parlant.customer { id = "jane", name = "Jane", tags = { parlant.tag "vip" } }'
        write(folder / "desk.lua", f"""
local parlant = require "parlant"
local jane = {jane}
return {{ jane, parlant.agent {{ name = "Desk", description = "A desk." }} }}
""")
        runtime.wait_for_log("desk: generation 1, new")

        vip = next(tag["id"] for tag in http.get("/tags").json() if tag["name"] == "vip")
        assert http.get("/customers/jane").json()["tags"] == [vip]
        assert [agent["id"] for agent in http.get("/agents").json()] == ["desk", "spoke", own]
        chat = Chat(http, "desk")

        assert http.delete("/customers/jane").status_code == 204
        write(folder / "desk.lua", (folder / "desk.lua").read_text().replace("A desk.", "Another desk."))
        runtime.wait_for_log("desk: generation 2")
        assert http.get("/customers/jane").status_code == 404, "who was deleted does not come back with a reload"
        assert http.get("/agents/desk").json()["description"] == "Another desk."

        (folder / "desk.lua").unlink()
        runtime.wait_for_log("desk: removed; generation 2 ends its turns")
        assert [agent["id"] for agent in http.get("/agents").json()] == ["spoke", own]
        assert chat.read()["agent_id"] == "desk", "the session stays"


def test_a_checkout_of_another_branch_is_one_reload(start, folder):
    repository = folder.parent

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", *arguments], cwd=repository, check=True,
            capture_output=True)

    git("init", "--initial-branch=main")
    write_agent(folder, "We are open on Monday.", name="other")
    git("add", ".")
    git("commit", "--message", "one")
    git("checkout", "-b", "next")
    write_agent(folder, "We are open on Sunday.")
    shutil.rmtree(folder / "other")
    write_agent(folder, "We never close.", name="third")
    git("add", ".")
    git("commit", "--message", "two")
    git("checkout", "main")

    runtime = start(folder)
    with connect(runtime.url) as http:
        before = scripts(http)["swaps"]
        git("checkout", "next")
        wait_until(lambda: generation(http, "third") == 1)
        assert (generation(http), generation(http, "other"), scripts(http)["swaps"]) == (2, None, before + 1)
        assert Chat(http, "spoke").ask("What are your opening hours?").reply == "We are open on Sunday."


def test_plugins_are_watched_too_and_reload_the_agents_that_use_them(start, tmp_path):
    shutil.copytree(REPOSITORY / "agents", tmp_path / "agents")
    shutil.copytree(REPOSITORY / "plugins", tmp_path / "plugins")
    runtime = start(tmp_path / "agents")
    with connect(runtime.url) as http:
        before = generation(http, "support"), generation(http, "workshop"), generation(http, "location")
        plugin = tmp_path / "plugins" / "location" / "init.lua"
        write(plugin, plugin.read_text() + "\n-- A remark.\n")
        wait_until(lambda: generation(http, "location") == 2)
        assert before == (1, 1, 1)
        assert (generation(http, "support"), generation(http, "workshop")) == (2, 1)
