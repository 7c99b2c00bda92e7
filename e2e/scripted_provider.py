"""A language-model service that speaks one of three dialects, and does one thing wrong for as long as a test wants."""

from __future__ import annotations

import json
import select
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATHS = {
    "/chat/completions": "openai", "/v1/messages": "anthropic", "/api/chat": "ollama", "/api/generate": "plugin:ollama",
}


def fitting(schema: dict) -> object:
    """A plain value that fits a schema; texts are something to say."""
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("anyOf"):
        return fitting(schema["anyOf"][0])
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = "null" if "null" in kind else kind[0]
    if kind == "object":
        return {name: fitting(schema["properties"][name]) for name in schema.get("required", [])}
    return {"array": [], "string": "Hello there.", "boolean": False, "integer": 0, "number": 0}.get(kind)


class ScriptedProvider:
    """Answers every question with something that fits, unless `fault` says what to do instead.

    A fault has `status` and `headers`, `text` (the model's answer), `body` (the whole reply), `half` (the connection ends in
    the middle of the reply) or `silent` (no reply until the client goes away; `given_up` is set then), and may be over after
    some `times`.
    """

    def __init__(self):
        self.fault: dict | None = None
        self.given_up = threading.Event()
        self.dialects: list[str] = []
        self.keys: list[str | None] = []
        self.models: list[str] = []
        self.moments: list[float] = []
        self._lock = threading.Lock()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                dialect = PATHS[self.path]
                provider.dialects.append(dialect)
                provider.keys.append(self.headers.get("x-api-key") or self.headers.get("authorization"))
                provider.models.append(body["model"])
                provider.moments.append(time.monotonic())
                fault = provider.take_fault()
                if fault.get("silent"):
                    return self.wait_for_client()
                if "status" in fault:
                    return self.send(fault["status"], json.dumps({"error": {"message": "scripted"}}), fault.get("headers"))
                schema = provider.schema(dialect, body)
                text = fault["text"] if "text" in fault else json.dumps(fitting(schema)) if schema else "Hello there."
                if "body" in fault:
                    return self.send(200, fault["body"])
                reply = provider.stream(dialect, text) if body.get("stream") else provider.reply(dialect, text, schema)
                self.send(200, reply, half=fault.get("half", False))

            def wait_for_client(self):
                self.close_connection = True
                # Readable means that the client has closed: it has nothing more to say.
                while not select.select([self.connection], [], [], 0.05)[0]:
                    pass
                provider.given_up.set()

            def send(self, status, text, headers=None, half=False):
                data = text.encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if half else data)
                self.close_connection = half

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # Clients that go away are part of the tests.

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def take_fault(self) -> dict:
        with self._lock:
            fault = self.fault or {}
            if "times" in fault:
                self.fault = fault | {"times": fault["times"] - 1} if fault["times"] > 1 else None
            return fault

    @staticmethod
    def schema(dialect: str, body: dict) -> dict | None:
        """What the answer must fit; nothing when it is free text."""
        if dialect == "openai":
            return ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
        if dialect == "anthropic":
            if body.get("tools"):
                return body["tools"][0]["input_schema"]
            _, marked, schema = body["system"][0]["text"].rpartition("and nothing else:\n")
            return json.loads(schema) if marked else None
        return body.get("format") or None

    @staticmethod
    def reply(dialect: str, text: str, schema: dict | None) -> str:
        if dialect == "openai":
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            return json.dumps({"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
        if dialect == "anthropic":
            try:
                block = {"type": "tool_use", "id": "t", "name": "x", "input": json.loads(text)} if schema else None
            except ValueError:
                block = None
            block = block or {"type": "text", "text": text}
            usage = {"input_tokens": 7, "output_tokens": 3}
            return json.dumps({"type": "message", "content": [block], "stop_reason": "end_turn", "usage": usage})
        counts = {"done": True, "done_reason": "stop", "prompt_eval_count": 7, "eval_count": 3}
        if dialect == "ollama":
            return json.dumps({"message": {"role": "assistant", "content": text}} | counts)
        return json.dumps({"response": text} | counts)

    @staticmethod
    def stream(dialect: str, text: str) -> str:
        words = [word + " " for word in text.split()]
        if dialect == "openai":
            events = [{"choices": [{"delta": {"content": word}}]} for word in words]
            events.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            events.append({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
            return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        if dialect == "anthropic":
            events = [{"type": "message_start", "message": {"usage": {"input_tokens": 7, "output_tokens": 1}}}]
            events += [
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}} for word in words]
            events.append({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}})
            events.append({"type": "message_stop"})
            return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        last = {"done": True, "prompt_eval_count": 7, "eval_count": 3}
        if dialect == "ollama":
            lines = [{"message": {"content": word}, "done": False} for word in words] + [{"message": {"content": ""}} | last]
        else:
            lines = [{"response": word, "done": False} for word in words] + [{"response": ""} | last]
        return "".join(json.dumps(line) + "\n" for line in lines)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
