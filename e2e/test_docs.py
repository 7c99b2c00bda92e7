"""Every code block of the documentation does what the page says.

In order, in one empty folder per page: a `lua` block is written to the file that its first line names (`lua add`: put above the
last `return` of that file); an `sh` block runs and
must succeed (`sh fails`: must exit with 1); each line of a `text` block must be in the output of the `sh` block before it.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    return [(info.split(), text) for info, text in FENCE.findall(page.read_text())]


def added(script, text):
    """The script with the text above its last `return`, as a reader puts it there."""
    above, end, rest = script.rpartition("\nreturn ")
    assert end, f"there is no return in\n{script}"
    return f"{above}\n{text}{end}{rest}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_runs_from_top_to_bottom(page, tmp_path, binary):
    binaries = tmp_path / ".bin"
    binaries.mkdir()
    (binaries / "parlant-runtime").symlink_to(binary)
    environment = dict(os.environ, PATH=f"{binaries}:{os.environ['PATH']}")
    output = None
    for info, text in blocks(page):
        if info[0] == "lua":
            name = re.match(r"-- (agents|plugins)/\S+\.lua\n", text)
            assert name, f"{page.name}: a Lua block names its file in the first line:\n{text}"
            path = tmp_path / text.split("\n")[0][3:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(added(path.read_text(), text.partition("\n")[2]) if "add" in info else text)
        elif info[0] == "sh":
            run = subprocess.run(
                ["bash", "-e", "-o", "pipefail", "-c", text], cwd=tmp_path, env=environment, capture_output=True,
                text=True, timeout=120)
            output = run.stdout + run.stderr
            assert run.returncode == (1 if "fails" in info else 0), f"{text}\n{output}"
        elif info[0] == "text":
            lines = [line.strip() for line in output.splitlines()]
            for line in filter(None, map(str.strip, text.splitlines())):
                assert any(line in found for found in lines), f"{page.name}: {line!r} is not in\n{output}"
        else:
            pytest.fail(f"{page.name}: a block of kind {info}")


def test_agent_of_the_readme_loads(tmp_path, binary):
    lua = [text for info, text in blocks(README) if info[:1] == ["lua"]]
    assert lua
    for number, text in enumerate(lua):
        (tmp_path / "agents").mkdir(exist_ok=True)
        (tmp_path / "agents" / f"readme{number}.lua").write_text(text)
    run = subprocess.run([binary, "check", tmp_path / "agents"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    assert run.stdout.endswith("no problems\n")


def test_conversation_of_the_readme(examples):
    """Its requests as they stand, but for the port and the session's id; `…` stands for anything that is printed."""
    console = next(text for info, text in blocks(README) if info[:1] == ["console"] and "curl" in text)
    steps = re.findall(r"^\$ ((?:.*\\\n)*.*)\n(.*)$", console, re.MULTILINE)
    assert len(steps) == console.count("$ curl") > 0
    written = actual = json.loads(steps[0][1].replace(",…", ""))["id"]
    for number, (command, expected) in enumerate(steps):
        command = command.replace("127.0.0.1:8800", examples.url.removeprefix("http://")).replace(written, actual)
        run = subprocess.run(["bash", "-e", "-c", command], capture_output=True, text=True, timeout=120)
        if number == 0:
            actual = json.loads(run.stdout)["id"]
        pattern = ".*".join(map(re.escape, expected.replace(written, actual).split("…")))
        assert re.fullmatch(pattern, run.stdout.strip()), f"{command}\n{expected}\n{run.stdout}"


def test_first_command_of_the_readme_serves_the_agent_above_it(tmp_path, binary):
    """`make run` as it stands, but on a free port, and with the binary under test in place of a build for release."""
    console = next(text for info, text in blocks(README) if info[:1] == ["console"])
    [command] = re.findall(r"^\$ (.*)$", console, re.MULTILINE)
    (tmp_path / "parlant-runtime").symlink_to(binary)
    swift = tmp_path / "swift"
    swift.write_text(f'#!/bin/sh\ncase "$*" in *--show-bin-path*) echo {tmp_path} ;; *) echo "$*" >> {tmp_path}/builds ;; esac\n')
    swift.chmod(0o755)
    server = subprocess.Popen(
        [*command.split(), "PORT=0", f"SWIFT={swift}"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        start_new_session=True, env={name: os.environ[name] for name in os.environ if not name.startswith("PARLANT_")})
    try:
        address = next(filter(None, (re.search(r"listening on (http://\S+)", line) for line in server.stdout)))[1]
        agents = json.loads(urllib.request.urlopen(f"{address}/agents", timeout=30).read())
        assert "workshop" in [agent["id"] for agent in agents]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate(timeout=30)
    assert (tmp_path / "builds").read_text() == "build -c release --product parlant-runtime\n"


@pytest.mark.parametrize(("command", "begin"), [("serve", "parlant-runtime agents/"), ("status", "parlant-runtime status")])
def test_usage_in_the_readme_names_every_option(binary, command, begin):
    usage = next(text for info, text in blocks(README) if text.startswith("parlant-runtime agents/"))
    own = next(part for part in re.split(r"^(?=parlant-runtime)", usage, flags=re.MULTILINE) if part.startswith(begin))
    told = subprocess.run([binary, command, "--help"], capture_output=True, text=True, check=True).stdout
    options = re.compile(r"--[a-z][a-z-]*")
    assert set(options.findall(own)) == set(options.findall(told)) - {"--help", "--version"}


def test_settings_in_the_readme_are_those_of_the_examples(tmp_path, binary):
    """The configuration files as they stand are accepted by what they configure."""
    files = [text for info, text in blocks(README) if info[:1] == ["json"]]
    assert files
    for number, text in enumerate(files):
        path = tmp_path / f"{number}.json"
        path.write_text(text)
        run = subprocess.run([binary, "check", ROOT / "agents", "--config", path], capture_output=True, text=True)
        assert run.stdout.endswith("no problems\n"), f"{text}\n{run.stdout}{run.stderr}"
