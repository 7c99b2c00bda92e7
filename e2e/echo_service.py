"""A service on loopback that shows requests back, streams lines, and brings two requests together."""

from __future__ import annotations

import json
import threading

from loopback_service import LoopbackHandler, LoopbackService

PATIENCE = 20


class EchoService(LoopbackService):
    """`/echo` answers what it got; `/stream` sends lines, each when the one before was reported to `/arrived`;
    `/meet` answers when two requests are there."""

    def __init__(self):
        self.arrived = threading.Semaphore(0)
        self.meeting = threading.Barrier(2)
        self.left = threading.Event()
        super().__init__(EchoHandler)


class EchoHandler(LoopbackHandler):
    def handle_request(self):
        body = self.body()
        path, _, query = self.path.partition("?")
        match path:
            case "/stream": self.stream(json.loads(body)["lines"])
            case "/arrived": self.arrive()
            case "/meet": self.meet()
            case _: self.answer(200, {
                "method": self.command, "path": path, "query": query, "body": body.decode(),
                "type": self.headers.get("content-type"), "trial": self.headers.get("x-trial")})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request

    def arrive(self):
        self.service.arrived.release()
        self.answer(200, {})

    def meet(self):
        try:
            self.service.meeting.wait(PATIENCE)
            self.answer(200, {})
        except threading.BrokenBarrierError:
            self.answer(504, {})

    def stream(self, lines):
        self.send_response(200)
        self.send_header("content-type", "application/x-ndjson")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for line in range(1, lines + 1):
                self.chunk(json.dumps({"line": line}).encode() + b"\n")
                if lines < 1000 and not self.service.arrived.acquire(timeout=PATIENCE):
                    self.close_connection = True
                    return
            self.chunk(b"")
        except OSError:
            self.service.left.set()
            self.close_connection = True

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()
