"""Parlant's own web chat in a real browser, served by us beside the API.

`make test` fetches the page and installs the browser; see `web_chat.py`. With PARLANT_SCREENSHOTS=FOLDER in the
environment each step leaves a picture there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from chat import connect
from runtime import REPOSITORY, TEST_AGENTS, Runtime
from scripted_openai import ScriptedOpenAI

PAGE_FOLDER = Path(os.environ.get("PARLANT_WEB_CHAT", REPOSITORY / ".chat"))
SCREENSHOTS = os.environ.get("PARLANT_SCREENSHOTS")
LONG_REPLY = "Tomorrow the kitchen makes soup, then fish with new potatoes, and for those who still can, plum cake."

pytestmark = pytest.mark.timeout(120)
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not (PAGE_FOLDER / "index.html").is_file():
        pytest.fail("the browser or the page is missing; 'make .chat/index.html browser' installs both")
    with sync_playwright() as playwright:
        # Containers run as root, where Chromium's sandbox does not start; it meets only pages of this test.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def model() -> Iterator[ScriptedOpenAI]:
    with ScriptedOpenAI(default=True) as model:
        model.add(schema="reply", contains="tomorrow", reply={"message": LONG_REPLY})
        model.add(schema="reply", reply={"message": "Today there is soup."})
        model.add(stream=True, contains="tomorrow", reply=LONG_REPLY)
        model.add(stream=True, reply="Today there is soup.")
        yield model


@pytest.fixture
def server(start, model) -> Runtime:
    """A block agent and a streaming one, with a scripted model and the page."""
    runtime = start(
        TEST_AGENTS / "booking", "--nlp", "openai", "--model", "scripted", "--chat", PAGE_FOLDER,
        environment={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test"})
    with connect(runtime.url) as http:
        answer = http.post(
            "/agents",
            json={"id": "river", "name": "River", "composition_mode": "fluid", "message_output_mode": "stream"})
        assert answer.status_code == 201, answer.text
    return runtime


class Visit:
    """One visitor of the page, and everything that went wrong behind it."""

    def __init__(self, page: Page, server: Runtime, name: str):
        self.page, self.server, self.name = page, server, name
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.sockets: list[str] = []
        self.frames: list[str] = []
        self._shots = 0
        # The page asks for web fonts; nothing but the server is let through.
        page.route(
            "**/*", lambda route: route.continue_() if route.request.url.startswith(server.url) else route.abort())
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.requests.append(
            f"{request.method} {request.url.removeprefix(server.url)}"))
        page.on("response", lambda response: response.status >= 400 and self.faults.append(
            f"{response.status} {response.request.method} {response.url}"))
        page.on("websocket", self._follow)
        page.set_default_timeout(20_000)

    def _follow(self, socket) -> None:
        self.sockets.append(socket.url)
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)))

    @property
    def messages(self):
        return self.page.get_by_test_id("message")

    @property
    def sessions(self):
        return self.page.get_by_test_id("session")

    def texts(self) -> list[str]:
        return [bubble.inner_text().strip() for bubble in self.messages.all()]

    def shoot(self, what: str) -> None:
        if SCREENSHOTS:
            self._shots += 1
            os.makedirs(SCREENSHOTS, exist_ok=True)
            self.page.screenshot(path=f"{SCREENSHOTS}/{self.name}-{self._shots}-{what}.png")

    def open(self) -> None:
        # From the root, as people type it.
        self.page.goto(self.server.url, wait_until="domcontentloaded")
        expect(self.page).to_have_url(f"{self.server.url}/chat/")

    def new_session(self, agent: str) -> None:
        self.page.locator("img[alt='add session']:visible").first.dispatch_event("click")
        self.page.get_by_test_id("agent").filter(has_text=agent).first.click()
        box = self.page.get_by_placeholder("Message...")
        guest = self.page.get_by_test_id("agent").filter(has_text="Guest").first
        box.or_(guest).first.wait_for()
        if not box.is_visible():
            guest.click()
        box.wait_for()
        self.shoot("new-session")

    def say(self, text: str) -> None:
        self.page.get_by_placeholder("Message...").fill(text)
        self.page.get_by_test_id("submit-button").click()


@pytest.fixture
def visit(browser, server, request) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1300, "height": 850})
    visit = Visit(context.new_page(), server, request.node.callspec.id if hasattr(request.node, "callspec") else "page")
    yield visit
    context.close()


@pytest.mark.parametrize("agent", ["Olive", "River"])
def test_a_conversation_in_the_browser(visit, agent):
    visit.open()
    visit.new_session(agent)

    visit.say("What is there today?")
    expect(visit.messages).to_have_count(2)
    expect(visit.messages.nth(1)).to_contain_text("Today there is soup.")
    visit.shoot("first-reply")

    visit.say("And tomorrow?")
    expect(visit.messages).to_have_count(4)
    expect(visit.messages.nth(3)).to_contain_text(LONG_REPLY)
    visit.shoot("second-reply")
    texts = visit.texts()
    assert "What is there today?" in texts[0]
    assert "And tomorrow?" in texts[2]

    visit.page.reload(wait_until="domcontentloaded")
    visit.sessions.first.click()
    expect(visit.messages).to_have_count(4)
    expect(visit.messages.nth(3)).to_contain_text(LONG_REPLY)
    assert [text.split("\n")[0] for text in visit.texts()] == [text.split("\n")[0] for text in texts]
    visit.shoot("reloaded")

    assert visit.faults == []
    with connect(visit.server.url) as http:
        [session] = http.get("/sessions").json()
        events = http.get(f"/sessions/{session['id']}/events", params={"kinds": "message"}).json()
        assert len(events) == 4
        chunks = events[-1]["data"].get("chunks")
        assert (chunks is None) if agent == "Olive" else (chunks[-1] is None and "".join(chunks[:-1]) == LONG_REPLY)

        visit.sessions.first.get_by_test_id("menu-button").click()
        visit.page.get_by_role("menuitem", name="delete").click()
        visit.page.get_by_test_id("deleteDialogContent").get_by_test_id("gradient-button").click()
        expect(visit.sessions).to_have_count(0)
        visit.shoot("deleted")
        assert http.get("/sessions").json() == []
    assert f"DELETE /sessions/{session['id']}" in visit.requests


def test_the_page_follows_the_log(visit):
    visit.open()
    visit.new_session("Olive")
    visit.say("What is there today?")
    expect(visit.messages).to_have_count(2)
    # A field that the server does not know is worth a notice in the log.
    with connect(visit.server.url) as http:
        http.post("/tags", json={"name": "t", "colour": "red"})
    for _ in range(100):
        if any("fields=colour" in frame for frame in visit.frames):
            break
        visit.page.wait_for_timeout(50)
    assert any("fields=colour" in frame for frame in visit.frames)
    assert visit.sockets == [visit.server.url.replace("http:", "ws:") + "/logs"]
    assert visit.faults == []


def test_a_page_that_is_not_there_stops_the_start(start, tmp_path):
    runtime = start(TEST_AGENTS / "booking", "--chat", tmp_path)
    assert runtime.wait() == 1
    assert runtime.err == [f"{tmp_path}: there is no index.html; name the folder with the built page"]
