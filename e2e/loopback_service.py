"""The base of services that tests stand in for: a server on a free port of this machine, on threads of its own."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LoopbackHandler(BaseHTTPRequestHandler):
    """One connection. `self.service` is the service that it belongs to."""

    protocol_version = "HTTP/1.1"

    @property
    def service(self):
        return self.server.service

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def answer(self, status: int, value=None, headers: dict[str, str] | None = None, text: bytes | None = None) -> None:
        """Sends a value as JSON, or a text as it is; 204 sends neither."""
        body = b"" if status == 204 else json.dumps(value).encode() if text is None else text
        self.send_response(status)
        for name, field in {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, field)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class LoopbackService:
    """Serves with a handler until it is closed."""

    def __init__(self, handler: type[LoopbackHandler]):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.service = self
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
