"""Fixtures: the server's binary, servers started from it, and the example agents ready to talk to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from chat import connect
from orders_service import OrdersService
from runtime import REPOSITORY, Runtime

# A server that is killed leaves a file of MongoDB's client in shared memory, which worries the next one with its number.
os.environ["MONGOC_DISABLE_SHM"] = "1"

_running: list[Runtime] = []


@pytest.fixture(scope="session")
def binary() -> str:
    """Path of `parlant-runtime`, from the environment."""
    path = os.path.abspath(os.environ.get("PARLANT_RUNTIME_BINARY", ""))
    if not (os.path.isfile(path) and os.access(path, os.X_OK)):
        pytest.exit("PARLANT_RUNTIME_BINARY must name the parlant-runtime executable", returncode=2)
    return path


@pytest.fixture(scope="session")
def killer(tmp_path_factory) -> Path:
    """The library that kills a process at a chosen durable write: `kill_at_sync.c`."""
    library = tmp_path_factory.mktemp("killer") / "kill_at_sync.so"
    compiler = shutil.which("cc") or shutil.which("clang")
    assert compiler, "a C compiler is needed"
    source = Path(__file__).with_name("kill_at_sync.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture
def start(binary: str) -> Iterator[Callable[..., Runtime]]:
    """Starts servers on free ports. What the test does not stop itself is stopped after it, and must end with 0."""
    started: list[Runtime] = []

    def start(agents, *arguments, environment: dict[str, str] | None = None, port: int = 0) -> Runtime:
        runtime = Runtime(binary, str(agents), "--port", str(port), *arguments, environment=environment)
        started.append(runtime)
        _running.append(runtime)
        return runtime

    yield start
    _stop([runtime for runtime in started if runtime.process.poll() is None])
    for runtime in started:
        _running.remove(runtime)


@pytest.fixture(scope="session")
def orders() -> Iterator[OrdersService]:
    """The order service that the support agent asks."""
    service = OrdersService()
    yield service
    service.close()


@pytest.fixture(scope="session")
def examples(binary: str, orders: OrdersService) -> Iterator[Runtime]:
    """The server with the example agents and plugins of the repository, and the offline provider."""
    runtime = Runtime(
        binary, str(REPOSITORY / "agents"), "--port", "0", "--allow-http", orders.host,
        environment={"PARLANT_SUPPORT_ORDERS_URL": orders.url})
    _running.append(runtime)
    runtime.wait_until_listening()
    yield runtime
    _stop([runtime])
    _running.remove(runtime)


@pytest.fixture
def http(examples: Runtime) -> Iterator[httpx.Client]:
    """A plain HTTP client of the example server."""
    with connect(examples.url) as client:
        yield client


def _stop(runtimes: list[Runtime]) -> None:
    codes = [(runtime, runtime.stop()) for runtime in runtimes]
    for runtime, code in codes:
        assert code == 0, f"SIGTERM must end with exit code 0, not {code}\n{runtime.transcript()}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows what the servers said next to a failure."""
    report = (yield).get_result()
    if report.failed:
        for runtime in _running:
            report.sections.append(("parlant-runtime", runtime.transcript()))
