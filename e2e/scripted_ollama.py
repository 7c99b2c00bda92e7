"""A server that speaks Ollama's protocol and says what a test tells it to."""

from __future__ import annotations

import json
import select
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSIONS = 768


class ScriptedOllama:
    """Answers `/api/generate` with the queued replies in order, and `/api/embed` with vectors of 768 numbers.

    Without a queued reply, a request with a schema gets `{"applies": []}` or `{"calls": []}` as far as the schema has
    such a member, so that turns go on.
    """

    def __init__(self):
        self.requests: list[tuple[str, dict]] = []
        self.given_up = threading.Event()
        self._steps: list[dict] = []
        self._lock = threading.Lock()
        ollama = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with ollama._lock:
                    ollama.requests.append((self.path, body))
                    step = ollama._steps.pop(0) if ollama._steps and self.path == "/api/generate" else {}
                if step.get("hang"):
                    return self.hang()
                if "status" in step:
                    return self.answer(step["status"], {"error": step["error"]}, step.get("headers", {}))
                if self.path == "/api/embed":
                    vectors = [[float(len(text))] + [0.0] * (DIMENSIONS - 1) for text in body["input"]]
                    return self.answer(200, {"embeddings": vectors})
                text = step.get("text", ollama.plainest(body.get("format")))
                if body["stream"]:
                    return self.stream(text)
                self.answer(200, {"response": text, "done": True, "prompt_eval_count": 11, "eval_count": 3})

            def hang(self):
                self.close_connection = True
                # Readable means that the client has closed: it has nothing more to say.
                while not select.select([self.connection], [], [], 0.05)[0]:
                    pass
                ollama.given_up.set()

            def stream(self, text):
                lines = [json.dumps({"response": word + " ", "done": False}) for word in text.split()]
                lines.append(json.dumps({"response": "", "done": True, "prompt_eval_count": 11, "eval_count": 3}))
                self.answer(200, None, {}, "".join(line + "\n" for line in lines).encode())

            def answer(self, status, value, headers=None, body=None):
                body = json.dumps(value).encode() if body is None else body
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                for name, text in (headers or {}).items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def plainest(schema: dict | None) -> str:
        if not schema:
            return "ok"
        lists = {name: [] for name, member in schema.get("properties", {}).items() if member.get("type") == "array"}
        return json.dumps(lists or {"message": "Hello from Ollama."})

    def reply(self, value: dict | str) -> None:
        """Queues one answer."""
        text = value if isinstance(value, str) else json.dumps(value)
        with self._lock:
            self._steps.append({"text": text})

    def fail(self, status: int, error: str, **headers: str) -> None:
        """Queues one failure."""
        with self._lock:
            self._steps.append({"status": status, "error": error, "headers": headers})

    def hang(self) -> None:
        """Queues one request that is never answered; `given_up` is set when its client goes away."""
        with self._lock:
            self._steps.append({"hang": True})

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
