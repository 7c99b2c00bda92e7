"""The server under test: a real process, started on a free port and stopped as an operator would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
TEST_AGENTS = Path(__file__).resolve().parent / "agents"

_ADDRESS = re.compile(r"listening on (http://\S+)")


class Runtime:
    """One process of `parlant-runtime`. Its output is kept, for tests and for failures."""

    def __init__(self, binary: str, *arguments: str, environment: dict[str, str] | None = None):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PARLANT_", "OPENAI_"))}
        self.command = [binary, *map(str, arguments)]
        self.out: list[str] = []
        self.err: list[str] = []
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace", cwd=REPOSITORY, env=inherited | (environment or {}),
        )
        self._readers = [
            threading.Thread(target=self._read, args=pipe, daemon=True)
            for pipe in [(self.process.stdout, self.out), (self.process.stderr, self.err)]
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe, lines: list[str]) -> None:
        for line in pipe:
            with self._changed:
                lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_until_listening(self) -> str:
        """Waits for the address that the server prints once it answers."""
        line = self.wait_for_line(self.out, _ADDRESS.search, within=40)
        return _ADDRESS.search(line).group(1)

    @property
    def url(self) -> str:
        """The server's address; waits for it."""
        return self.wait_until_listening()

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def wait_for_log(self, text: str, within: float = 20, after: int = 0) -> str:
        """The first line on standard error with this text; `after` lines are not looked at."""
        return self.wait_for_line(self.err, lambda line: text in line, within, after)

    def wait_for_line(self, lines: list[str], matches, within: float, after: int = 0) -> str:
        deadline = time.monotonic() + within
        seen = after
        with self._changed:
            while True:
                for line in lines[seen:]:
                    if matches(line):
                        return line
                seen = len(lines)
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._is_reading()):
                    raise AssertionError(f"the server did not print the expected line\n{self.transcript()}")
                self._changed.wait(min(left, 0.2))

    def _is_reading(self) -> bool:
        return any(reader.is_alive() for reader in self._readers)

    def stop(self, within: float = 20) -> int:
        """Sends SIGTERM and returns the exit code; a server that does not end is killed, and the test fails."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(within)

    def wait(self, within: float = 20) -> int:
        """Waits for the end of the process and returns its exit code."""
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
            raise AssertionError(f"the server was still running after {within} s\n{self.transcript()}") from None
        for reader in self._readers:
            reader.join(5)
        return code

    def transcript(self, lines: int = 80) -> str:
        """The command and the end of its output."""
        return "\n".join(
            ["$ " + " ".join(self.command), "--- stdout", *self.out[-lines:], "--- stderr", *self.err[-lines:],
             f"--- exit code {self.process.poll()}"])
