"""Customers that stay in a service of somebody's own, through the example plugin `plugins/crm_customers`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from parlant.client import ParlantClient
from parlant.client.types import CustomerMetadataUpdateParams

from chat import Chat, connect
from customer_service import CustomerService
from runtime import REPOSITORY, Runtime

TOKEN = "crm-secret-0123456789"


@pytest.fixture
def service() -> Iterator[CustomerService]:
    service = CustomerService(token=TOKEN)
    yield service
    service.close()


@pytest.fixture
def server(start: Callable[..., Runtime], service: CustomerService, tmp_path) -> Runtime:
    agents = tmp_path / "agents"
    agents.mkdir()
    (agents / "greeter.lua").write_text(
        """
local parlant = require "parlant"
local agent = parlant.agent { name = "Greeter", description = "Greets.", composition_mode = "strict" }
agent:guideline {
  condition = "Always",
  action = "Greet",
  matcher = parlant.match_always,
  canned_responses = { "Hello {{ std.customer.name }}, plan {{ plan | default('none') }}." },
  canned_response_fields = function(ctx) return { plan = ctx.customer.metadata.plan } end,
}
return agent
""")
    return start(
        agents, "--plugins", REPOSITORY / "plugins", "--customer-store", "plugin:crm_customers",
        "--allow-http", service.host,
        environment={
            "PARLANT_CRM_CUSTOMERS_BASE_URL": f"http://{service.host}", "PARLANT_CRM_CUSTOMERS_TOKEN": TOKEN})


@pytest.fixture
def http(server: Runtime) -> Iterator[httpx.Client]:
    with connect(server.url) as http:
        yield http


def test_parlants_client_creates_reads_changes_and_deletes_customers_in_the_service(server, service):
    client = ParlantClient(base_url=server.url)
    tag = client.tags.create(name="vip")

    made = client.customers.create(name="Alice", metadata={"plan": "gold"}, tags=[tag.id])
    assert service.customers[made.id]["name"] == "Alice"
    assert service.customers[made.id]["metadata"] == {"plan": "gold"}
    assert service.customers[made.id]["tags"] == ["vip"]
    assert made.tags == [tag.id]

    changed = client.customers.update(
        made.id, name="Alice Smith", metadata=CustomerMetadataUpdateParams(set={"city": "Oslo"}, unset=["plan"]))
    assert changed.metadata == {"city": "Oslo"}
    assert changed.tags == [tag.id]
    assert service.customers[made.id]["name"] == "Alice Smith"
    assert client.customers.retrieve(made.id).name == "Alice Smith"

    assert [c.id for c in client.customers.list()] == ["guest", made.id]
    client.customers.delete(made.id)
    assert service.customers == {}
    assert [c.id for c in client.customers.list()] == ["guest"]


def test_lists_page_through_the_service(http, service):
    for number in range(5):
        service.create({"id": f"c{number}", "name": f"N{number}", "metadata": {}, "tags": []})
    ids, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = http.get("/customers", params=query).json()
        ids += [customer["id"] for customer in page["items"]]
        assert page["total_count"] >= len(page["items"])
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert ids == ["guest", "c0", "c1", "c2", "c3", "c4"]


def test_an_agent_knows_the_customer_of_the_service_and_asks_once_in_ten_seconds(http, service):
    service.create({"id": "ann/1", "name": "Ann", "metadata": {"plan": "gold"}, "tags": []})
    chat = Chat(http, "greeter", "ann/1")

    assert chat.ask("Hi").reply == "Hello Ann, plan gold."
    assert chat.ask("Hi again").reply == "Hello Ann, plan gold."
    assert service.requests.count("GET /customers/ann%2F1") == 1


def test_a_service_that_is_down_is_503_and_a_turn_with_an_error_never_another_customer(http, service, server):
    service.create({"id": "ann", "name": "Ann", "metadata": {}, "tags": []})
    chat = Chat(http, "greeter")
    assert chat.ask("Hi").reply == "Hello Guest, plan none."
    other = Chat(http, "greeter", "ann")
    service.failing = 500

    answer = http.get("/customers/ann")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert "500" not in answer.text
    assert "the customer service replied 500" in server.wait_for_log("the customer service replied 500")
    refused = http.post(f"/sessions/{other.id}/events", json={"kind": "message", "source": "customer", "message": "Hi"})
    assert refused.status_code == 503
    asked = http.post(f"/sessions/{other.id}/events", json={"kind": "message", "source": "ai_agent"})
    turn = other.turn(asked.json()["trace_id"])
    assert turn.reply is None
    [error] = [event["data"]["data"] for event in turn.events if event["data"].get("status") == "error"]
    assert error["exception"] == (
        "the customers, which the plugin 'crm_customers' keeps, cannot be reached; try again later")
    assert chat.ask("Still there?").reply == "Hello Guest, plan none."
    assert TOKEN not in server.transcript()


def test_missing_and_taken_customers_are_told_apart(http, service):
    service.create({"id": "ann", "name": "Ann", "metadata": {}, "tags": []})

    assert http.get("/customers/nobody").status_code == 404
    assert http.patch("/customers/nobody", json={"name": "x"}).status_code == 404
    assert http.delete("/customers/nobody").status_code == 404
    assert http.post("/customers", json={"id": "ann", "name": "x"}).status_code == 409
    assert http.delete("/customers/guest").status_code == 409
    assert service.customers["ann"]["name"] == "Ann"


def test_a_store_that_only_finds_says_what_it_does_not_offer(start, tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "book.lua").write_text(
        """
local parlant = require "parlant"
local names = { ann = "Ann" }
return parlant.plugin {
  name = "book", version = "1.0.0",
  customer_store = { find = function(_, id) return names[id] and { id = id, name = names[id] } end },
}
""")
    server = start(tmp_path / "agents", "--customer-store", "plugin:book")
    with connect(server.url) as http:
        assert http.get("/customers/ann").json()["name"] == "Ann"
        assert http.get("/customers/bob").status_code == 404
        for function, answer in [
            ("create", http.post("/customers", json={"name": "x"})),
            ("update", http.patch("/customers/ann", json={"name": "x"})),
            ("delete", http.delete("/customers/ann")),
            ("list", http.get("/customers")),
        ]:
            assert answer.status_code == 405
            assert answer.json()["detail"] == (
                f"The customers are kept by the plugin 'book', which has no '{function}'; "
                "do it in the service that it speaks to.")


def test_a_customer_store_that_is_not_there_keeps_the_server_from_starting(start, tmp_path):
    (tmp_path / "agents").mkdir()
    for plugin, sentence in [
        ("crm", "there is no plugin 'crm'"),
        ("location", "the plugin 'location' has no customer store; give it a 'customer_store'"),
    ]:
        runtime = start(
            tmp_path / "agents", "--plugins", REPOSITORY / "plugins", "--customer-store", f"plugin:{plugin}")
        assert runtime.process.wait(20) == 1
        runtime.wait_for_log(sentence)
