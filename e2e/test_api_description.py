"""The API's description holds: a property-based client invents requests from it and compares what comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from runtime import TEST_AGENTS

# Seconds that the client may spend inventing; `make test-api` gives it more.
BUDGET = int(os.environ.get("PARLANT_API_TEST_SECONDS", "25"))

CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance", "use_after_free",
]

# Long polls answer at once: a minute of waiting for nothing tests nothing.
CONFIGURATION = "[parameters]\nwait_for_data = 0\n"


def close(schema: object) -> None:
    """Forbids what a schema does not name, so that a field which is not described is found."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            close(part)
    elif isinstance(schema, list):
        for part in schema:
            close(part)


def strict(description: dict) -> dict:
    """The description with all responses closed; requests stay open, since unknown fields are ignored. Without the log,
    whose stream does not end."""
    del description["paths"]["/logs"]
    for name, schema in description["components"]["schemas"].items():
        if not name.endswith("Request"):
            close(schema)
    return description


@pytest.mark.timeout(BUDGET + 60)
def test_no_request_meets_a_response_that_is_not_described(start, tmp_path: Path):
    runtime = start(TEST_AGENTS / "booking")
    description = strict(httpx.get(f"{runtime.url}/openapi.json").json())
    (tmp_path / "openapi.json").write_text(json.dumps(description))
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)

    client = subprocess.run(
        [
            Path(sys.executable).parent / "st", "--config-file", "schemathesis.toml", "run", "openapi.json",
            "--url", runtime.url, "--max-time", str(BUDGET), "--checks", ",".join(CHECKS), "--warnings", "off",
            "--continue-on-failure",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=BUDGET + 50,
    )

    assert client.returncode == 0, client.stdout[-20_000:] + client.stderr[-5_000:]
    assert f"Tested: {sum(len(path) for path in description['paths'].values())}" in client.stdout
    assert httpx.get(f"{runtime.url}/healthz").json()["status"] == "healthy"
    assert not [line for line in runtime.err if "a request failed" in line]
