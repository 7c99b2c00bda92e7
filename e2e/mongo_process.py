"""The server that speaks MongoDB's protocol, as a process that tests start and kill."""

from __future__ import annotations

import subprocess
import sys

from runtime import REPOSITORY


class MongoServer:
    """A server that speaks MongoDB's protocol, in a process of its own."""

    def __init__(self, folder, *arguments: str):
        folder.mkdir(exist_ok=True)
        self.arguments = ["--data", str(folder), "--sync", *arguments]
        self.port = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, REPOSITORY / "e2e" / "mongo_server.py", "--port", str(self.port), *self.arguments],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().split()
        assert line[:1] == ["ready"], line
        self.port = int(line[1])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
