"""`parlant-runtime types`, as an author types it."""

import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
STUBS = ["types/parlant.lua", "types/parlant/test.lua", "types/parlant/json.lua"]


def run(binary, *arguments, cwd):
    return subprocess.run([binary, *arguments], cwd=cwd, capture_output=True, text=True, timeout=60)


def test_writes_types_and_overwrites_nobody(binary, tmp_path):
    first = run(binary, "types", cwd=tmp_path)
    assert (first.returncode, first.stdout) == (0, "".join(f"wrote {path}\n" for path in [*STUBS, ".luarc.json", ".luacheckrc"]))
    again = run(binary, "types", ".", cwd=tmp_path)
    assert again.returncode == 0
    assert again.stdout.splitlines()[-2:] == [
        'kept .luarc.json, which was there; its workspace.library needs "types"',
        "kept .luacheckrc, which was there; compare with 'types --luacheck'",
    ]

    (tmp_path / STUBS[1]).write_text("return {}\n")
    (tmp_path / STUBS[0]).write_text((tmp_path / STUBS[0]).read_text() + "-- old\n")
    refused = run(binary, "types", cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == (
        "types/parlant/test.lua was not written by 'parlant-runtime types'; move it away first. Nothing was written\n")
    assert (tmp_path / STUBS[1]).read_text() == "return {}\n"
    assert (tmp_path / STUBS[0]).read_text().endswith("-- old\n")


def test_types_are_lua_that_nobody_loads(binary, tmp_path):
    assert run(binary, "types", cwd=tmp_path).returncode == 0
    for number, path in enumerate(STUBS):
        agents = tmp_path / f"agents{number}"
        agents.mkdir()
        shutil.copy(tmp_path / path, agents / "stub.lua")
        check = run(binary, "check", agents, cwd=tmp_path)
        assert check.returncode == 1
        assert "stub.lua:2" in check.stdout, check.stdout
        assert "parlant-runtime types: read by editors, never loaded by the server" in check.stdout


def test_rules_for_luacheck_are_those_of_the_repository(binary, tmp_path):
    rules = run(binary, "types", "--luacheck", cwd=tmp_path)
    assert (rules.returncode, rules.stdout) == (0, (ROOT / ".luacheckrc").read_text())
    both = run(binary, "types", "--luacheck", "--reference", cwd=tmp_path)
    assert both.returncode == 64
    assert list(tmp_path.iterdir()) == []


def test_reference_is_the_page_of_the_documentation(binary, tmp_path):
    page = run(binary, "types", "--reference", cwd=tmp_path)
    assert page.returncode == 0
    assert page.stdout == (ROOT / "docs/reference.md").read_text()
    assert list(tmp_path.iterdir()) == []
