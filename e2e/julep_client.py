"""Julep's own Python client, unmodified, in an interpreter of its own: its dependencies go with nobody else's."""

from __future__ import annotations

import json
import subprocess
import textwrap
from pathlib import Path

from runtime import REPOSITORY

PYTHON = REPOSITORY / ".venv-julep" / "bin" / "python"

# `show(value)` hands a value to the test; models of the client become dictionaries.
_PROLOGUE = """
import json, sys
from julep import Client
from julep.api.core.api_error import ApiError

def plain(value):
    if hasattr(value, "dict"):
        return plain(value.dict())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)

def show(value):
    print("SHOWN " + json.dumps(plain(value)))

client = Client(api_key=sys.argv[2], base_url=sys.argv[1])
"""


def run(url: str, code: str, key: str = "key") -> list:
    """Runs code that has a `client` and `show`, and returns what it has shown."""
    assert Path(PYTHON).exists(), "Julep's client is not installed; run `make .venv-julep/.installed`"
    done = subprocess.run(
        [PYTHON, "-c", _PROLOGUE + textwrap.dedent(code), url, key], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line.removeprefix("SHOWN ")) for line in done.stdout.splitlines() if line.startswith("SHOWN ")]
