#!/usr/bin/env python3
"""A server that speaks OpenAI's protocol and says what a script tells it to, for tests without a model.

    python3 scripted_openai.py [--port 0] [--script rules.json] [--api-key KEY]

Prints "ready http://127.0.0.1:PORT" and serves until SIGTERM or SIGINT. Python 3.11, standard library only.

A script is a list of rules; the first that matches a request decides. All members are optional:

    {"schema": "guideline_match",    the request's response_format names this schema
     "contains": "refund",           this text stands in the prompt (all messages or inputs, joined); a list: all of them
     "model": "m1",                  the request is for this model
     "endpoint": "chat",             "chat", "embeddings" or "moderations"; default: each
     "stream": true,                 the request asks for a stream, or not
     "times": 1,                     the rule is used up after this many requests; default: never
     "reply": {...},                 the answer's content: an object is written as JSON, a text as it is
     "replies": [{...}, {...}],      one per request in turn, the last for all that follow; instead of "reply"
     "answer": f,                    a function of the prompt that gives the reply; in the process of the tests alone
     "pieces": ["a", " b"],          what a stream is made of; default: the reply's words
     "pause": 0.1,                   seconds between the pieces
     "finish_reason": "stop",        of the choice
     "refusal": "no",                the model refuses
     "usage": {"prompt_tokens": 5},  replaces members of the usage
     "delay": 0.5,                   seconds before the reply
     "hang": true,                   no reply until the client goes away or the script is replaced
     "status": 429, "headers": {"retry-after": "1"}, "error": {"message": "...", "code": "..."},
     "raw": "<html>",                the whole body as it is, instead of a completion
     "broken": true}                 the connection ends in the middle of the body, or after the last piece

Without a matching rule, chat requests get an answer made from the schema (the first value of each enum, false, 0, "",
[], and members that are required), and embeddings get vectors made from the words of the text, so that texts with the
same words are alike, and moderations flag nothing; `--strict` makes it a 500 with the reason instead.

In the process of the tests, on a thread of its own:

    with ScriptedOpenAI() as model:
        model.reply({"message": "Hello"}, for_schema="reply")    # rules that are used once, in this order
        model.fail(429, headers={"retry-after": "1"})
        ...                                                      # model.base_url is for OPENAI_BASE_URL
        assert [request.schema for request in model.requests] == ["reply"]

Over HTTP:

    POST /script    replaces the rules: a list, or {"rules": [...], "default": true|false}; ends all that hang
    GET  /requests  every question so far: [{"path", "headers", "body", "schema", "rule"}]
    POST /reset     forgets requests and rules
    GET  /v1/models, POST /v1/chat/completions, POST /v1/embeddings, POST /v1/moderations
"""
import argparse
import base64
import hashlib
import json
import math
import re
import select
import signal
import struct
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSIONS = 64
MAX_BODY = 16 << 20


@dataclass
class Request:
    """One question."""

    path: str
    headers: dict  # names in lower case
    body: dict
    schema: str | None  # name of the schema in response_format
    rule: int | None  # number of the rule that answered, from 0
    usage: dict = field(default_factory=dict)  # what the answer said that it cost
    began: float = 0.0  # seconds on the monotonic clock at which it was read
    ended: float = 0.0  # and at which the answer was sent; 0: not yet


class Script:
    """Rules, what they were used for, and what was asked; shared by all connections."""

    def __init__(self, rules, default):
        self.lock = threading.Lock()
        self.requests = []
        self.replace(rules, default)

    def replace(self, rules, default):
        check(rules)
        with self.lock:
            self.rules = rules
            self.default = default
            self.used = [0] * len(rules)
            self.released, previous = threading.Event(), getattr(self, "released", None)
        if previous:
            previous.set()

    def add(self, rule):
        """Appends a rule."""
        check([rule])
        with self.lock:
            self.rules = self.rules + [rule]
            self.used.append(0)

    def take(self, endpoint, body):
        """The rule for a request, its number, the how-manieth use this is, and what ends its hanging."""
        schema = schema_name(body)
        is_stream = bool(body.get("stream"))
        text = prompt(body)
        with self.lock:
            for index, rule in enumerate(self.rules):
                if rule.get("times") is not None and self.used[index] >= rule["times"]:
                    continue
                wanted = rule.get("contains", [])
                if rule.get("endpoint", endpoint) != endpoint or rule.get("model", body.get("model")) != body.get("model"):
                    continue
                if rule.get("schema", schema) != schema or rule.get("stream", is_stream) != is_stream:
                    continue
                if not all(part in text for part in ([wanted] if isinstance(wanted, str) else wanted)):
                    continue
                self.used[index] += 1
                return rule, index, self.used[index], self.released
            return None, None, 0, self.released


KNOWN = {
    "schema", "contains", "model", "endpoint", "times", "reply", "replies", "answer", "finish_reason", "refusal", "usage",
    "delay", "hang", "stream", "pieces", "pause", "status", "headers", "error", "raw", "broken", "comment",
}


def check(rules):
    """Refuses a script with a mistake, instead of a test that fails for a reason nobody sees."""
    if not isinstance(rules, list):
        raise ValueError("a script is a list of rules")
    for number, rule in enumerate(rules, 1):
        if not isinstance(rule, dict):
            raise ValueError(f"rule {number} is no object")
        unknown = set(rule) - KNOWN
        if unknown:
            raise ValueError(f"rule {number} has the unknown member '{sorted(unknown)[0]}'")
        if "replies" in rule and not (isinstance(rule["replies"], list) and rule["replies"]):
            raise ValueError(f"rule {number}: 'replies' is a list with at least one reply")


def schema_name(body):
    return ((body.get("response_format") or {}).get("json_schema") or {}).get("name")


def prompt(body):
    """All text of a request."""
    parts = []
    for message in body.get("messages") or []:
        content = message.get("content")
        if isinstance(content, list):
            content = "\n".join(part.get("text", "") for part in content if isinstance(part, dict))
        parts.append(content or "")
    inputs = body.get("input")
    parts += [inputs] if isinstance(inputs, str) else [text for text in inputs or [] if isinstance(text, str)]
    return "\n".join(parts)


def sample(schema):
    """The plainest value that fits a schema."""
    if not isinstance(schema, dict):
        return None
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("anyOf"):
        return sample(schema["anyOf"][0])
    kind = schema.get("type", "object" if "properties" in schema else "null")
    if isinstance(kind, list):
        kind = "null" if "null" in kind else kind[0]
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: sample(properties.get(name, {})) for name in schema.get("required", [])}
    if kind == "array":
        return [sample(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
    return {"string": "", "boolean": False, "integer": 0, "number": 0}.get(kind)


def vector(text):
    """A unit vector from the words of a text: each word turns on a few dimensions, always the same."""
    values = [0.0] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        digest = hashlib.sha256(word.encode()).digest()
        for byte in digest[:4]:
            values[byte % DIMENSIONS] += 1.0
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return [value / length for value in values] if any(values) else [1.0] + values[1:]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "scripted"
    disable_nagle_algorithm = True  # head and body are two writes; the second would wait for a delayed ACK: 40 ms

    def log_message(self, *_):
        pass

    def do_GET(self):
        script = self.server.script
        if self.path == "/requests":
            with script.lock:
                requests = [asdict(request) for request in script.requests]
            return self.send_value(200, requests)
        if self.path == "/v1/models":
            if not self.is_authorized():
                return self.refuse_key()
            with script.lock:
                names = {rule["model"] for rule in script.rules if "model" in rule} | {"scripted"}
            models = [{"id": name, "object": "model", "created": 0, "owned_by": "test"} for name in sorted(names)]
            return self.send_value(200, {"object": "list", "data": models})
        self.send_value(404, {"error": {"message": "no such path", "type": "not_found", "code": "not_found"}})

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            return self.send_value(413, {"error": {"message": "too large"}})
        try:
            body = json.loads(self.rfile.read(length) or b"null")
        except ValueError:
            return self.send_value(400, {"error": {"message": "the body is not JSON", "type": "invalid_request_error"}})
        if self.path == "/script":
            return self.replace_script(body)
        if self.path == "/reset":
            self.server.script.replace([], self.server.default)
            with self.server.script.lock:
                self.server.script.requests.clear()
            return self.send_value(200, {})
        endpoint = {
            "/v1/chat/completions": "chat", "/v1/embeddings": "embeddings", "/v1/moderations": "moderations",
        }.get(self.path)
        if endpoint is None:
            return self.send_value(404, {"error": {"message": "no such path", "type": "not_found"}})
        if not isinstance(body, dict):
            return self.send_value(400, {"error": {"message": "the body is no object", "type": "invalid_request_error"}})
        self.answer(endpoint, body)

    def replace_script(self, body):
        rules, default = body, self.server.default
        if isinstance(body, dict):
            rules, default = body.get("rules", []), body.get("default", default)
        try:
            self.server.script.replace(rules, default)
        except ValueError as error:
            return self.send_value(400, {"error": {"message": str(error)}})
        self.send_value(200, {"rules": len(rules)})

    def is_authorized(self):
        return not self.server.key or self.headers.get("Authorization") == f"Bearer {self.server.key}"

    def refuse_key(self):
        error = {"message": "Incorrect API key provided.", "type": "invalid_request_error", "code": "invalid_api_key"}
        self.send_value(401, {"error": error})

    def answer(self, endpoint, body):
        script = self.server.script
        rule, number, use, released = script.take(endpoint, body)
        with script.lock:
            headers = {name.lower(): value for name, value in self.headers.items()}
            question = Request(
                self.path, headers, body, schema_name(body), number, began=time.monotonic())
            script.requests.append(question)
            self.question = question
            default = script.default
        try:
            self.answer_by(rule, default, use, released, endpoint, body)
        finally:
            question.ended = time.monotonic()

    def answer_by(self, rule, default, use, released, endpoint, body):
        if not self.is_authorized():
            return self.refuse_key()
        if rule is None and not default:
            error = {"message": "no rule of the script matches", "type": "no_rule", "code": "no_rule"}
            return self.send_value(500, {"error": error}, {"x-should-retry": "false"})
        rule = rule or {}
        if rule.get("delay"):
            time.sleep(rule["delay"])
        if rule.get("hang"):
            return self.hang(released)
        status, headers = rule.get("status", 200), rule.get("headers", {})
        if "raw" in rule:
            return self.send_bytes(status, str(rule["raw"]).encode(), headers, rule.get("broken"))
        if "error" in rule or status >= 400:
            error = {"message": "scripted failure", "type": "scripted", "param": None, "code": None}
            return self.send_value(status, {"error": error | rule.get("error", {})}, headers)
        if body.get("stream"):
            return self.stream(rule, use, body)
        reply = getattr(self, endpoint)(rule, use, body)
        self.send_value(status, reply, headers, rule.get("broken"))

    def hang(self, released):
        """Waits for the client to go away, or for another script."""
        self.close_connection = True
        while not released.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable:
                return

    def content(self, rule, use, schema, body):
        if "answer" in rule:
            reply = rule["answer"](prompt(body))
        elif "replies" in rule:
            reply = rule["replies"][min(use, len(rule["replies"])) - 1]
        elif "reply" in rule:
            reply = rule["reply"]
        else:
            reply = sample(schema) if schema else "ok"
        return reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)

    def chat(self, rule, use, body):
        schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
        message = {"role": "assistant", "content": None, "refusal": rule.get("refusal")}
        if "refusal" not in rule:
            message["content"] = self.content(rule, use, schema, body)
        usage = {"prompt_tokens": len(prompt(body).split()), "completion_tokens": len((message["content"] or "").split())}
        usage |= rule.get("usage", {})
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
        self.question.usage = usage
        choice = {"index": 0, "message": message, "finish_reason": rule.get("finish_reason", "stop")}
        return {
            "id": f"chatcmpl-{use}", "object": "chat.completion", "created": 0, "model": body.get("model"),
            "choices": [choice], "usage": usage,
        }

    def stream(self, rule, use, body):
        """The reply as server-sent events, each sent when it is there."""
        pieces = rule.get("pieces") or re.findall(r"\s*\S+", self.content(rule, use, None, body))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

        def send(choices, **members):
            chunk = {"id": f"chatcmpl-{use}", "object": "chat.completion.chunk", "choices": choices} | members
            self.wfile.write(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode())
            self.wfile.flush()

        try:
            for piece in pieces:
                send([{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
                time.sleep(rule.get("pause", 0))
            if rule.get("broken"):
                return
            send([{"index": 0, "delta": {}, "finish_reason": rule.get("finish_reason", "stop")}])
            usage = {"prompt_tokens": len(prompt(body).split()), "completion_tokens": len(pieces)}
            usage = usage | {"total_tokens": sum(usage.values())} | rule.get("usage", {})
            self.question.usage = usage
            send([], usage=usage)
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            pass

    def embeddings(self, rule, use, body):
        inputs = body.get("input")
        texts = [inputs] if isinstance(inputs, str) else inputs or []
        vectors = rule["reply"] if "reply" in rule else [vector(str(text)) for text in texts]
        if body.get("encoding_format") == "base64":
            vectors = [base64.b64encode(struct.pack(f"<{len(v)}f", *v)).decode() for v in vectors]
        data = [{"object": "embedding", "index": index, "embedding": v} for index, v in enumerate(vectors)]
        tokens = sum(len(str(text).split()) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        self.question.usage = usage
        return {"object": "list", "data": data, "model": body.get("model"), "usage": usage}

    def moderations(self, rule, use, body):
        result = {"flagged": False, "categories": {}, "category_scores": {}} | rule.get("reply", {})
        return {"id": f"modr-{use}", "model": body.get("model"), "results": [result]}

    def send_value(self, status, value, headers=None, broken=False):
        self.send_bytes(status, json.dumps(value, ensure_ascii=False).encode(), headers, broken)

    def send_bytes(self, status, body, headers=None, broken=False):
        try:
            self.send_response(status)
            names = {name.lower() for name in headers or {}}
            for name, value in (headers or {}).items():
                self.send_header(name, str(value))
            if "content-type" not in names:
                self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if broken:
                body = body[: len(body) // 2]
                self.close_connection = True
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, rules, default, key):
        super().__init__(("127.0.0.1", port), Handler)
        self.script = Script(rules, default)
        self.default = default
        self.key = key

    def handle_error(self, request, client_address):
        # Clients that go away are part of the tests; anything else is a fault of this script.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class ScriptedOpenAI:
    """The server on a thread. A question that no rule answers is a 500 that clients do not repeat."""

    def __init__(self, rules=(), default=False, key=None):
        self.server = Server(0, list(rules), default, key)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.script.replace([], False)  # lets go of what hangs
        self.server.shutdown()
        self.server.server_close()

    @property
    def requests(self):
        """The questions so far, oldest first."""
        with self.server.script.lock:
            return list(self.server.script.requests)

    def add(self, **rule):
        """Appends a rule with these members."""
        self.server.script.add(rule)

    def reply(self, content, for_schema=None, times=1, **rule):
        """The next answer, or the next to a question with this schema: a value is written as JSON, a text as it is."""
        self.add(reply=content, times=times, **({"schema": for_schema} if for_schema else {}), **rule)

    def fail(self, status, headers=None, body=None, times=1, **rule):
        """The next answers are failures; `body` is a value for the whole body."""
        details = {} if body is None else {"raw": body if isinstance(body, str) else json.dumps(body)}
        self.add(status=status, headers=headers or {}, times=times, **details, **rule)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--script", help="JSON file with the rules")
    parser.add_argument("--api-key", help="require this bearer token")
    parser.add_argument("--strict", action="store_true", help="a request without a rule is a 500")
    options = parser.parse_args()
    rules, default = [], not options.strict
    if options.script:
        with open(options.script, encoding="utf-8") as file:
            rules = json.load(file)
        if isinstance(rules, dict):
            rules, default = rules.get("rules", []), rules.get("default", default)
    server = Server(options.port, rules, default, options.api_key)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
