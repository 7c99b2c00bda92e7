"""Julep's own Python client, unmodified, against the real server; metadata over plain HTTP, because the client drops it."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from chat import connect
from julep_client import run
from runtime import TEST_AGENTS, Runtime

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
NOBODY = "621ff51c-a813-4046-bfc6-ec425003e8c7"
AGENT = "f2b1a0de-3f7c-4d8e-9a51-0c6d7e8f9a0b"


@pytest.fixture
def http(start) -> httpx.Client:
    """A client of a server that knows nobody."""
    runtime: Runtime = start(TEST_AGENTS / "booking")
    with connect(runtime.url) as client:
        client.url = runtime.url
        yield client


def test_the_manual_s_examples_run(http):
    """The code of Julep's page about users as it stands. Its first call leaves out the name, which this client demands of
    its callers before it sends anything; its generated layer below takes it, and so does this."""
    [refused, user, got, listed, nobody, updated, found] = run(http.url, """
        try:
            user = client.users.create(
                about="A 25 year old man with acute recurring headache.",
                docs=[{"title": "Blood test report", "content": "...", "metadata": {"page": 1}}],
                metadata={"db_uuid": "1234"},
            )
        except TypeError as error:
            show(str(error))
        from julep.api.types import CreateDoc
        user = client.users.api_client.create_user(
            about="A 25 year old man with acute recurring headache.",
            docs=[CreateDoc(**{"title": "Blood test report", "content": "...", "metadata": {"page": 1}})],
            metadata={"db_uuid": "1234"},
        )
        show(user)
        user_id = user.id
        show(client.users.get(user_id))
        show(client.users.list(metadata_filter={"db_uuid": "1234"}))
        show(client.users.list(metadata_filter={"db_uuid": "1"}))
        show(client.users.update(user_id=user_id, metadata={"db_uuid": "12345"}))
        show(client.users.list(metadata_filter={"db_uuid": "12345"}))
        """)

    assert "'name'" in refused
    assert UUID.fullmatch(user["id"]) and user["jobs"] == []
    assert got["name"] == "User"
    assert got["about"] == "A 25 year old man with acute recurring headache."
    assert got["created_at"] == got["updated_at"] == user["created_at"]
    assert [listed, nobody, [entry["id"] for entry in found]] == [[got], [], [user["id"]]]
    assert updated["updated_at"] > got["updated_at"]
    stored = http.get(f"/users/{user['id']}").json()
    assert stored["metadata"] == {"db_uuid": "12345"}
    assert stored["about"] == got["about"]


def test_a_user_with_documents_is_created_and_read_back(http):
    [user, docs] = run(http.url, """
        user = client.users.create(
            name="Anon", about="A 25 year old man.", metadata={"db_uuid": "1234", "visits": 3, "deep": {"a": [None]}},
            docs=[{"title": "Report", "content": "..."}, {"title": "Notes", "content": ["one", "two"]}])
        show(user)
        show(client.users.api_client.get_user_docs(user.id).items)
        """)

    assert user["name"] == "Anon"
    assert http.get(f"/users/{user['id']}").json() == {
        "id": user["id"], "name": "Anon", "about": "A 25 year old man.",
        "created_at": user["created_at"].replace(" ", "T").replace("+00:00", "Z"),
        "updated_at": user["created_at"].replace(" ", "T").replace("+00:00", "Z"),
        "metadata": {"db_uuid": "1234", "visits": 3, "deep": {"a": [None]}},
    }
    assert [(doc["title"], doc["content"]) for doc in docs] == [("Notes", ["one", "two"]), ("Report", "...")]


def test_documents_keep_their_metadata(http):
    user = http.post("/users", json={"docs": [{"title": "A", "content": "a", "metadata": {"page": 1}}]}).json()["id"]
    http.post(f"/users/{user}/docs", json={"title": "B", "content": [], "metadata": {"page": 2}}).raise_for_status()

    found = http.get(f"/users/{user}/docs", params={"metadata_filter": json.dumps({"page": 1})}).json()["items"]

    assert [(doc["title"], doc["metadata"]) for doc in found] == [("A", {"page": 1})]


def test_overwriting_replaces_all_that_the_client_gives(http):
    [user] = run(http.url, """
        user = client.users.create(name="Anon", about="Tall.", docs=[], metadata={"a": 1})
        client.users.update(user_id=user.id, name="Eve", about="Small.", metadata={"b": 2}, overwrite=True)
        show(user)
        """)

    stored = http.get(f"/users/{user['id']}").json()
    assert (stored["name"], stored["about"], stored["metadata"]) == ("Eve", "Small.", {"b": 2})


def test_pages_by_offset_and_by_cursor(http):
    for number in range(7):
        http.post("/users", json={"name": f"U{number}"}).raise_for_status()

    [page] = run(http.url, "show(client.users.list(limit=3, offset=2))")
    assert [user["name"] for user in page] == ["U4", "U3", "U2"]

    seen, parameters = [], {"limit": 3}
    while parameters:
        reply = http.get("/users", params=parameters).json()
        seen += [user["name"] for user in reply["items"]]
        http.post("/users", json={"name": "late"}).raise_for_status()
        parameters = {"limit": 3, "cursor": reply["next_cursor"]} if reply["next_cursor"] else None
    assert seen == [f"U{number}" for number in reversed(range(7))]


def test_documents_of_a_user_and_of_an_agent_come_and_go(http):
    http.post("/agents", json={"id": AGENT, "name": "Doc"}).raise_for_status()
    [created, before, after, agents] = run(http.url, f"""
        user = client.users.create(name="Anon", about="", docs=[], metadata={{}})
        made = client.docs.create(user_id=user.id, doc={{"title": "A", "content": "a"}})
        show(made)
        show(client.docs.list(user_id=user.id, agent_id=None))
        client.docs.delete(user_id=user.id, agent_id=None, doc_id=made.id)
        show(client.docs.list(user_id=user.id, agent_id=None))
        client.docs.create(agent_id="{AGENT}", doc={{"title": "Manual", "content": ["x"]}})
        show(client.docs.list(agent_id="{AGENT}", user_id=None))
        """)

    assert UUID.fullmatch(created["id"])
    assert [(doc["id"], doc["title"], doc["content"]) for doc in before] == [(created["id"], "A", "a")]
    assert after == []
    assert [doc["content"] for doc in agents] == [["x"]]


def test_an_agent_s_memories_are_listed(http):
    http.post("/agents", json={"id": AGENT, "name": "Doc"}).raise_for_status()

    [memories] = run(http.url, f'show(client.memories.list(agent_id="{AGENT}", query="headache", user_id="{NOBODY}"))')

    assert memories == []


def test_what_is_not_there_is_an_error_of_the_client_s(http):
    [status, body, refused] = run(http.url, f"""
        try:
            client.users.get(id="{NOBODY}")
        except ApiError as error:
            show(error.status_code)
            show(error.body)
        try:
            client.users.api_client.list_users(metadata_filter="[")
        except ApiError as error:
            show([error.status_code, error.body["detail"][0]["loc"]])
        """)

    assert (status, body) == (404, {"detail": f"Item '{NOBODY}' not found"})
    assert refused == [422, ["query", "metadata_filter"]]


def test_a_deleted_user_is_gone_in_both_views(http):
    [user] = run(http.url, """
        user = client.users.create(name="Anon", about="", docs=[{"title": "A", "content": "a"}], metadata={})
        client.users.delete(user_id=user.id)
        show(user)
        """)

    for path in ("/users/{}", "/customers/{}", "/users/{}/docs"):
        assert http.get(path.format(user["id"])).status_code == 404
    assert http.get("/users").json() == {"items": [], "next_cursor": None}


def test_the_client_s_key_is_the_server_s_token(start):
    runtime = start(TEST_AGENTS / "booking", environment={"PARLANT_API_TOKEN": "s3cret-s3cret-s3cret"})

    [right, wrong] = run(runtime.url, """
        show(client.users.list())
        try:
            Client(api_key="other", base_url=sys.argv[1]).users.list()
        except ApiError as error:
            show(error.status_code)
        """, key="s3cret-s3cret-s3cret")

    assert (right, wrong) == ([], 401)


def test_users_are_there_after_a_restart(start, tmp_path):
    store = f"sqlite:{tmp_path}/store.db"
    first = start(TEST_AGENTS / "booking", "--store", store)
    with connect(first.url) as http:
        user = http.post("/users", json={
            "about": "Tall.", "metadata": {"n": 1}, "docs": [{"title": "A", "content": ["a"], "metadata": {"p": 1}}]}).json()
        http.patch(f"/users/{user['id']}", json={"name": "Eve"}).raise_for_status()
        before = [http.get(f"/users/{user['id']}{path}").json() for path in ("", "/docs")]
    assert first.stop() == 0

    second = start(TEST_AGENTS / "booking", "--store", store)
    with connect(second.url) as http:
        assert [http.get(f"/users/{user['id']}{path}").json() for path in ("", "/docs")] == before
