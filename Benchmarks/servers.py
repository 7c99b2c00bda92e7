"""Servers under test as child processes: started, measured through /proc, and always ended."""

import os
import socket
import subprocess
import tempfile
import time

from client import Connection, wait_until_up

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A running server; use it in a `with` statement."""

    def __init__(self, arguments, environment=None):
        """`environment`: variables besides those of this process."""
        self.port = free_port()
        self.log = tempfile.TemporaryFile()
        began = time.monotonic()
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments] + ["--port", str(self.port)],
            env=os.environ | (environment or {}), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.startup_seconds = wait_until_up(self.port, self.process) - began
        except BaseException:
            self.stop()
            self.log.seek(0)
            print(self.log.read()[-2000:].decode(errors="replace"))
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def connect(self):
        return Connection(self.port)

    def cpu_seconds(self):
        """Time on a core since the start, of all threads."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
