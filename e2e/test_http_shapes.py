"""Requests that are wrong: the documented answer word for word, and nothing stored."""

from __future__ import annotations

import json
import socket
import time

import pytest

from chat import Chat

MEBIBYTE = 1024 * 1024


def problem(kind: str, loc: list, msg: str, value, **ctx) -> dict:
    entry = {"type": kind, "loc": loc, "msg": msg, "input": value}
    return entry | {"ctx": ctx} if ctx else entry


def customers(http) -> list[str]:
    return [customer["id"] for customer in http.get("/customers").json()]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, [problem("missing", ["body", "name"], "Field required", {})]),
        (
            {"name": ""},
            [
                problem(
                    "string_too_short", ["body", "name"], "String should have at least 1 character", "", min_length=1),
            ],
        ),
        (
            {"name": "x" * 101},
            [
                problem(
                    "string_too_long", ["body", "name"], "String should have at most 100 characters", "x" * 101,
                    max_length=100),
            ],
        ),
        ({"name": 7}, [problem("string_type", ["body", "name"], "Input should be a valid string", 7)]),
        (
            {"name": "A", "metadata": []},
            [problem("dict_type", ["body", "metadata"], "Input should be a valid dictionary", [])],
        ),
        (
            {"name": 7, "tags": [1]},
            [
                problem("string_type", ["body", "name"], "Input should be a valid string", 7),
                problem("string_type", ["body", "tags", 0], "Input should be a valid string", 1),
            ],
        ),
    ],
)
def test_a_customer_that_does_not_fit_is_refused_with_all_its_problems(http, body, problems):
    before = customers(http)

    answer = http.post("/customers", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == {"detail": problems}
    assert customers(http) == before


@pytest.mark.parametrize("path", ["/customers", "/tags", "/sessions"])
@pytest.mark.parametrize("body", [b"", b"null"])
def test_an_empty_body_is_a_missing_body(http, path, body):
    answer = http.post(path, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 422
    assert answer.json() == {"detail": [problem("missing", ["body"], "Field required", None)]}


def test_a_body_that_is_no_json_names_the_position(http):
    answer = http.post("/customers", content=b'{"name": "A",}', headers={"content-type": "application/json"})

    assert answer.status_code == 422
    [entry] = answer.json()["detail"]
    assert entry["type"] == "json_invalid"
    assert entry["loc"][0] == "body" and isinstance(entry["loc"][1], int)
    assert entry["msg"] == "JSON decode error"
    assert entry["ctx"]["error"]


def test_a_body_that_is_not_utf8_cannot_be_parsed(http):
    answer = http.post("/customers", content=b'{"name": "\xff"}', headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json() == {"detail": "There was an error parsing the body"}


def test_a_body_without_a_content_type_counts_as_text(http):
    answer = http.post("/customers", content=b'{"name": "A"}')

    assert answer.status_code == 422
    assert [entry["loc"] for entry in answer.json()["detail"]] == [["body"]]


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/customers/nobody", "Item 'nobody' not found"),
        ("/tags/nothing", "Item 'nothing' not found"),
        ("/agents/nobody", "Item 'nobody' not found"),
        ("/sessions/nowhere", "Session not found (id='nowhere')"),
        ("/sessions/nowhere/events?wait_for_data=0", "Session not found (id='nowhere')"),
        ("/sessions/nowhere/events?wait_for_data=60", "Session not found (id='nowhere')"),
        ("/nothing/here", "Not Found"),
    ],
)
def test_what_is_not_there_is_not_found_without_a_wait(http, path, detail):
    answer = http.get(path)  # gives up long before a wait of 60 s would be over

    assert (answer.status_code, answer.json()) == (404, {"detail": detail})


def test_an_unknown_event_is_not_found(http):
    chat = Chat(http, "workshop")

    answer = http.get(f"/sessions/{chat.id}/events/nothing")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Event not found (id='nothing')"})


def test_an_unknown_method_is_not_allowed(http):
    answer = http.put("/customers", json={})

    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})


def test_a_session_of_an_unknown_agent_is_refused(http):
    before = len(http.get("/sessions").json())

    answer = http.post("/sessions", json={"agent_id": "nobody"})

    assert (answer.status_code, answer.json()) == (404, {"detail": "Item 'nobody' not found"})
    assert len(http.get("/sessions").json()) == before


def test_an_unknown_tag_creates_no_customer(http):
    before = customers(http)

    answer = http.post("/customers", json={"name": "A", "tags": ["nothing"]})

    assert (answer.status_code, answer.json()) == (404, {"detail": "Item 'nothing' not found"})
    assert customers(http) == before


def test_validation_comes_before_existence(http):
    assert http.patch("/customers/nobody", json={"name": 7}).status_code == 422
    assert http.patch("/customers/nobody", json={"name": "A"}).status_code == 404
    assert http.post("/sessions/nowhere/events", json={"kind": "message"}).status_code == 422


def test_the_guest_can_be_neither_deleted_nor_changed(http):
    assert http.delete("/customers/guest").status_code == 409
    assert http.patch("/customers/guest", json={"name": "Somebody"}).status_code in (404, 409)
    assert http.get("/customers/guest").json()["name"] == "Guest"


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({"kind": "message", "source": "customer"}, "Missing 'message' field for event"),
        ({"kind": "message", "source": "customer", "message": ""}, "Missing 'message' field for event"),
        (
            {"kind": "message", "source": "human_agent", "message": "x"},
            "Missing 'participant' with 'display_name' for human agent message",
        ),
        (
            {"kind": "message", "source": "human_agent_on_behalf_of_ai_agent"},
            "Missing 'data' field for message",
        ),
        ({"kind": "custom", "source": "customer_ui", "data": {}}, "Missing 'data' field for custom event"),
        ({"kind": "status", "source": "human_agent"}, 'Missing "status" field for status event'),
        (
            {"kind": "status", "source": "human_agent", "status": "typing", "data": [1]},
            'Status event "data" must be a JSON object',
        ),
        (
            {"kind": "message", "source": "ai_agent", "message": "x"},
            "If you add an agent message, you cannot specify what the message will be, as it will be "
            "auto-generated by the agent.",
        ),
        (
            {"kind": "message", "source": "system", "message": "x"},
            'Only "customer", "human_agent", and "human_agent_on_behalf_of_ai_agent" sources are supported for '
            "direct posting.",
        ),
        (
            {"kind": "tool", "source": "customer", "data": {"a": 1}},
            "Only message, custom and status events can currently be added manually",
        ),
    ],
)
def test_an_event_that_makes_no_sense_is_refused_in_one_sentence(http, event, sentence):
    chat = Chat(http, "workshop")

    answer = http.post(f"/sessions/{chat.id}/events", json=event)

    assert (answer.status_code, answer.json()) == (422, {"detail": sentence})
    assert chat.events() == []


def test_unknown_kinds_and_sources_list_the_possible_ones(http):
    chat = Chat(http, "workshop")

    answer = http.post(f"/sessions/{chat.id}/events", json={"kind": "massage", "source": "costumer"})

    assert answer.status_code == 422
    kind, source = answer.json()["detail"]
    assert (kind["type"], kind["loc"], kind["input"]) == ("enum", ["body", "kind"], "massage")
    assert "'message'" in kind["ctx"]["expected"]
    assert (source["type"], source["loc"]) == ("enum", ["body", "source"])
    assert chat.events() == []


@pytest.mark.parametrize(
    ("query", "kind", "name"),
    [
        ({"min_offset": "x"}, "int_parsing", "min_offset"),
        ({"min_offset": -1}, "greater_than_equal", "min_offset"),
        ({"wait_for_data": "soon"}, "int_parsing", "wait_for_data"),
        ({"source": "nobody"}, "enum", "source"),
    ],
)
def test_query_parameters_are_checked(http, query, kind, name):
    chat = Chat(http, "workshop")

    answer = http.get(f"/sessions/{chat.id}/events", params={"wait_for_data": 0} | query)

    assert answer.status_code == 422
    [entry] = answer.json()["detail"]
    assert (entry["type"], entry["loc"]) == (kind, ["query", name])


def test_a_body_beyond_one_mebibyte_is_refused_whole(http):
    before = customers(http)
    body = json.dumps({"name": "A", "metadata": {"x": "y" * MEBIBYTE}})

    answer = http.post("/customers", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()) == (
        413, {"detail": "The body is larger than 1048576 bytes; send less."})
    assert customers(http) == before


def test_a_body_without_a_length_is_measured_too(http):
    before = customers(http)

    def chunks():
        yield b'{"name": "A", "metadata": {"x": "'
        for _ in range(40):
            yield b"y" * 65536
        yield b'"}}'

    answer = http.post("/customers", content=chunks(), headers={"content-type": "application/json"})

    assert answer.status_code == 413
    assert customers(http) == before


def test_a_message_beyond_its_limit_is_refused_whole(http):
    chat = Chat(http, "workshop")

    answer = http.post(
        f"/sessions/{chat.id}/events", json={"kind": "message", "source": "customer", "message": "y" * (300 * 1024)})

    assert answer.status_code == 413
    assert chat.events() == []


def test_unknown_fields_are_named_in_a_header_and_in_the_log(http, examples):
    answer = http.post(
        "/customers", json={"name": "A", "surname": "secret-7391", "metadata": {"anything": "goes"}})

    assert answer.status_code == 201
    assert answer.headers["x-unknown-fields"] == "surname"
    line = examples.wait_for_log("surname")
    assert "secret-7391" not in line


def test_unknown_fields_of_parts_are_named_with_their_path(http):
    customer = http.post("/customers", json={"name": "A", "metadata": {"a": "b"}}).json()

    answer = http.patch(f"/customers/{customer['id']}", json={"metadata": {"sett": {"a": "c"}}})

    assert answer.status_code == 200
    assert answer.headers["x-unknown-fields"] == "metadata.sett"
    assert answer.json()["metadata"] == {"a": "b"}


def test_a_wait_without_data_times_out_with_504(http):
    chat = Chat(http, "workshop")

    started = time.monotonic()
    answer = http.get(f"/sessions/{chat.id}/events", params={"wait_for_data": 1})
    waited = time.monotonic() - started

    assert (answer.status_code, answer.json()) == (504, {"detail": "Request timed out"})
    assert waited > 0.9


def test_no_wait_answers_at_once_with_an_empty_list(http):
    chat = Chat(http, "workshop")

    assert http.get(f"/sessions/{chat.id}/events", params={"wait_for_data": 0}).json() == []


def test_offsets_are_dense_whoever_writes(http):
    chat = Chat(http, "workshop")

    for number in range(5):
        chat.ask("When are you open?")
        http.post(
            f"/sessions/{chat.id}/events",
            json={"kind": "custom", "source": "customer_ui", "data": {"number": number}})

    events = chat.events()
    assert [event["offset"] for event in events] == list(range(len(events)))
    assert chat.events(min_offset=7)[0]["offset"] == 7


def test_a_plain_answer_has_the_documented_events(http):
    chat = Chat(http, "workshop")

    turn = chat.ask("When are you open?")

    message, *answer = chat.events()
    assert message["data"] == {
        "message": "When are you open?", "participant": {"id": "guest", "display_name": "Guest"}, "flagged": False,
        "tags": [],
    }
    assert [event["kind"] for event in answer] == ["status", "status", "status", "message", "status", "status"]
    assert turn.statuses == ["acknowledged", "processing", "typing", "ready", "ready"]
    assert answer[1]["data"]["data"] == {"stage": "Interpreting"}
    assert answer[3]["data"]["participant"] == {"id": "workshop", "display_name": "Spoke"}
    assert {event["trace_id"] for event in answer} == {message["trace_id"]}
    assert all(event["correlation_id"] == event["trace_id"] for event in answer)
    assert all(len(event["trace_id"]) == 32 for event in answer)
    assert len(turn.matched) == 1


def test_health_says_healthy(http):
    answer = http.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "healthy"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /tags HTTP/1.1\r\nhost: x\r\nx-long: " + b"a" * MEBIBYTE + b"\r\n\r\n",
        b"GET /tags HTTP/1.1\r\nhost: x\r\n" + b"x-many: a\r\n" * 100_000 + b"\r\n",
        b"GET /" + b"a" * MEBIBYTE + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    ids=["one header", "many headers", "the path"],
)
def test_a_megabyte_of_headers_is_refused_and_the_connection_closed(examples, head):
    received = b""
    with socket.create_connection(("127.0.0.1", examples.port), timeout=5) as client:
        try:
            client.sendall(head)
            while part := client.recv(4096):
                received += part
        except ConnectionError:
            pass  # Closed while the rest was still being sent.

    assert received == b"" or received.startswith(b"HTTP/1.1 400 ")
    assert b" 200 " not in received
