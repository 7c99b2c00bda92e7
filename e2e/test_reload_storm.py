"""Reloads without end while people talk: nobody notices, and nothing is left behind."""

from __future__ import annotations

import os
import random
import re
import shutil
import threading
import time
from pathlib import Path

import httpx
import pytest

from chat import Chat, connect
from runtime import Runtime
from test_reload import scripts, wait_until, write

# Each file has the mark of its generation: a reply that shows two marks comes from two generations.
WORDS = """
return {{ mark = {mark}, template = "marks {{{{inner}}}} {{{{late}}}} {{{{outer}}}} {mark}" }}
"""
TOOLS = """
local parlant = require "parlant"
local words = require "storm.words"

local mark = {mark}

return {{
  look = parlant.tool {{
    name = "look",
    description = "Looks at the marks, and waits in between.",
    run = function(ctx)
      local seconds = tonumber(ctx.interaction.last_customer_message:match("[%d.]+"))
      local inner = mark
      ctx.time:sleep(seconds)
      return parlant.result {{ data = inner, canned_response_fields = {{ inner = inner, late = words.mark }} }}
    end,
  }},
}}
"""
INIT = """
local parlant = require "parlant"
local words = require "storm.words"
local tools = require "storm.tools"

local mark = {mark}
local agent = parlant.agent {{ name = "Storm", description = "Has marks." }}

agent:guideline {{
  id = "look",
  matcher = function() return mark == words.mark, "mark " .. mark end,
  tools = {{ tools.look }},
  canned_response_fields = function() return {{ outer = mark }} end,
  canned_responses = {{ words.template }},
}}

return agent
"""
FAULTS = [
    lambda text: text.replace("return agent", "return agent ("),
    lambda text: text.replace("matcher =", "matchr ="),
    lambda text: text.replace("local mark", "error('not today')\nlocal mark"),
    lambda text: text.replace("storm.tools", "storm.tolls"),
    lambda text: text.replace("return agent", "retrun = agent"),
]


# All that a storm may log from the level `warning` on: what is wrong with broken files, and nothing of calls cut short.
EXPECTED = re.compile(r"agents/storm/init\.lua:\d+: |storm: \d+ problems?, still running generation \d+$")
WARM_UP = 50


class Storm:
    """Sessions that talk to one agent while its files are written again and again."""

    def __init__(self, runtime: Runtime, folder: Path, sessions: int):
        self.runtime = runtime
        self.folder = folder
        self.broken: set[int] = set()
        self.served = 0
        self.turns = 0
        self.outlived = 0
        self.states: set[int] = set()
        self.failures: list[BaseException] = []
        self._stop = threading.Event()
        self._count = threading.Lock()
        self._threads = [threading.Thread(target=self._talk, args=(seed,)) for seed in range(sessions)]

    @staticmethod
    def write(folder: Path, mark: int, fault=lambda text: text) -> None:
        """Writes all files aside and turns a link: they change at one moment, however busy the machine is."""
        version = folder.parent / f".{folder.name}-{mark}"
        write(version / "words.lua", WORDS.format(mark=mark))
        write(version / "tools.lua", TOOLS.format(mark=mark))
        write(version / "init.lua", fault(INIT.format(mark=mark)))
        link = folder.parent / ".next"
        link.symlink_to(version.name)
        os.replace(link, folder)
        shutil.rmtree(folder.parent / f".{folder.name}-{mark - 2}", ignore_errors=True)

    def _talk(self, seed: int) -> None:
        dice = random.Random(seed)
        try:
            with connect(self.runtime.url) as http:
                while not self._stop.is_set():
                    chat = Chat(http, "storm")
                    newest = 0
                    for _ in range(5):
                        newest = self._ask(chat, dice, newest)
                    assert http.delete(f"/sessions/{chat.id}").status_code == 204
        except BaseException as failure:
            self.failures.append(failure)

    def _ask(self, chat: Chat, dice: random.Random, newest: int) -> int:
        """One turn, whose tool waits for up to half a second: longer than it takes to write, load and swap."""
        turn = chat.ask(f"Wait {dice.uniform(0.05, 0.5):.2f} s", within=30)
        found = re.fullmatch(r"marks (\d+) (\d+) (\d+) (\d+)", turn.reply or "")
        assert found, f"the turn failed: {turn.events}"
        marks = [int(mark) for mark in found.groups()]
        assert len(set(marks)) == 1, f"a turn on a mixed generation: {turn.reply}"
        assert marks[0] not in self.broken, f"a broken generation was served: {turn.reply}"
        assert marks[0] >= newest, f"{turn.reply} after {newest}"
        assert "error" not in turn.statuses, f"a part of the turn failed: {turn.events}"
        with self._count:
            self.turns += 1
            self.outlived += marks[0] < self.served
        return marks[0]

    def run(self, reloads: int) -> None:
        """Memory at the start is what it is after 50 reloads, when caches and thread pools have their size."""
        for thread in self._threads:
            thread.start()
        try:
            with connect(self.runtime.url) as http:
                self._reload(http, range(1, 1 + WARM_UP))
                self.before = self._resident()
                self._reload(http, range(1 + WARM_UP, 1 + reloads))
                self.after = self._resident()
                self.swaps = scripts(http)["swaps"]
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()
        if self.failures:
            raise self.failures[0]

    def _reload(self, http: httpx.Client, marks: range) -> None:
        """Writes one generation after the other, every fifth broken, and waits for what becomes of each."""
        for mark in marks:
            if self.failures:
                return
            good = mark % 5 != 0
            before = scripts(http)
            if not good:
                self.broken.add(mark)
            self.write(self.folder, mark, FAULTS[mark // 5 % len(FAULTS)] if not good else lambda text: text)
            if good:
                wait_until(lambda: scripts(http)["swaps"] > before["swaps"], within=30)
                self.served = mark
                assert scripts(http)["status"] == "healthy"
            else:
                wait_until(lambda: scripts(http)["status"] == "degraded", within=30)
                assert scripts(http)["swaps"] == before["swaps"]
            self.states.add(before["lua_states"])

    def _resident(self) -> int:
        """KiB. A mean over some time, because the number of calls under way goes up and down."""
        samples = []
        for _ in range(20):
            status = Path(f"/proc/{self.runtime.pid}/status").read_text()
            samples.append(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)))
            time.sleep(0.05)
        return sum(samples) // len(samples)


def weather(start, tmp_path: Path, sessions: int, reloads: int) -> Storm:
    """A storm of this many reloads, and what must hold after any: all good ones were served, nothing is left of those
    that were replaced, and no call was cut short."""
    folder = tmp_path / "agents" / "storm"
    Storm.write(folder, 0)
    runtime = start(tmp_path / "agents", "--log-level", "warning")
    with connect(runtime.url) as http:
        states = scripts(http)["lua_states"]
        begin = time.monotonic()
        storm = Storm(runtime, folder, sessions)
        storm.run(reloads)
        wait_until(lambda: scripts(http)["lua_states"] == states, within=10)
        assert storm.swaps == reloads * 4 // 5
        # What runs, two that were replaced, the one that loads, and one whose states close at this moment.
        assert max(storm.states) <= 5 * states, storm.states
    unexpected = [line for line in runtime.err if not EXPECTED.search(line)]
    assert unexpected == []
    print(
        f"{reloads} reloads, {storm.swaps} served, in {time.monotonic() - begin:.0f} s; {storm.turns} turns, "
        f"{storm.outlived} of them outlived their generation; {states} Lua states, at most {max(storm.states)}; "
        f"resident {storm.before} KiB after {WARM_UP} reloads, {storm.after} KiB at the end")
    return storm


def test_reloads_while_many_converse_break_no_turn_and_leave_no_state(start, tmp_path):
    storm = weather(start, tmp_path, sessions=20, reloads=60)
    assert storm.turns >= 100
    assert storm.outlived >= 10


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_thousand_reloads_while_fifty_converse(start, tmp_path):
    storm = weather(start, tmp_path, sessions=50, reloads=1000)
    assert storm.outlived >= 1000
    assert storm.after <= 1.1 * storm.before
