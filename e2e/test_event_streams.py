"""Event streams, read as bytes from the real server: what a browser's EventSource would see."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time

import httpx
import pytest

from chat import Chat, connect, is_completed
from runtime import REPOSITORY


def events_of(response: httpx.Response):
    """The events of a stream as they come; anything but `data:` lines and empty lines is a fault."""
    for line in response.iter_lines():
        assert line == "" or line.startswith("data: "), line
        if line:
            yield json.loads(line[len("data: "):])


def follow(http: httpx.Client, session: str, offset: int = 0, wait: int = 5, **query):
    """Opens the stream of a session."""
    return http.stream(
        "GET", f"/sessions/{session}/events",
        params={"sse": "true", "min_offset": offset, "wait_for_data": wait, **query})


def custom(http: httpx.Client, session: str, data) -> dict:
    answer = http.post(f"/sessions/{session}/events", json={"kind": "custom", "source": "system", "data": data})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_stream_shows_a_whole_turn_while_it_happens(http):
    chat = Chat(http, "workshop")
    with follow(http, chat.id) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cache-control"] == "no-cache"
        trace = chat.say("When are you open?")
        seen = []
        for event in events_of(response):
            seen.append(event)
            if is_completed(event):
                break
    assert [event["offset"] for event in seen] == list(range(len(seen)))
    assert {event["trace_id"] for event in seen} == {trace}
    assert seen == chat.events()


def test_a_stream_ends_by_itself_after_the_silence_that_was_asked_for(http):
    chat = Chat(http, "workshop")
    custom(http, chat.id, 1)
    started = time.monotonic()
    with follow(http, chat.id, wait=1) as response:
        assert [event["data"] for event in events_of(response)] == [1]
    assert time.monotonic() - started > 0.9


def test_filters_hold_for_streams(http):
    chat = Chat(http, "workshop")
    chat.ask("When are you open?")
    with follow(http, chat.id, wait=0, kinds="message", source="ai_agent") as response:
        kinds = {(event["kind"], event["source"]) for event in events_of(response)}
    assert kinds == {("message", "ai_agent")}


def test_an_unknown_session_is_refused_before_the_stream_begins(http):
    answer = http.get("/sessions/none/events", params={"sse": "true"})
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Session not found (id='none')"}


def test_who_reconnects_at_the_last_offset_plus_one_misses_nothing_and_sees_nothing_twice(http, examples):
    chat = Chat(http, "workshop")
    total = 300

    def write() -> None:
        with connect(examples.url) as writer:
            for number in range(total):
                custom(writer, chat.id, {"n": number})

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[int] = []
    while len(seen) < total:
        with follow(http, chat.id, offset=seen[-1] + 1 if seen else 0) as response:
            for count, event in enumerate(events_of(response), 1):
                seen.append(event["offset"])
                if count == 17:
                    break
    writer.join()
    assert seen == list(range(total))


def test_a_slow_reader_gets_everything_and_holds_up_nobody(http):
    chat = Chat(http, "workshop")
    with follow(http, chat.id, wait=2) as response:
        for number in range(60):
            custom(http, chat.id, {"n": number, "text": "x" * 200_000})  # answered, though nobody reads the stream
        assert [event["data"]["n"] for event in events_of(response)] == list(range(60))


def resident_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1024


def test_clients_that_do_not_read_cost_no_memory(start):
    runtime = start(REPOSITORY / "agents", "--log-level", "warning")
    with connect(runtime.url) as http, contextlib.ExitStack() as sockets:
        chat = Chat(http, "workshop")
        for number in range(40):
            custom(http, chat.id, {"n": number, "text": "x" * 200_000})
        before = resident_bytes(runtime.pid)
        for _ in range(30):
            client = sockets.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(30)
            client.connect(("127.0.0.1", runtime.port))
            client.sendall(f"GET /sessions/{chat.id}/events?sse=true HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            assert client.recv(1, socket.MSG_PEEK)  # the stream has begun; nobody takes it
        grown, size = 0, resident_bytes(runtime.pid)
        while size != grown:  # until the server has nothing more to send
            grown = size
            time.sleep(0.3)
            size = resident_bytes(runtime.pid)
        custom(http, chat.id, {"n": 40})
    # 30 clients times 8 MB would be 240 MB.
    assert grown - before < 100 << 20, f"{(grown - before) >> 20} MiB"


def test_streams_end_when_their_session_is_deleted(http):
    chat = Chat(http, "workshop")
    with follow(http, chat.id, wait=30) as response:
        http.delete(f"/sessions/{chat.id}")
        assert list(events_of(response)) == []


def test_streams_end_when_the_server_stops(start):
    runtime = start(REPOSITORY / "agents", "--log-level", "warning")
    with connect(runtime.url) as http:
        chat = Chat(http, "workshop")
        with follow(http, chat.id, wait=60) as response:
            stopping = threading.Timer(0.2, lambda: runtime.process.terminate())
            stopping.start()
            assert list(events_of(response)) == []
            stopping.join()
    assert runtime.wait() == 0


def test_one_event_streams_until_it_is_complete(http):
    chat = Chat(http, "workshop")
    turn = chat.ask("When are you open?")
    message = next(event for event in turn.events if event["kind"] == "message")
    with http.stream("GET", f"/sessions/{chat.id}/events/{message['id']}", params={"sse": "true"}) as response:
        assert list(events_of(response)) == [message]


def test_a_turn_is_deleted_from_its_beginning_and_answered_anew(http):
    chat = Chat(http, "workshop")
    first = chat.ask("When are you open?")
    path = f"/sessions/{chat.id}/events"
    answer = http.delete(path, params={"min_offset": 1})
    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        "Cannot delete events with offset < min_offset unless they are the first event of their trace ID")
    assert http.delete(path, params={"min_offset": 0}).status_code == 204
    assert chat.events() == []
    again = chat.ask("When are you open?")
    assert again.reply == first.reply
    assert again.events[0]["offset"] > first.events[-1]["offset"]


@pytest.mark.parametrize("spelling", ["unset", "remove"])
def test_an_annotated_event_shows_it_everywhere(http, spelling):
    chat = Chat(http, "workshop")
    event = custom(http, chat.id, "x")
    path = f"/sessions/{chat.id}/events/{event['id']}"
    http.patch(path, json={"metadata": {"set": {"good": True, "note": "n"}}})
    changed = http.patch(path, json={"metadata": {"set": {"rank": 1}, spelling: ["note"]}}).json()
    assert changed == {**event, "metadata": {"good": True, "rank": 1}}
    assert http.get(path).json() == changed
    assert chat.events() == [changed]
