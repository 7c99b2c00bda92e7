"""A server that speaks MongoDB's protocol, for tests: `python mongo_server.py --data DIR`.

Prints `ready PORT` when it accepts connections, and ends with SIGTERM. It runs SecantusDB, a stand-in for MongoDB, as a
process of its own; nothing of it is part of the project.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading

import secantus.transactions
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from secantus import SecantusDBServer

USER_EXISTS = 51003
# It remembers every write that a driver may repeat, and slows down when it remembers many.
REMEMBERED_WRITES = 256


def serve(port: int, data: str, user: str | None, password: str, standalone: bool, sync: bool) -> None:
    """Serves until a signal comes. With a user, only that one may do anything."""
    secantus.transactions._RETRYABLE_RECORD_MAX = REMEMBERED_WRITES
    place = {"host": "127.0.0.1", "storage_path": data}
    if user:
        with SecantusDBServer(port=0, **place) as server:
            try:
                MongoClient(server.uri).admin.command("createUser", user, pwd=password, roles=["root"])
            except OperationFailure as error:
                if error.code != USER_EXISTS:
                    raise
    server = SecantusDBServer(
        port=port, require_auth=bool(user), sync_on_commit=sync, enable_test_commands=True,
        replica_set_name=None if standalone else "tests", **place)
    server.start()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print("ready", server.port, flush=True)
    parent = os.getppid()
    # Nobody is left to end it when the tests were killed.
    while not stop.wait(1.0) and os.getppid() == parent:
        pass
    server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", required=True, help="folder of the data, or :memory:")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--standalone", action="store_true", help="be no replica set: no change streams")
    parser.add_argument("--sync", action="store_true", help="write to the disk before a write is acknowledged")
    options = parser.parse_args()
    serve(options.port, options.data, options.user, options.password, options.standalone, options.sync)
