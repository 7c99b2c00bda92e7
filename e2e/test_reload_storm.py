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


class Storm:
    """Sessions that talk to one agent while its files are written again and again."""

    def __init__(self, runtime: Runtime, folder: Path, sessions: int):
        self.runtime = runtime
        self.folder = folder
        self.broken: set[int] = set()
        self.turns = 0
        self.failures: list[BaseException] = []
        self._stop = threading.Event()
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
        turn = chat.ask(f"Wait {dice.uniform(0.02, 0.3):.2f} s", within=30)
        found = re.fullmatch(r"marks (\d+) (\d+) (\d+) (\d+)", turn.reply or "")
        assert found, f"the turn failed: {turn.events}"
        marks = [int(mark) for mark in found.groups()]
        assert len(set(marks)) == 1, f"a turn on a mixed generation: {turn.reply}"
        assert marks[0] not in self.broken, f"a broken generation was served: {turn.reply}"
        assert marks[0] >= newest, f"{turn.reply} after {newest}"
        self.turns += 1
        return marks[0]

    def run(self, reloads: int) -> None:
        for thread in self._threads:
            thread.start()
        try:
            with connect(self.runtime.url) as http:
                self._reload(http, range(1, 31))
                before = self._resident()
                self._reload(http, range(31, 31 + reloads))
                after = self._resident()
                self.swaps = scripts(http)["swaps"]
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()
        if self.failures:
            raise self.failures[0]
        self.growth = after / before

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
                assert scripts(http)["status"] == "healthy"
            else:
                wait_until(lambda: scripts(http)["status"] == "degraded", within=30)
                assert scripts(http)["swaps"] == before["swaps"]

    def _resident(self) -> int:
        """Mean over some time, because the number of calls under way goes up and down."""
        samples = []
        for _ in range(20):
            status = Path(f"/proc/{self.runtime.pid}/status").read_text()
            samples.append(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)))
            time.sleep(0.05)
        return sum(samples) // len(samples)


def weather(start, tmp_path: Path, sessions: int, reloads: int) -> Storm:
    folder = tmp_path / "agents" / "storm"
    Storm.write(folder, 0)
    runtime = start(tmp_path / "agents", "--log-level", "error")
    with connect(runtime.url) as http:
        states = scripts(http)["lua_states"]
        storm = Storm(runtime, folder, sessions)
        storm.run(reloads)
        wait_until(lambda: scripts(http)["lua_states"] == states, within=10)
        assert storm.swaps == (30 + reloads) * 4 // 5
    print(f"{storm.swaps} swaps, {storm.turns} turns, memory at the end {storm.growth:.3f} of the start")
    return storm


def test_reloads_while_many_converse_break_no_turn_and_leave_no_state(start, tmp_path):
    storm = weather(start, tmp_path, sessions=20, reloads=30)
    assert storm.turns >= 20


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_thousand_reloads_while_fifty_converse(start, tmp_path):
    storm = weather(start, tmp_path, sessions=50, reloads=970)
    assert storm.growth < 1.1
