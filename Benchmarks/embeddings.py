"""Vectors of all-MiniLM-L6-v2 for the benchmarks, from a server of their own (minilm.py)."""

import contextlib
import json
import pathlib
import socket
import subprocess
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = HERE / ".venv-embedding" / "bin" / "python"


@contextlib.contextmanager
def embedding_server():
    """Base URL of all-MiniLM-L6-v2 on a free port; it ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [PYTHON, HERE / "minilm.py", "--port", str(port)], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    try:
        url = next((words[1] for words in map(str.split, server.stdout) if words[:1] == ["ready"]), None)
        if url is None:
            raise RuntimeError(f"minilm.py ended with {server.wait(10)}")
        yield url
    finally:
        server.terminate()
        server.wait(10)


def embed(url, texts):
    """One vector per text, in order."""
    vectors = []
    for start in range(0, len(texts), 64):
        body = json.dumps({"model": "minilm", "input": texts[start:start + 64]}).encode()
        question = urllib.request.Request(f"{url}/embeddings", body, {"content-type": "application/json"})
        with urllib.request.urlopen(question, timeout=120) as answer:
            rows = sorted(json.load(answer)["data"], key=lambda row: row["index"])
        vectors += [row["embedding"] for row in rows]
    return vectors
