"""Every method of Parlant's own Python client, unmodified, against the real server.

All of them are offered; `test_every_method_is_called` asks the client itself what there is. Three of them say less than
the reference's, because nothing asks a model or another server yet:

- `services.retrieve` shows the tools of script bundles; those of servers outside are None, that is, not known;
- `evaluations.*` are complete at once; properties that only a model can judge are None;
- `services.create_or_update` contacts nobody, OpenAPI included.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import httpx
import pytest
from parlant.client import AsyncParlantClient, ParlantClient
from parlant.client.core.api_error import ApiError
from parlant.client.types import (
    AgentTagUpdateParams,
    CannedResponseField,
    CannedResponseMetadataUpdateParams,
    CapabilityTagUpdateParams,
    ConsumptionOffsetsUpdateParams,
    ContextVariableTagsUpdateParams,
    CustomerMetadataUpdateParams,
    CustomerTagUpdateParams,
    GuidelineContent,
    GuidelineLabelsUpdateParams,
    GuidelineMetadataUpdateParams,
    GuidelinePayload,
    GuidelineTagsUpdateParams,
    GuidelineToolAssociationUpdateParams,
    JourneyConditionUpdateParams,
    JourneyLabelsUpdateParams,
    McpServiceParams,
    OpenApiServiceParams,
    Payload,
    SdkServiceParams,
    SessionLabelsUpdateParams,
    SessionMetadataUpdateParams,
    TermTagsUpdateParams,
    ToolId,
)

from runtime import TEST_AGENTS, Runtime

# Methods that this server does not offer, each with the reason.
NOT_OFFERED: dict[str, str] = {}
BOOK_TABLE = ToolId(service_name="booking", tool_name="book_table")

_called: set[str] = set()


class _Recorded:
    """A group of the client that notes which methods are called."""

    def __init__(self, name: str, group):
        self._name, self._group = name, group

    def __getattr__(self, method: str):
        _called.add(f"{self._name}.{method}")
        return getattr(self._group, method)


def surface(client: ParlantClient) -> tuple[dict[str, object], set[str]]:
    """The groups of a client by name, and the methods of its own: everything that it lets anybody call."""
    public = {name: value for name, value in inspect.getmembers(client) if not name.startswith("_")}
    own = {name for name, value in public.items() if inspect.ismethod(value)}
    return {name: value for name, value in public.items() if name not in own}, own


def methods(group: object) -> set[str]:
    return {name for name, _ in inspect.getmembers(type(group), inspect.isfunction) if not name.startswith("_")}


class _RecordedClient:
    """A client that notes which of its methods are called."""

    def __init__(self, client: ParlantClient):
        self._client = client
        for name, group in surface(client)[0].items():
            setattr(self, name, _Recorded(name, group))

    def __getattr__(self, method: str):
        _called.add(method)
        return getattr(self._client, method)


@pytest.fixture(scope="module")
def booking(binary: str) -> Iterator[Runtime]:
    """A server whose scripts define two agents and a tool."""
    runtime = Runtime(binary, str(TEST_AGENTS / "booking"), "--port", "0")
    runtime.url
    yield runtime
    assert runtime.stop() == 0


@pytest.fixture
def client(booking: Runtime) -> Iterator[_RecordedClient]:
    with httpx.Client(timeout=30) as transport:
        yield _RecordedClient(ParlantClient(base_url=booking.url, httpx_client=transport))


def refusal(call, *arguments, **named) -> tuple[int, str]:
    with pytest.raises(ApiError) as error:
        call(*arguments, **named)
    return error.value.status_code, error.value.body["detail"]


def test_tags(client):
    tag = client.tags.create(name="e2e")
    assert client.tags.retrieve(tag.id).name == "e2e"
    client.tags.update(tag.id, name="e2e renamed")
    assert [found.id for found in client.tags.list(name="e2e renamed")] == [tag.id]
    client.tags.delete(tag.id)
    assert refusal(client.tags.retrieve, tag.id)[0] == 404


def test_agents_are_created_beside_those_of_scripts_and_can_be_talked_to(client):
    tag = client.tags.create(name="agents")
    made = client.agents.create(
        id="rest", name="Rest", description="From REST.", max_engine_iterations=2, composition_mode="strict_canned",
        message_output_mode="block", tags=[tag.id])
    assert made == client.agents.retrieve("rest")
    assert {"booking", "greeter", "rest"} <= {agent.id for agent in client.agents.list()}
    changed = client.agents.update("rest", name="Restful", tags=AgentTagUpdateParams(remove=[tag.id]))
    assert (changed.name, changed.description, changed.tags) == ("Restful", "From REST.", [])

    session = client.sessions.create(agent_id="rest")
    said = client.sessions.create_event(session.id, kind="message", source="customer", message="Hello?")
    replies = client.sessions.list_events(
        session.id, min_offset=said.offset + 1, kinds="message", source="ai_agent", wait_for_data=10)
    assert replies[0].data["participant"] == {"id": "rest", "display_name": "Restful"}

    client.agents.delete("rest")
    assert refusal(client.agents.retrieve, "rest")[0] == 404


def test_what_a_script_defines_is_read_here_and_changed_there(client):
    guidelines = {guideline.id: guideline for guideline in client.guidelines.list(tag_id="agent:booking")}
    assert guidelines["book"].tags == ["agent:booking"]
    assert client.guidelines.retrieve("book").tool_associations[0].tool_id == BOOK_TABLE

    for call, named in [
        (client.guidelines.update, {"guideline_id": "book", "priority": 3}),
        (client.guidelines.delete, {"guideline_id": "book"}),
        (client.agents.update, {"agent_id": "booking", "name": "x"}),
        (client.agents.delete, {"agent_id": "booking"}),
        (client.services.delete, {"name": "booking"}),
    ]:
        status, sentence = refusal(call, **named)
        assert status == 409
        assert "is defined in" in sentence and "booking.lua:" in sentence and "change it there" in sentence


def test_guidelines(client):
    tag = client.tags.create(name="guidelines")
    made = client.guidelines.create(
        id="rest-guideline", condition="c", action="a", description="d", criticality="high", metadata={"k": [1, None]},
        enabled=False, tags=["agent:booking"], composition_mode="strict_canned", track=False, labels=["l"], priority=4)
    assert made.enabled is False
    assert made.metadata == {"k": [1, None]}
    assert client.guidelines.retrieve(made.id).guideline == made
    changed = client.guidelines.update(
        made.id, condition="c2", criticality="low", enabled=True, priority=5,
        tags=GuidelineTagsUpdateParams(add=[tag.id], remove=["agent:booking"]),
        metadata=GuidelineMetadataUpdateParams(set={"n": 1}, unset=["k"]),
        labels=GuidelineLabelsUpdateParams(upsert=["m"], remove=["l"]),
        tool_associations=GuidelineToolAssociationUpdateParams(add=[BOOK_TABLE]))
    assert changed.guideline.action == "a"
    assert changed.guideline.metadata == {"n": 1}
    assert changed.guideline.labels == ["m"]
    assert changed.tool_associations[0].tool_id == BOOK_TABLE
    assert [found.id for found in client.guidelines.list(tag_id=tag.id)] == [made.id]
    client.guidelines.delete(made.id)
    assert refusal(client.guidelines.retrieve, made.id) == (404, "Guideline not found")


def test_context_variables_and_their_values(client):
    tag = client.tags.create(name="variables")
    made = client.context_variables.create(
        name="plan", description="d", tool_id=BOOK_TABLE, freshness_rules="0 12 * * mon", tags=["agent:booking"])
    changed = client.context_variables.update(
        made.id, name="tier", tags=ContextVariableTagsUpdateParams(add=[tag.id], remove=["agent:booking"]))
    assert (changed.tool_id, changed.freshness_rules) == (BOOK_TABLE, "0 12 * * mon")
    assert client.context_variables.list(tag_id=tag.id) == [changed]

    value = client.context_variables.set_value(made.id, "DEFAULT", data={"level": [1, None]})
    assert client.context_variables.get_value(made.id, "DEFAULT") == value
    read = client.context_variables.retrieve(made.id, include_values=True)
    assert read.key_value_pairs == {"DEFAULT": value}
    client.context_variables.delete_value(made.id, "DEFAULT")
    assert refusal(client.context_variables.get_value, made.id, "DEFAULT")[0] == 404

    client.context_variables.delete(made.id)
    client.context_variables.create(name="other", tags=[tag.id])
    client.context_variables.delete_many(tag_id=tag.id)
    assert client.context_variables.list() == []


def test_terms(client):
    made = client.glossary.create_term(
        id="term", name="APR", description="d", synonyms=["rate, yearly"], tags=["agent:booking"])
    changed = client.glossary.update_term("term", description="e", tags=TermTagsUpdateParams(remove=["agent:booking"]))
    assert (changed.synonyms, changed.tags) == (["rate, yearly"], [])
    assert client.glossary.retrieve_term("term") == changed
    assert client.glossary.list_terms() == [changed]
    assert refusal(client.glossary.create_term, id="term", name="n", description="d") == (
        422, "Term with ID 'term' already exists")
    client.glossary.delete_term("term")
    assert client.glossary.list_terms() == []


def test_canned_responses(client):
    field = CannedResponseField(name="n", description="d", examples=["e"])
    made = client.canned_responses.create(
        value="Hi {{n}}", fields=[field], tags=["agent:booking"], signals=["hey"], metadata={"a": 1},
        field_dependencies=["n"])
    changed = client.canned_responses.update(
        made.id, value="Ho {{n}}", metadata=CannedResponseMetadataUpdateParams(set={"b": 2}, unset=["a"]))
    assert changed.fields == [field]
    assert changed.metadata == {"b": 2}
    assert client.canned_responses.retrieve(made.id) == changed
    assert changed in client.canned_responses.list(tags="agent:booking")
    assert refusal(client.canned_responses.create, value="{{", fields=[])[0] == 422
    client.canned_responses.delete(made.id)
    assert refusal(client.canned_responses.delete, made.id)[0] == 404


def test_capabilities(client):
    made = client.capabilities.create(title="t", description="d", signals=["s"], tags=["agent:booking"])
    changed = client.capabilities.update(
        made.id, title="u", tags=CapabilityTagUpdateParams(remove=["agent:booking"]))
    assert (changed.title, changed.signals, changed.tags) == ("u", ["s"], [])
    assert client.capabilities.retrieve(made.id) == changed
    assert client.capabilities.list() == [changed]
    client.capabilities.delete(made.id)
    assert client.capabilities.list() == []


def test_journeys(client):
    made = client.journeys.create(
        id="journey", title="Refund", description="d", conditions=["asks for a refund"], tags=["agent:booking"],
        composition_mode="canned_fluid", labels=["l"], priority=1)
    condition = client.guidelines.retrieve(made.conditions[0]).guideline
    assert (condition.condition, condition.action, condition.tags) == ("asks for a refund", None, ["journey:journey"])
    assert client.journeys.mermaid("journey").startswith("stateDiagram-v2\n")
    other = client.guidelines.create(condition="c")
    changed = client.journeys.update(
        "journey", title="Refunds", conditions=JourneyConditionUpdateParams(add=[other.id], remove=[condition.id]),
        labels=JourneyLabelsUpdateParams(upsert=["m"]))
    assert (changed.conditions, changed.labels, changed.priority) == ([other.id], ["l", "m"], 1)
    assert client.journeys.retrieve("journey") == changed
    assert client.journeys.list(tag_id="agent:booking") == [changed]
    client.journeys.delete("journey")
    assert client.journeys.list() == []
    assert refusal(client.guidelines.retrieve, other.id)[0] == 404


def test_relationships(client):
    source = client.guidelines.create(condition="s")
    made = client.relationships.create(kind="priority", source_guideline=source.id, target_guideline="book")
    assert made.source_guideline == source
    tool = client.relationships.create(kind="reevaluation", source_guideline=source.id, target_tool=BOOK_TABLE)
    assert tool.target_tool.name == "book_table"
    assert client.relationships.retrieve(made.id) == made
    assert client.relationships.list(kind="priority", guideline_id="book", indirect=False) == [made]
    assert client.relationships.list(tool_id="booking:book_table") == [tool]
    assert client.guidelines.retrieve("book").relationships == [made]
    client.relationships.delete(tool.id)
    client.guidelines.delete(source.id)
    assert client.relationships.list() == []


def test_services(client):
    assert [service.name for service in client.services.list()] == ["booking"]
    tools = client.services.retrieve("booking").tools
    assert [(tool.name, sorted(tool.parameters), sorted(tool.required)) for tool in tools] == [
        ("book_table", ["day", "guests"], ["day", "guests"])]
    client.services.create_or_update("outside", kind="sdk", sdk=SdkServiceParams(url="http://127.0.0.1:1"))
    client.services.create_or_update("outside", kind="mcp", mcp=McpServiceParams(url="http://127.0.0.1:1"))
    client.services.create_or_update(
        "old", kind="openapi", openapi=OpenApiServiceParams(url="http://127.0.0.1:1", source="http://127.0.0.1:1/o"))
    outside = client.services.retrieve("outside")
    assert (outside.kind, outside.tools) == ("mcp", None)
    client.services.delete("outside")
    client.services.delete("old")
    assert refusal(client.services.retrieve, "outside")[0] == 404


def test_evaluations(client):
    payload = GuidelinePayload(
        content=GuidelineContent(condition="c", action="a"), tool_ids=[], operation="add", action_proposition=True,
        properties_proposition=True)
    made = client.evaluations.create(payloads=[Payload(kind="guideline", guideline=payload)])
    done = client.evaluations.retrieve(made.id, wait_for_completion=10)
    assert (done.status, done.progress, done.error) == ("completed", 100.0, None)
    assert done.invoices[0].approved
    assert done.invoices[0].data.guideline.action_proposition == "a"


def test_customers(client):
    tag = client.tags.create(name="customers")
    made = client.customers.create(id="carla", name="Carla", metadata={"a": "1", "b": "2"}, tags=[tag.id])
    changed = client.customers.update(
        "carla", name="Carla B.", metadata=CustomerMetadataUpdateParams(set={"c": "3"}, unset=["a"]),
        tags=CustomerTagUpdateParams(remove=[tag.id]))
    assert (changed.name, changed.metadata, changed.tags) == ("Carla B.", {"b": "2", "c": "3"}, [])
    assert client.customers.retrieve("carla") == changed
    assert [customer.id for customer in client.customers.list()] == ["guest", made.id]
    # Pages: the guest counts, and every page keeps to its limit.
    client.customers.create(id="dora", name="Dora")
    first = client.customers.list(limit=2)
    second = client.customers.list(limit=2, cursor=first.next_cursor)
    assert [customer.id for customer in first.items + second.items] == ["guest", "carla", "dora"]
    assert (first.total_count, first.has_more, second.has_more, second.next_cursor) == (3, True, False, None)
    client.customers.delete("dora")
    client.customers.delete("carla")
    assert refusal(client.customers.retrieve, "carla")[0] == 404


def test_sessions(client):
    made = client.sessions.create(
        agent_id="booking", customer_id="guest", title="First", metadata={"channel": "web"}, labels=["new"])
    changed = client.sessions.update(
        made.id, title="Second", mode="manual", customer_id="someone", agent_id="greeter",
        consumption_offsets=ConsumptionOffsetsUpdateParams(client=3),
        metadata=SessionMetadataUpdateParams(set={"n": 0}, unset=["channel"]),
        labels=SessionLabelsUpdateParams(upsert=["old"], remove=["new"]))
    assert (changed.title, changed.mode, changed.customer_id, changed.agent_id) == (
        "Second", "manual", "someone", "greeter")
    assert (changed.consumption_offsets.client, changed.metadata, changed.labels) == (3, {"n": 0}, ["old"])
    assert client.sessions.retrieve(made.id) == changed
    other = client.sessions.create(agent_id="booking", labels=["old", "loud"])
    assert client.sessions.list(labels=["old", "loud"]) == [other]
    assert client.sessions.list(agent_id="greeter", customer_id="someone") == [changed]
    page = client.sessions.list(labels="old", limit=1, sort="desc")
    assert (page.items, page.total_count, page.has_more) == ([other], 2, True)
    assert client.sessions.list(labels="old", limit=1, sort="desc", cursor=page.next_cursor).items == [changed]
    client.sessions.delete(made.id)
    assert refusal(client.sessions.retrieve, made.id) == (404, f"Session not found (id='{made.id}')")
    client.sessions.delete_many(agent_id="booking")
    assert client.sessions.list(agent_id="booking") == []


def test_events(client):
    session = client.sessions.create(agent_id="booking").id
    client.sessions.update(session, mode="manual")
    said = client.sessions.create_event(
        session, kind="message", source="customer", message="Hello", moderation="auto", metadata={"page": 1})
    noted = client.sessions.create_event(session, kind="custom", source="system", data={"cart": [1, None]})
    typing = client.sessions.create_event(session, kind="status", source="human_agent", status="typing")
    assert client.sessions.list_events(session, wait_for_data=0) == [said, noted, typing]
    assert client.sessions.list_events(session, min_offset=1, kinds="custom,status", source="system") == [noted]
    assert client.sessions.list_events(session, trace_id=said.trace_id, correlation_id="ignored") == [said]
    assert client.sessions.read_event(session, said.id, wait_for_completion=True) == said
    annotated = client.sessions.update_event(
        session, said.id, metadata=SessionMetadataUpdateParams(set={"score": 5}, unset=["page"]))
    assert annotated.metadata == {"score": 5}
    client.sessions.delete_events(session, min_offset=noted.offset)
    assert client.sessions.list_events(session, wait_for_data=0) == [annotated]


def test_health(client):
    assert client.health_check_healthz_get()["status"] == "healthy"


def test_the_asynchronous_client_has_the_same_surface_and_works(booking):
    async def converse() -> str:
        async with httpx.AsyncClient(timeout=30) as transport:
            client = AsyncParlantClient(base_url=booking.url, httpx_client=transport)
            session = await client.sessions.create(agent_id="booking")
            said = await client.sessions.create_event(session.id, kind="message", source="customer", message="Hello")
            [event, *_] = await client.sessions.list_events(session.id, min_offset=said.offset, wait_for_data=10)
            return event.data["message"]

    assert asyncio.run(converse()) == "Hello"
    waiting, asynchronous = ParlantClient(base_url=booking.url), AsyncParlantClient(base_url=booking.url)
    assert {name: methods(group) for name, group in surface(waiting)[0].items()} == {
        name: methods(group) for name, group in surface(asynchronous)[0].items()}


def test_every_method_is_called(client):
    """Runs last: a method of a newer client that is not covered above fails here."""
    groups, own = surface(client._client)
    everything = own | {f"{name}.{method}" for name, group in groups.items() for method in methods(group)}
    assert len(everything) > 60
    assert everything - _called == set(NOT_OFFERED)
