"""A server that is killed in the middle of a turn: the next start brings every turn to its end, and sends no money twice."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from chat import connect, is_completed
from loopback_service import LoopbackHandler, LoopbackService
from runtime import Runtime
from scripted_openai import ScriptedOpenAI

KILLS = int(os.environ.get("PARLANT_KILLS", "5"))
CUSTOMERS = 12
STORES = ["sqlite", "local"]
SENT, UNKNOWN = "The money is sent.", "I do not know whether the money was sent."
MANNERS = {"fluid": "", "stream": 'output_mode = "stream",', "strict": 'composition_mode = "strict",'}

AGENT = """
local parlant = require "parlant"

local send = parlant.tool {
  name = "send_money",
  description = "Sends money.",
  consequential = true,
  parameters = { { name = "amount", type = "integer" } },
  run = function(ctx, args)
    local reply, err = ctx.http:post("URL/transfers", { json = { amount = args.amount } })
    if not reply then error(err) end
    return parlant.result {
      data = { sent = true },
      canned_response_fields = { outcome = "The money is sent" },
    }
  end,
}

local rate = parlant.tool {
  name = "look_up_rate",
  description = "Looks the rate up.",
  run = function() return parlant.result { data = 7 } end,
}

local agent = parlant.agent { name = "Tess", description = "A teller.", MANNER }

agent:guideline {
  id = "send",
  condition = "The customer wants to send money",
  action = "Say whether it was sent",
  tools = { send, rate },
  canned_responses = { "{{outcome}}.", "I do not know whether the money was sent." },
}

return agent
"""


class Bank(LoopbackService):
    """Counts transfers. `hold` stops them before or after they are counted, until the test lets them go."""

    @property
    def transfers(self) -> int:
        return self.amounts.total()

    def __init__(self):
        self.amounts: Counter[int] = Counter()
        self.hold: str | None = None
        self.arrived = threading.Semaphore(0)
        self.go = threading.Event()
        super().__init__(BankHandler)


class BankHandler(LoopbackHandler):
    def do_POST(self):
        amount = json.loads(self.body())["amount"]
        if self.service.hold == "before":
            return self.wait()
        self.service.amounts[amount] += 1
        if self.service.hold == "after":
            return self.wait()
        self.answer(200, {})

    def wait(self):
        """Until the test goes on; by then nobody hears the answer."""
        self.close_connection = True
        self.service.arrived.release()
        self.service.go.wait(20)


@dataclass
class Town:
    """All that a server needs, and the state in which each story begins: one session, nothing said."""

    start: object
    folder: Path
    bank: Bank
    model: ScriptedOpenAI
    agents: Path
    manner: str
    kind: str
    session: str = ""
    stories: int = 0

    def serve(self, store: Path, **environment: str) -> Runtime:
        return self.start(
            self.agents, "--store", f"{self.kind}:{store}", "--nlp", "openai", "--model", "scripted",
            "--allow-http", self.bank.host, "--log-level", "notice",
            environment={"OPENAI_BASE_URL": self.model.base_url, "OPENAI_API_KEY": "sk-test", **environment})

    def begin(self) -> Path:
        """A store in the state in which a story begins."""
        self.stories += 1
        self.bank.amounts.clear()
        first, store = self.folder / "first", self.folder / f"{self.stories}"
        if first.is_dir():
            shutil.copytree(first, store)
        else:
            shutil.copy(first, store)
        return store

    def say(self, http: httpx.Client, text: str = "Send 200 euro") -> dict | None:
        """What the server acknowledged; nothing when it died before."""
        try:
            answer = http.post(f"/sessions/{self.session}/events", json={
                "kind": "message", "source": "customer", "message": text})
        except httpx.TransportError:
            return None
        assert answer.status_code == 201, answer.text
        return answer.json()

    def wait(self, http: httpx.Client, within: float = 20) -> list[dict]:
        """The session's events, once every turn that was asked for has ended."""
        deadline = time.monotonic() + within
        while True:
            events = http.get(f"/sessions/{self.session}/events", params={"wait_for_data": 0}).json()
            asked = {event["trace_id"] for event in events if event["source"] == "customer"}
            if asked <= {event["trace_id"] for event in events if is_completed(event)}:
                return events
            assert time.monotonic() < deadline, f"a turn hangs: {brief(events)}"
            http.get(f"/sessions/{self.session}/events", params={"min_offset": len(events), "wait_for_data": 2})


@pytest.fixture
def town(start, tmp_path, request) -> Iterator[Town]:
    """A teller who speaks in the manner of the test's parameter, and keeps things in its kind of store."""
    manner, kind = getattr(request, "param", "fluid sqlite").split()
    bank = Bank()
    agents = tmp_path / "agents"
    agents.mkdir()
    (agents / "teller.lua").write_text(AGENT.replace("URL", bank.url).replace("MANNER", MANNERS[manner]))

    def wish(prompt: str):
        amount = int(re.findall(r"(\d+) euro", prompt)[-1])
        return {"rationale": "They want it.", "outcome": "needs_to_run", "calls": [{
            "tool": "teller:send_money", "wanted_again": False,
            "arguments": {"amount": {"evidence": "euro", "verdict": "stated", "value": amount}}}]}

    def reply(prompt: str):
        words = SENT if '"sent"' in prompt else UNKNOWN
        match manner:
            case "stream": return words
            case "strict": return {"message": words, "canned_response": 1, "match": "high", "follow_up": None}
        return {"message": words, "canned_response": None}

    with ScriptedOpenAI() as model:
        model.add(schema="guideline_matches", reply={"applies": [{"number": 1, "reason": "asked"}]})
        model.add(schema="consequential_tool_call", answer=wish)
        model.add(schema="reply", answer=reply)
        model.add(stream=True, answer=reply)
        town = Town(start, tmp_path, bank, model, agents, manner, kind)
        first = town.serve(tmp_path / "first")
        with connect(first.url) as http:
            town.session = http.post("/sessions", json={"agent_id": "teller"}).raise_for_status().json()["id"]
        assert first.stop() == 0
        yield town
    bank.go.set()
    bank.close()


def brief(events: list[dict]) -> list[str]:
    def one(event: dict) -> str:
        data = event["data"]
        return data.get("message") or data.get("status") or event["kind"]
    return [f"{event['source']}: {one(event)}" for event in events]


def answers(events: list[dict]) -> list[str]:
    return [event["data"]["message"] for event in events if event["kind"] == "message" and event["source"] == "ai_agent"]


def statuses(events: list[dict]) -> list[str]:
    return [event["data"]["status"] for event in events if event["kind"] == "status"]


def check(town: Town, events: list[dict], place: str) -> str:
    """Whatever happened, nobody meets silence and nothing is sent twice. Returns how it ended."""
    assert [event["offset"] for event in events] == list(range(len(events))), place
    assert town.bank.transfers <= 1, f"{place}: {town.bank.transfers} transfers"
    assert is_completed(events[-1]), f"{place}: {brief(events)}"
    for event in events:
        chunks = event["data"].get("chunks") if event["kind"] == "message" else None
        assert chunks is None or chunks[-1] is None, f"{place}: a message grows for ever: {event}"
    calls = [call for event in events if event["kind"] == "tool" for call in event["data"]["tool_calls"]]
    assert len([call for call in calls if call["tool_id"] == "teller:send_money"]) == 1, f"{place}: {brief(events)}"
    if "error" in statuses(events):
        [said] = answers(events)
        assert SENT.startswith(said), f"{place}: {brief(events)}"
        return "cut"
    [said] = answers(events)
    if said == UNKNOWN:
        return "unknown"
    assert said == SENT and town.bank.transfers == 1, f"{place}: {brief(events)}"
    return "same"


def walk(town: Town, killer: Path, moments, whens=("before", "after")) -> dict[str, int]:
    """Kills a server at these durable writes of a turn, and lets another one clear up. Ends where the turn ended alive."""
    ends = {"same": 0, "unknown": 0, "cut": 0, "never asked": 0, "moments": 0, "alive": 0}
    for when in whens:
        for moment in moments:
            place = f"killed {when} write {moment}"
            store = town.begin()
            first = town.serve(store, LD_PRELOAD=str(killer), KILL_AT=str(moment), KILL_WHEN=when)
            acknowledged, is_over = None, False
            try:
                with connect(first.url) as http:
                    acknowledged = town.say(http)
                    if acknowledged:
                        town.wait(http)
                        is_over = True
            except (AssertionError, httpx.TransportError):
                assert first.wait() == -9, f"{place}\n{first.transcript()}"
            if is_over:
                first.process.kill()
            assert first.wait() == -9, f"{place}\n{first.transcript()}"
            second = town.serve(store)
            with connect(second.url) as http:
                events = town.wait(http)
            assert second.stop() == 0
            if not events:
                assert acknowledged is None, f"{place}: an acknowledged message is lost"
                ends["never asked"] += 1
            else:
                ends[check(town, events, place)] += 1
            ends["moments"] += 1
            if is_over:
                ends["alive"] += 1
                break
    return ends


@pytest.mark.parametrize("town", [f"fluid {kind}" for kind in STORES], indirect=True)
def test_killed_at_some_writes_of_a_turn(town, killer):
    ends = walk(town, killer, range(3, 80, 5))
    print(ends)
    assert ends["same"] >= 4, ends


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("town", [f"{manner} {kind}" for kind in STORES for manner in MANNERS], indirect=True)
def test_killed_at_every_write_of_a_turn(town, killer):
    ends = walk(town, killer, range(1, 200))
    print(ends)
    assert ends["alive"] == 2, f"the turn has more durable writes than were tried: {ends}"
    assert ends["same"] >= 15 and ends["unknown"] <= 2 and (ends["cut"] > 0) == (town.manner == "stream"), ends


@pytest.mark.parametrize("hold", ["before", "after"])
def test_killed_while_the_tool_waits_for_the_bank(town, hold):
    """Nobody knows whether the transfer was made. It is not made again, and the customer is told so."""
    town.bank.hold = hold
    store = town.begin()
    first = town.serve(store)
    with connect(first.url) as http:
        assert town.say(http)
        assert town.bank.arrived.acquire(timeout=20)
    first.process.kill()
    first.wait()
    town.bank.hold = None
    second = town.serve(store)
    with connect(second.url) as http:
        events = town.wait(http)
        assert town.bank.transfers == (1 if hold == "after" else 0)
        assert answers(events) == [UNKNOWN]
        [call] = [call for event in events if event["kind"] == "tool" for call in event["data"]["tool_calls"]
                  if call["tool_id"] == "teller:send_money"]
        assert call["result"]["data"] == "the tool failed, and whether it took effect is not known"
    assert second.stop() == 0


def test_messages_that_wait_when_the_server_stops_are_answered_by_the_next_one(town):
    town.bank.hold = "after"
    store = town.begin()
    first = town.serve(store)
    with connect(first.url) as http:
        assert town.say(http)
        assert town.bank.arrived.acquire(timeout=20)
        assert town.say(http, "Did you send the 200 euro?")
        stop = threading.Thread(target=first.stop)
        stop.start()
        town.bank.go.set()
        stop.join()
    town.bank.hold = None
    second = town.serve(store)
    with connect(second.url) as http:
        events = town.wait(http)
    assert second.stop() == 0
    assert len({event["trace_id"] for event in events if event["kind"] == "message" and event["source"] == "ai_agent"}) == 2
    assert town.bank.transfers == 1


class Customer(threading.Thread):
    """Asks for one transfer after the other, sometimes without waiting for the answer, until the server is gone."""

    def __init__(self, url: str, session: str, amounts: Iterator[int], seed: str):
        super().__init__()
        self.url, self.session, self.amounts, self.dice = url, session, amounts, random.Random(seed)
        self.acknowledged: list[str] = []

    def run(self):
        try:
            with connect(self.url) as http:
                while True:
                    answer = http.post(f"/sessions/{self.session}/events", json={
                        "kind": "message", "source": "customer", "message": f"Send {next(self.amounts)} euro"})
                    assert answer.status_code == 201, answer.text
                    self.acknowledged.append(answer.json()["id"])
                    if self.dice.random() < 0.7:
                        http.get(f"/sessions/{self.session}/events", params={
                            "min_offset": answer.json()["offset"], "source": "ai_agent", "kinds": "message",
                            "wait_for_data": 5})
        except httpx.TransportError:
            pass


def silent(events: list[dict]) -> list[str]:
    """Messages that neither their own turn nor a later one has answered, or said that it failed."""
    left = []
    later: set[str] = set()
    for event in reversed(events):
        if event["source"] != "customer":
            continue
        later.add(event["trace_id"])
        if not any(
            other["trace_id"] in later and other["source"] == "ai_agent"
            and (other["kind"] == "message" or other["data"].get("status") == "error")
            for other in events
        ):
            left.append(event["data"]["message"])
    return left


def ended(events: list[dict]) -> bool:
    """Whether every turn that the customer has seen begin has its end."""
    seen = {event["trace_id"] for event in events if event["source"] == "ai_agent"}
    return seen <= {event["trace_id"] for event in events if is_completed(event)} and not silent(events)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("town", [f"fluid {kind}" for kind in STORES], indirect=True)
def test_killed_under_load(town):
    """Customers send money in many sessions while the server dies again and again. `PARLANT_KILLS` says how often (5)."""
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    store = town.begin()
    sessions: list[str] = []
    acknowledged: dict[str, list[str]] = {}
    amounts = [iter(range(number * 100_000 + 100, (number + 1) * 100_000)) for number in range(CUSTOMERS)]
    for life in range(KILLS):
        runtime = town.serve(store)
        with connect(runtime.url) as http:
            while len(sessions) < CUSTOMERS:
                sessions.append(http.post("/sessions", json={"agent_id": "teller"}).raise_for_status().json()["id"])
                acknowledged[sessions[-1]] = []
        customers = [
            Customer(runtime.url, session, amounts[number], f"{seed}-{life}-{number}")
            for number, session in enumerate(sessions)]
        for customer in customers:
            customer.start()
        threading.Event().wait(dice.uniform(0.05, 2))
        runtime.process.kill()
        runtime.wait()
        for customer in customers:
            customer.join()
            acknowledged[customer.session] += customer.acknowledged
    begin = time.monotonic()
    runtime = town.serve(store)
    open_turns = 0
    errors = 0
    with connect(runtime.url) as http:
        listening = time.monotonic() - begin
        for session in sessions:
            while not ended(events := http.get(f"/sessions/{session}/events", params={"wait_for_data": 0}).json()):
                assert time.monotonic() < begin + 60, f"seed {seed}: {silent(events)} of {brief(events)[-30:]}"
                http.get(f"/sessions/{session}/events", params={"min_offset": len(events), "wait_for_data": 2})
            assert [event["offset"] for event in events] == list(range(len(events))), f"seed {seed}"
            assert set(acknowledged[session]) <= {event["id"] for event in events}, f"seed {seed}: a message is lost"
            errors += statuses(events).count("error")
        everything = time.monotonic() - begin
    for line in runtime.err:
        if found := re.search(r"turns=(\d+) .*taken up", line):
            open_turns = int(found.group(1))
    assert runtime.stop() == 0
    twice = {amount: count for amount, count in town.bank.amounts.items() if count > 1}
    assert not twice, f"seed {seed}: sent more than once: {twice}"
    print(
        f"{town.kind}: {KILLS} kills, {sum(map(len, acknowledged.values()))} messages, {town.bank.transfers} transfers, none twice; "
        f"{errors} turns ended with an error; after the last kill {open_turns} open turns, listening after "
        f"{listening:.2f} s, all ended after {everything:.2f} s; seed {seed}")
