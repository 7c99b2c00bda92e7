"""A way to a server that can be made slow, silent, or broken."""

from __future__ import annotations

import socket
import struct
import threading
import time


class TCPProxy:
    """Passes bytes between clients and a port of this machine, on threads of its own.

    `delay` holds every piece back for so many seconds. While `stalls` is set nothing passes and nothing is closed: a
    connection that is half open. `drop` breaks all connections.
    """

    def __init__(self, port: int):
        self.target = port
        self.delay = 0.0
        self.flows = threading.Event()
        self.flows.set()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        self.flows.clear()

    def flow(self) -> None:
        self.flows.set()

    def drop(self) -> None:
        """Breaks all connections at once, as a router does that restarts."""
        sockets, self._sockets = self._sockets, []
        for each in sockets:
            try:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.shutdown(socket.SHUT_RDWR)
                each.close()
            except OSError:
                pass

    def close(self) -> None:
        self.flow()
        self._listener.close()
        self.drop()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += [client, server]
            for pair in [(client, server), (server, client)]:
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while piece := source.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                self.flows.wait()
                sink.sendall(piece)
        except OSError:
            pass
        for each in (source, sink):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
