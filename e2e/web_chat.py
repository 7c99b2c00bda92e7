"""Fetches Parlant's own web chat, unmodified, out of its package.

    python web_chat.py FOLDER       # afterwards FOLDER/index.html is the page

The package holds the whole reference server, of which only the built page is kept; nothing of it is installed or run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "parlant==3.3.2"
PAGE = "parlant/api/chat/dist/"


def fetch(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as download:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--dest", download, PACKAGE],
            check=True)
        [wheel] = Path(download).glob("*.whl")
        with zipfile.ZipFile(wheel) as package:
            for name in package.namelist():
                if not name.startswith(PAGE) or name.endswith("/"):
                    continue
                file = folder / name.removeprefix(PAGE)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(package.read(name))
    if not (folder / "index.html").is_file():
        sys.exit(f"{PACKAGE} has no page under {PAGE}")


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
