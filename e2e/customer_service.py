"""A customer service of somebody's own, with the JSON interface that `plugins/crm_customers` speaks to."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

from loopback_service import LoopbackHandler, LoopbackService


class CustomerService(LoopbackService):
    """Keeps customers in memory. `failing` is a status with which everything is answered instead."""

    def __init__(self, token: str | None = None):
        self.token = token
        self.customers: dict[str, dict] = {}
        self.requests: list[str] = []
        self.failing: int | None = None
        self.lock = threading.Lock()
        super().__init__(CustomerHandler)

    def answer(self, method: str, url, body: dict | None) -> tuple[int, dict | None]:
        if url.path == "/customers":
            return self.create(body) if method == "POST" else self.list(parse_qs(url.query))
        customer = self.customers.get(unquote(url.path.removeprefix("/customers/")))
        if customer is None:
            return 404, {"error": "no such customer"}
        if method == "DELETE":
            del self.customers[customer["id"]]
            return 204, None
        if method == "PATCH":
            self.change(customer, body)
        return 200, customer

    def create(self, draft: dict) -> tuple[int, dict]:
        id = draft.get("id") or uuid.uuid4().hex[:10]
        if id in self.customers:
            return 409, {"error": "taken"}
        created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.customers[id] = {
            "id": id, "name": draft["name"], "metadata": draft["metadata"] or {}, "tags": draft["tags"],
            "created_at": created, "updated_at": created, "about": draft.get("about"),
        }
        return 200, self.customers[id]

    @staticmethod
    def change(customer: dict, change: dict) -> None:
        customer["name"] = change.get("name", customer["name"])
        customer["about"] = change.get("about", customer["about"])
        customer["updated_at"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        customer["metadata"] = change["metadata"].get("replacement", customer["metadata"])
        metadata = customer["metadata"] | dict(change["metadata"]["set"] or {})
        customer["metadata"] = {k: v for k, v in metadata.items() if k not in change["metadata"]["unset"]}
        tags = change["tags"].get("replacement", customer["tags"]) + change["tags"]["add"]
        customer["tags"] = [t for t in dict.fromkeys(tags) if t not in change["tags"]["remove"]]

    def list(self, query: dict[str, list[str]]) -> tuple[int, dict]:
        tags, metadata = json.loads(query["tags"][0]), json.loads(query["metadata"][0])
        found = [
            c for c in self.customers.values()
            if set(tags) <= set(c["tags"]) and all(c["metadata"].get(k) == v for k, v in metadata.items())
        ]
        def place(customer):
            return customer[query["order"][0]], customer["id"]

        descending = query["direction"] == ["desc"]
        found.sort(key=place, reverse=descending)
        if "after_id" in query:
            after = query["after"][0], query["after_id"][0]
            found = [c for c in found if (place(c) < after if descending else place(c) > after)]
        limit = int(query["limit"][0]) if "limit" in query else len(found)
        return 200, {"items": found[:limit], "total": len(found)}


class CustomerHandler(LoopbackHandler):
    def do_GET(self):
        service, body = self.service, self.body()
        with service.lock:
            service.requests.append(f"{self.command} {self.path}")
            if service.failing:
                status, value = service.failing, {"error": "failing on purpose"}
            elif service.token and self.headers.get("authorization") != f"Bearer {service.token}":
                status, value = 401, {"error": "who are you"}
            else:
                status, value = service.answer(self.command, urlsplit(self.path), json.loads(body) if body else None)
        self.answer(status, value)

    do_POST = do_PATCH = do_DELETE = do_GET
