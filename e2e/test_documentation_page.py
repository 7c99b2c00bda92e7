"""The interactive documentation at /docs, in a browser that reaches nothing but the server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from runtime import Runtime


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, examples: Runtime) -> Iterator[Page]:
    """The page, opened; a request to anywhere else, or an error of its script, fails the test."""
    strangers, errors = [], []
    page = browser.new_page()
    page.set_default_timeout(10_000)
    page.on("request", lambda request: strangers.append(request.url)
            if not request.url.startswith((examples.url, "data:")) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{examples.url}/docs")
    yield page
    page.close()
    assert not strangers and not errors


def operation(page: Page, name: str):
    entry = page.locator(f"#{name}")
    entry.locator("> summary").click()
    return entry


def test_every_operation_of_the_description_is_listed(page: Page, http):
    described = [
        operation["operationId"] for path in http.get("/openapi.json").json()["paths"].values()
        for operation in path.values()
    ]

    expect(page.locator("details.operation")).to_have_count(len(described))

    assert {entry.get_attribute("id") for entry in page.locator("details.operation").all()} == set(described)


def test_a_request_can_be_sent_and_its_response_read(page: Page, http):
    entry = operation(page, "create_customer")
    entry.get_by_label("Body").fill('{"name": "Ada <b>Lovelace</b>"}')

    entry.get_by_role("button", name="Send").click()

    response = entry.get_by_label("Response")
    expect(response).to_contain_text("201 Created")
    expect(response).to_contain_text("x-request-id: ")
    body = json.loads(response.inner_text().split("\n\n", 1)[1])
    assert body["name"] == "Ada <b>Lovelace</b>"
    assert http.delete(f"/customers/{body['id']}").status_code == 204


def test_parameters_go_where_they_belong(page: Page):
    entry = operation(page, "list_events")
    entry.get_by_label("session_id").fill("no/such session")
    entry.get_by_label("wait_for_data").fill("0")
    entry.get_by_label("sse").select_option("false")

    entry.get_by_role("button", name="Send").click()

    response = entry.get_by_label("Response")
    expect(response).to_contain_text("GET /sessions/no%2Fsuch%20session/events?wait_for_data=0&sse=false")
    expect(response).to_contain_text("404 Not Found")


def test_a_mistake_is_shown_with_the_servers_words(page: Page):
    entry = operation(page, "create_customer")
    entry.get_by_label("Body").fill("{}")

    entry.get_by_role("button", name="Send").click()

    expect(entry.get_by_label("Response")).to_contain_text("Field required")


def test_operations_can_be_found_by_words(page: Page):
    page.get_by_label("Find an operation").fill("mermaid")

    expect(page.locator("details.operation:visible")).to_have_count(1)


def test_the_keyboard_is_enough(page: Page):
    page.locator("#read_tag > summary").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#read_tag").get_by_role("button", name="Send")).to_be_visible()
