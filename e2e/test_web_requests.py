"""The requests of Parlant's web chat and widget as they were recorded in a browser, replayed to the letter.

The answers are checked for the members that the page reads. Pages of another origin send the same, with `origin`.
"""

from __future__ import annotations

import json
import re

import httpx
import pytest
from websockets.sync.client import connect as open_socket

from chat import connect

ORIGIN = "http://shop.example"
BROWSER = {"accept": "*/*", "accept-language": "en-US,en;q=0.9", "origin": ORIGIN, "referer": f"{ORIGIN}/"}
JSON_BODY = BROWSER | {"content-type": "application/json"}
EVENT_SOURCE = BROWSER | {"accept": "text/event-stream", "cache-control": "no-cache"}
IDS = re.compile(r"^[0-9A-Za-z]{10}$")


@pytest.fixture
def page(examples):
    with connect(examples.url) as http:
        yield http


@pytest.fixture
def session(page) -> dict:
    """The page's own request for a session."""
    answer = page.post(
        "/sessions?allow_greeting=false", headers=JSON_BODY,
        content='{"customer_id":"guest","agent_id":"workshop","title":"New Conversation"}')
    assert answer.status_code == 201, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.json()


def post(page: httpx.Client, session: dict, text: str, moderation: str = "none") -> dict:
    answer = page.post(
        f"/sessions/{session['id']}/events?moderation={moderation}", headers=JSON_BODY,
        content=json.dumps({"kind": "message", "message": text, "source": "customer"}, separators=(",", ":")))
    assert answer.status_code == 201, answer.text
    return answer.json()


def stream(page: httpx.Client, path: str, until) -> list[dict]:
    """What an EventSource gets, up to an event that satisfies `until`: one `data:` line for each event."""
    seen: list[dict] = []
    with page.stream("GET", path, headers=EVENT_SOURCE) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        for line in response.iter_lines():
            assert line == "" or line.startswith("data: ")
            if line:
                seen.append(json.loads(line.removeprefix("data: ")))
                if until(seen[-1]):
                    break
    return seen


def is_ready(event: dict) -> bool:
    return event["kind"] == "status" and event["data"]["status"] == "ready" and bool(
        event["data"]["data"].get("stage") == "completed")


def test_the_log_is_opened_first(examples):
    with open_socket(examples.url.replace("http:", "ws:") + "/logs", origin=ORIGIN):
        pass


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("/sessions", {"id", "title", "customer_id", "agent_id", "creation_utc"}),
        ("/agents", {"id", "name", "message_output_mode"}),
        ("/customers", {"id", "name"}),
    ],
)
def test_the_lists_are_plain_arrays(page, session, path, members):
    answer = page.get(path, headers=BROWSER)

    assert answer.status_code == 200
    assert isinstance(answer.json(), list)
    assert all(members <= set(entry) for entry in answer.json())
    assert answer.json()


def test_a_session_has_what_the_list_shows(session):
    assert IDS.match(session["id"])
    assert (session["customer_id"], session["agent_id"], session["title"]) == ("guest", "workshop", "New Conversation")
    assert session["creation_utc"].endswith("Z")


@pytest.mark.parametrize("moderation", ["none", "auto"])
def test_a_message_is_posted_and_followed_as_an_event_source(page, session, moderation):
    said = post(page, session, "What are your opening hours?", moderation)

    events = stream(page, f"/sessions/{session['id']}/events?sse=true&min_offset=0&wait_for_data=60", is_ready)

    assert events[0] == said
    for event in events:
        assert {"id", "offset", "kind", "source", "trace_id", "data", "creation_utc"} <= set(event)
        # The part before `::` groups a turn's states with its message.
        assert event["trace_id"].split("::")[0] == said["trace_id"]
    assert [event["offset"] for event in events] == list(range(len(events)))
    statuses = [event["data"]["status"] for event in events if event["kind"] == "status"]
    assert {"acknowledged", "processing", "ready"} <= set(statuses)
    [reply] = [event for event in events if event["kind"] == "message" and event["source"] == "ai_agent"]
    assert reply["data"]["message"] == "We are open from 8 to 18, Tuesday to Saturday."
    assert reply["data"]["participant"] == {"id": "workshop", "display_name": "Spoke"}
    assert "chunks" not in reply["data"]
    # The page reopens the stream at the last offset plus one after each message that it posts.
    second = post(page, session, "Thanks")
    path = f"/sessions/{session['id']}/events?sse=true&min_offset={events[-1]['offset'] + 1}&wait_for_data=60"
    assert stream(page, path, is_ready)[0] == second


def test_a_stream_without_news_simply_ends(page, session):
    answer = page.get(
        f"/sessions/{session['id']}/events?sse=true&min_offset=0&wait_for_data=1", headers=EVENT_SOURCE)

    assert (answer.status_code, answer.text) == (200, "")


@pytest.fixture
def streamer(page):
    """An agent that streams what it says. The server is that of other tests, too."""
    page.post("/agents", json={
        "id": "streamer", "name": "S", "message_output_mode": "stream", "composition_mode": "strict_canned"})
    yield
    assert page.delete("/agents/streamer").status_code == 204


@pytest.mark.usefixtures("streamer")
def test_one_message_is_followed_until_it_is_complete(page):
    session = page.post(
        "/sessions?allow_greeting=false", headers=JSON_BODY,
        content='{"customer_id":"guest","agent_id":"streamer","title":"New Conversation"}').json()
    post(page, session, "Hello there")
    events = stream(page, f"/sessions/{session['id']}/events?sse=true&min_offset=0&wait_for_data=60", is_ready)
    [reply] = [event for event in events if event["kind"] == "message" and event["source"] == "ai_agent"]

    growing = stream(
        page, f"/sessions/{session['id']}/events/{reply['id']}?sse=true",
        lambda event: event["data"]["chunks"][-1:] == [None])

    assert growing[-1]["id"] == reply["id"]
    assert "".join(growing[-1]["data"]["chunks"][:-1]) == growing[-1]["data"]["message"]


def test_a_message_is_edited_by_deleting_from_its_offset_and_posting_anew(page, session):
    first = post(page, session, "What are your opening hours?")
    stream(page, f"/sessions/{session['id']}/events?sse=true&min_offset=0&wait_for_data=60", is_ready)

    deleted = page.delete(f"/sessions/{session['id']}/events?min_offset={first['offset']}", headers=BROWSER)

    assert (deleted.status_code, deleted.content) == (204, b"")
    again = post(page, session, "When are you open on Sundays?")
    assert again["offset"] > first["offset"]
    events = page.get(f"/sessions/{session['id']}/events?wait_for_data=0", headers=BROWSER).json()
    assert events[0] == again


def test_a_session_is_renamed_exported_and_deleted(page, session):
    said = post(page, session, "Hello")

    renamed = page.patch(f"/sessions/{session['id']}", headers=JSON_BODY, content='{"title":"About bicycles"}')
    assert (renamed.status_code, renamed.json()["title"]) == (200, "About bicycles")
    exported = page.get(f"/sessions/{session['id']}/events", headers=BROWSER)
    assert exported.json()[0] == said
    assert page.delete(f"/sessions/{session['id']}", headers=BROWSER).status_code == 204
    assert session["id"] not in [entry["id"] for entry in page.get("/sessions", headers=BROWSER).json()]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/sessions", "content-type"), ("PATCH", "/sessions/x", "content-type"),
        ("DELETE", "/sessions/x", "content-type"), ("GET", "/agents", "authorization"),
    ],
)
def test_a_browser_asks_beforehand_what_a_page_of_another_origin_may(page, method, path, headers):
    answer = page.options(path, headers=BROWSER | {
        "access-control-request-method": method, "access-control-request-headers": headers})

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert method in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == headers
