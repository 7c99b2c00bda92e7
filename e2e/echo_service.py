"""A service on loopback that shows requests back, streams lines, and brings two requests together."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 20


class EchoService:
    """`/echo` answers what it got; `/stream` sends lines, each when the one before was reported to `/arrived`;
    `/meet` answers when two requests are there."""

    def __init__(self):
        service = self
        self.arrived = threading.Semaphore(0)
        self.meeting = threading.Barrier(2)
        self.left = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
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
                service.arrived.release()
                self.answer(200, {})

            def meet(self):
                try:
                    service.meeting.wait(PATIENCE)
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
                        if lines < 1000 and not service.arrived.acquire(timeout=PATIENCE):
                            return self.close_connection_now()
                    self.chunk(b"")
                except OSError:
                    service.left.set()
                    self.close_connection_now()

            def chunk(self, data):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

            def close_connection_now(self):
                self.close_connection = True

            def answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
