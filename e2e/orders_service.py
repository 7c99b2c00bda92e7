"""The shop's order service, as far as the support agent needs it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ORDERS = {"1001": "on its way", "1002": "packed", "A-113": "delivered"}


class OrdersService:
    """Answers `GET /orders/ID` on loopback: known orders, 404 for others, a failure for `500`, no JSON for `200`."""

    def __init__(self):
        requests: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                requests.append(self.path)
                order = self.path.removeprefix("/orders/")
                if order == "500":
                    return self.answer(500, {"error": "out of order"})
                if order == "200":
                    return self.answer(200, None)
                if order not in ORDERS:
                    return self.answer(404, {"error": "no such order"})
                self.answer(200, {"id": order, "status": ORDERS[order]})

            def answer(self, status, value):
                body = json.dumps(value).encode() if value else b"<html>"
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.requests = requests
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
