"""A plain HTTP/1.1 client on a blocking socket: it adds less time of its own than a library would."""

import json
import socket
import time


class Connection:
    """One kept-alive connection to a server on this machine."""

    def __init__(self, port, timeout=30.0):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def close(self):
        self.socket.close()

    def send(self, request):
        """Sends the bytes that `request()` made."""
        self.socket.sendall(request)

    def read_some(self):
        """Reads what is there (blocking for the first byte)."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._received += data

    def take_reply(self):
        """The next whole reply as (status, body), or None while some of it is missing."""
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"transfer-encoding":
                raise ValueError("a reply without content-length")
        if len(rest) < length:
            return None
        self._received = rest[length:]
        return int(head[9:12]), rest[:length]

    def receive(self):
        """Waits for the next whole reply."""
        while (reply := self.take_reply()) is None:
            self.read_some()
        return reply

    def call(self, method, path, body=None):
        """Sends a request, waits, and returns the decoded body. Any status but 2xx is an error."""
        self.send(request(method, path, body))
        status, reply = self.receive()
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {reply[:200]!r}")
        return json.loads(reply) if reply else None


def request(method, path, body=None):
    """The bytes of a request; `body` is encoded as JSON."""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    if body is None:
        return (head + "\r\n").encode()
    data = json.dumps(body).encode()
    return (head + f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n").encode() + data


def wait_until_up(port, process, seconds=30.0):
    """Asks for /healthz until it answers 200; the monotonic time of that moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            connection = Connection(port, timeout=5)
        except OSError:
            time.sleep(0.0005)
            continue
        try:
            connection.send(request("GET", "/healthz"))
            if connection.receive()[0] == 200:
                return time.monotonic()
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.0005)
    raise RuntimeError(f"no answer on port {port} after {seconds:.0f} s")
