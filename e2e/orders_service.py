"""The shop's order service, as far as the support agent needs it."""

from __future__ import annotations

from loopback_service import LoopbackHandler, LoopbackService

ORDERS = {"1001": "on its way", "1002": "packed", "A-113": "delivered"}


class OrdersService(LoopbackService):
    """Answers `GET /orders/ID` on loopback: known orders, 404 for others, a failure for `500`, no JSON for `200`."""

    def __init__(self):
        self.requests: list[str] = []
        super().__init__(OrdersHandler)


class OrdersHandler(LoopbackHandler):
    def do_GET(self):
        self.service.requests.append(self.path)
        order = self.path.removeprefix("/orders/")
        if order == "500":
            return self.answer(500, {"error": "out of order"})
        if order == "200":
            return self.answer(200, text=b"<html>")
        if order not in ORDERS:
            return self.answer(404, {"error": "no such order"})
        self.answer(200, {"id": order, "status": ORDERS[order]})
