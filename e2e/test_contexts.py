"""What handlers reach through `ctx`, against a real service and the real server."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from chat import Chat, connect
from echo_service import PATIENCE, EchoService
from runtime import TEST_AGENTS, Runtime

DEFECT = "Something went wrong on my side. Please try again later."


@pytest.fixture(scope="module")
def service() -> Iterator[EchoService]:
    service = EchoService()
    yield service
    service.close()


@pytest.fixture(scope="module")
def server(binary: str, service: EchoService, tmp_path_factory) -> Iterator[Runtime]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{unused.getsockname()[1]}"
        file = tmp_path_factory.mktemp("configuration") / "parlant.json"
        file.write_text(json.dumps({
            "settings": {"keeper": {"service_url": service.url, "nobody_url": f"http://{nobody}/"}},
            "http": {"allow": [service.host, nobody]},
            "limits": {"keeper": {"requests_per_call": 10}},
        }))
        runtime = Runtime(binary, str(TEST_AGENTS / "contexts"), "--port", "0", "--config", str(file))
        runtime.wait_until_listening()
        yield runtime
        code = runtime.stop()
        assert code == 0, runtime.transcript()


@pytest.fixture
def http(server: Runtime) -> Iterator[httpx.Client]:
    with connect(server.url) as client:
        yield client


def data(chat: Chat, trial: str):
    """What the trial's tool returned."""
    turn = chat.ask(trial)
    assert turn.reply == "Done.", turn
    return turn.tool_calls[0]["result"]["data"]


def test_each_verb_sends_what_it_is_given(http):
    get, post, put, patch, delete = data(Chat(http, "keeper"), "verbs")

    assert [answer["method"] for answer in (get, post, put, patch, delete)] == ["GET", "POST", "PUT", "PATCH", "DELETE"]
    assert get["query"] == "city=S%C3%A3o%20Paulo&n=2" and get["body"] == ""
    assert (json.loads(post["body"]), post["type"], post["trial"]) == ({"to": "Tom"}, "application/json", "post")
    assert (put["body"], put["type"]) == ("a=1%202", "application/x-www-form-urlencoded")
    assert (patch["body"], patch["type"]) == ("raw", "text/plain")


def test_a_stream_is_read_while_it_is_written(http):
    assert data(Chat(http, "keeper"), "stream") == {"status": 200, "seen": [1, 2, 3]}


def test_a_stream_that_is_left_is_closed(http, service):
    service.left.clear()
    assert json.loads(data(Chat(http, "keeper"), "leave_stream")) == {"line": 1}
    assert service.left.wait(PATIENCE)


def test_only_allowed_hosts_are_reached_and_errors_have_a_kind(http):
    assert data(Chat(http, "keeper"), "elsewhere") == {"reply": "none", "kind": "not_allowed"}
    nobody = data(Chat(http, "keeper"), "nobody")
    assert nobody["kind"] == "refused" and nobody["sentence"].startswith("so: '127.0.0.1:")


def test_functions_run_side_by_side(http):
    assert data(Chat(http, "keeper"), "side_by_side") == [200, 200]


def test_entries_outlive_turns_and_belong_to_whom_they_say(http):
    customer = http.post("/customers", json={"name": "Jane"}).json()["id"]
    variable = http.post(
        "/context-variables", json={"name": "plan", "tags": ["agent:keeper"]}).json()["id"]
    http.put(f"/context-variables/{variable}/DEFAULT", json={"data": "free"}).raise_for_status()
    first, second = Chat(http, "keeper", customer), Chat(http, "keeper", customer)
    stranger = Chat(http, "keeper", http.post("/customers", json={"name": "Tom"}).json()["id"])

    turn = first.ask("keep")
    assert turn.tool_calls[0]["result"]["data"] == {"first": True, "second": False}
    custom = [event["data"] for event in turn.events if event["kind"] == "custom"]
    assert custom == [{"kind": "kept", "visits": 1}]

    kept = {"customer": "for this customer", "plan": "gold", "visits": 1}
    assert data(first, "recall") == {"session": "for this session"} | kept
    assert data(second, "recall") == {"session": "nothing"} | kept
    assert data(stranger, "recall") == {"session": "nothing", "customer": "nothing", "plan": "free", "visits": 1}
    value = http.get(f"/context-variables/{variable}/{customer}")
    assert value.json()["data"] == "gold"

    # Nothing of a customer who is deleted stays, not even for one who comes back with the same id.
    http.delete(f"/customers/{customer}", params={"cascade": True}).raise_for_status()
    assert http.get(f"/context-variables/{variable}/{customer}").status_code == 404
    http.post("/customers", json={"id": customer, "name": "Jane again"}).raise_for_status()
    again = Chat(http, "keeper", customer)
    assert data(again, "recall") == {"session": "nothing", "customer": "nothing", "plan": "free", "visits": 1}


def test_a_limit_of_the_configuration_ends_the_call_alone(server, http):
    assert Chat(http, "keeper").ask("many_requests").reply == DEFECT
    line = server.wait_for_log("one call may send 10 requests, and these are sent")
    assert "keeper.lua:" in line
    assert Chat(http, "keeper").ask("side_by_side").reply == "Done."
