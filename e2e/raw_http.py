"""A small HTTP/1.1 client on asyncio's streams: many connections at once, streams, and connections that break off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator


class Broken(Exception):
    """The server closed the connection."""


class RawConnection:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> RawConnection:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 20))

    async def send(self, method: str, path: str, body=None) -> None:
        """Sends a request; `body` is encoded as JSON."""
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\n"
        if body is not None:
            head += f"content-type: application/json\r\ncontent-length: {len(data)}\r\n"
        self._writer.write(head.encode() + b"\r\n" + data)
        await self._writer.drain()

    async def receive(self) -> tuple[int, object]:
        """Status and decoded body of the next response (None when it is empty)."""
        status, headers = await self._head()
        if status == 204:
            return status, None
        body = await self._reader.readexactly(int(headers[b"content-length"]))
        return status, json.loads(body) if body else None

    async def call(self, method: str, path: str, body=None) -> tuple[int, object]:
        await self.send(method, path, body)
        return await self.receive()

    async def events(self, path: str) -> AsyncIterator[dict]:
        """The events of a stream, until it ends. What refuses the stream is a `LookupError`."""
        await self.send("GET", path)
        status, headers = await self._head()
        if status != 200:
            await self._reader.readexactly(int(headers[b"content-length"]))
            raise LookupError(status)
        # A chunk holds whole events, so that lines with their sizes come between events only.
        while line := await self._reader.readline():
            if line.startswith(b"data: "):
                yield json.loads(line[len(b"data: "):])
            elif line == b"0\r\n":
                await self._reader.readline()
                return
        raise Broken

    async def _head(self) -> tuple[int, dict[bytes, bytes]]:
        try:
            first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        except asyncio.IncompleteReadError:
            raise Broken from None
        headers = dict(line.split(b": ", 1) for line in lines if line)
        return int(first.split(b" ")[1]), {name.lower(): value for name, value in headers.items()}

    def drop(self) -> None:
        """Ends the connection at once, whatever is under way."""
        self._writer.transport.abort()
