"""Following the server's log over the API: as a web socket, as server-sent events, and with a token."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket

from chat import Chat, connect
from runtime import REPOSITORY, TEST_AGENTS, Runtime

TOKEN = "e2e-token-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def socket_url(server: Runtime) -> str:
    return server.url.replace("http:", "ws:") + "/logs"


@pytest.fixture
def server(start) -> Runtime:
    """An agent whose tool logs, at a level that shows each turn."""
    runtime = start(TEST_AGENTS / "slow", "--log-level", "trace")
    runtime.wait_until_listening()
    return runtime


def records(socket, until, within: float = 10) -> list[dict]:
    """The records that a socket gets, up to one that satisfies `until`."""
    deadline = time.monotonic() + within
    seen: list[dict] = []
    while not (seen and until(seen[-1])):
        seen.append(json.loads(socket.recv(timeout=max(0.01, deadline - time.monotonic()))))
    return seen


def agent_of(http: httpx.Client) -> str:
    return http.get("/agents").json()[0]["id"]


def test_a_socket_gets_a_text_frame_for_each_line_with_the_trace_of_its_request(server):
    with open_socket(socket_url(server)) as socket, connect(server.url) as http:
        chat = Chat(http, agent_of(http))
        trace = chat.say("Hello")
        seen = records(socket, lambda record: record["trace_id"] == trace)
    assert all(set(record) == {"level", "trace_id", "message"} for record in seen)
    assert {record["level"] for record in seen} <= {"TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}


def test_every_follower_sees_the_same_lines_as_standard_error(server):
    with open_socket(socket_url(server)) as first, open_socket(socket_url(server)) as second:
        with connect(server.url) as http:
            # A field that the server does not know is worth a notice.
            http.post("/tags", json={"name": "logs", "colour": "red"})
        is_notice = lambda record: "fields=colour" in record["message"]
        assert records(first, is_notice)[-1] == records(second, is_notice)[-1]
    server.wait_for_log("fields=colour")


def test_server_sent_events_carry_the_same_lines(server):
    with connect(server.url) as http, http.stream(
        "GET", "/logs", headers={"Accept": "text/event-stream"}
    ) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        threading.Thread(
            target=lambda: httpx.post(f"{server.url}/tags", json={"name": "sse", "size": 1}), daemon=True).start()
        for line in response.iter_lines():
            if line and "fields=size" in json.loads(line.removeprefix("data: "))["message"]:
                break


def test_a_follower_too_many_is_refused_and_one_that_leaves_makes_room(server):
    with ExitStack() as others:
        for _ in range(15):
            others.enter_context(open_socket(socket_url(server)))
        with open_socket(socket_url(server)):
            with pytest.raises(InvalidStatus) as refusal, open_socket(socket_url(server)):
                pass
        assert refusal.value.response.status_code == 503
        assert b"close one of them" in refusal.value.response.body
        deadline = time.monotonic() + 5
        while True:
            try:
                with open_socket(socket_url(server)):
                    break
            except InvalidStatus:
                assert time.monotonic() < deadline
                time.sleep(0.02)


def test_the_end_of_the_server_is_said_to_a_socket(server):
    with open_socket(socket_url(server)) as socket:
        assert server.stop() == 0
        with pytest.raises(ConnectionClosed) as farewell:
            while True:
                socket.recv(timeout=5)
    assert farewell.value.rcvd.code == 1001


def test_a_plain_request_is_told_what_to_do(server):
    answer = httpx.get(f"{server.url}/logs")
    assert answer.status_code == 426
    assert answer.headers["upgrade"] == "websocket"
    assert "open a web socket" in answer.json()["detail"]


# With a token


@pytest.fixture
def guarded(start) -> Runtime:
    runtime = start(REPOSITORY / "agents", environment={"PARLANT_API_TOKEN": TOKEN})
    runtime.wait_until_listening()
    return runtime


def test_nothing_is_open_without_the_token_but_the_probe(guarded):
    for path in ["/agents", "/sessions", "/logs", "/logs?sse=true", "/nothing"]:
        for headers in [{}, {"Authorization": "Bearer wrong-token-0123456789"}, {"Authorization": f"Basic {TOKEN}"}]:
            answer = httpx.get(guarded.url + path, headers=headers)
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert "detail" in answer.json()
            assert "wrong-token" not in answer.text
    assert httpx.get(f"{guarded.url}/healthz").status_code == 200
    assert httpx.get(f"{guarded.url}/agents", headers=BEARER).status_code == 200


def test_the_log_needs_the_token_too(guarded):
    with pytest.raises(InvalidStatus) as refusal:
        open_socket(socket_url(guarded))
    assert refusal.value.response.status_code == 401
    with open_socket(socket_url(guarded), additional_headers=BEARER) as socket:
        httpx.post(f"{guarded.url}/tags", headers=BEARER, json={"name": "guarded", "shade": 1})
        seen = records(socket, lambda record: "fields=shade" in record["message"])
    assert TOKEN not in json.dumps(seen)
    guarded.stop()
    assert not any(TOKEN in line for line in guarded.out + guarded.err)


def test_parlant_s_client_brings_the_token_in_a_header_of_its_transport(guarded):
    from parlant.client import ParlantClient

    with httpx.Client(headers=BEARER, timeout=30) as transport:
        client = ParlantClient(base_url=guarded.url, httpx_client=transport)
        assert "workshop" in {agent.id for agent in client.agents.list()}


def test_listening_to_the_world_without_a_token_is_warned_about(start):
    open_server = start(REPOSITORY / "agents", "--host", "0.0.0.0")
    open_server.wait_for_log("everybody who reaches this address may use the whole API")
    closed_server = start(REPOSITORY / "agents", "--host", "0.0.0.0", environment={"PARLANT_API_TOKEN": TOKEN})
    closed_server.wait_until_listening()
    assert not any("everybody" in line for line in closed_server.err)


def test_a_token_that_protects_nothing_stops_the_start(start):
    runtime = start(REPOSITORY / "agents", environment={"PARLANT_API_TOKEN": "short"})
    assert runtime.wait() == 1
    assert runtime.err == [
        "PARLANT_API_TOKEN is shorter than 16 characters; make one with 'openssl rand -hex 24'"]
