"""Planted typos: which of them `luacheck` finds with the generated rules, and which `parlant-runtime check`."""

import shutil
import subprocess

import pytest

from runtime import REPOSITORY

SUPPORT, TOOLS, SPEC = "agents/support/init.lua", "agents/support/tools.lua", "agents/support/spec/support_spec.lua"
JOURNEY, PLUGIN = "agents/bank/journeys/transfer.lua", "plugins/crm_customers/init.lua"

# File, what stands there, what is written instead; then what luacheck and check say, None for nothing.
TYPOS = [
    # An agent.
    (SUPPORT, "{ tools.order_status }", "{ tols.order_status }", "undefined variable 'tols'", "'tols' is not defined"),
    (SUPPORT, "agent:guideline {", "agnet:guideline {", "undefined variable 'agnet'", "'agnet' is not defined"),
    (SUPPORT, "local vip =", "vip =", "setting non-standard global variable 'vip'", "'vip' would become a global"),
    (SUPPORT, "agent:guideline {", "agent:guidline {", None, "there is no 'guidline' (did you mean 'guideline'?)"),
    (SUPPORT, "parlant.agent {", "parlant.agnet {", None, "there is no 'agnet' (did you mean 'agent'?)"),
    (SUPPORT, "canned_responses =", "canned_respones =", None,
     "unknown field 'canned_respones' (did you mean 'canned_responses'?)"),
    (SUPPORT, '"composited"', '"composted"', None, "got \"composted\" (did you mean 'composited'?)"),
    (SUPPORT, "{ tools.order_status }", "{ tools.order_staus }", None,
     "'support.tools' has no 'order_staus' (did you mean 'order_status'?)"),
    (SUPPORT, "question:find", "qestion:find", "undefined variable 'qestion'", None),
    (SUPPORT, "ctx.interaction.last", "ctx.interacton.last", None,
     "ctx: there is no 'interacton' (did you mean 'interaction'?)"),
    (SUPPORT, "ctx.customer:has_tag(", "ctx.customer:has_tga(", None,
     "ctx.customer: there is no 'has_tga' (did you mean 'has_tag'?)"),
    (JOURNEY, '"receipt"', '"reciept"', None, "'reciept'"),
    (JOURNEY, "parlant.END", "parlant.EDN", None, "parlant: there is no 'EDN' (did you mean 'END'?)"),
    # A tool.
    (TOOLS, "args.order_id\n", "agrs.order_id\n", "undefined variable 'agrs'", None),
    (TOOLS, "tostring(err)", "tostirng(err)", "undefined variable 'tostirng'", None),
    (TOOLS, "local reply, err =", "local reply, er =", "undefined variable 'err'", None),
    (TOOLS, "tostring(err)", "string.formt(err)", "undefined field 'formt' of global 'string'", None),
    (TOOLS, "ctx.http:get(", "ctx.http:gett(", None, "ctx.http: there is no 'gett' (did you mean 'get'?)"),
    (TOOLS, "ctx.log:info(", "ctx.log:inof(", None, "ctx.log: there is no 'inof' (did you mean 'info'?)"),
    (TOOLS, "return parlant.result {", "return parlant.reslt {", None,
     "parlant: there is no 'reslt' (did you mean 'result'?)"),
    (TOOLS, 'type = "string"', 'type = "strng"', None, "got \"strng\" (did you mean 'string'?)"),
    (PLUGIN, "json.encode(", "json.encod(", None, "parlant.json: there is no 'encod' (did you mean 'encode'?)"),
    # A spec.
    (SPEC, "assert.said(chat,", "assert.said(chta,", "undefined variable 'chta'", None),
    (SPEC, "test.it, test.assert", "test.it, test.asert", None,
     "parlant.test: there is no 'asert' (did you mean 'assert'?)"),
    (SPEC, "assert.said(chat,", "assert.sayd(chat,", None, "assert: there is no 'sayd' (did you mean 'said'?)"),
    (SPEC, "chat:customer ", "chat:custmer ", None, "chat: there is no 'custmer' (did you mean 'customer'?)"),
    (SPEC, "chat.http:on(", "chat.http:onn(", None, "chat.http: there is no 'onn' (did you mean 'on'?)"),
    (SPEC, "tools.order_status)", "tools.order_staus)", None,
     "'support.tools' has no 'order_staus' (did you mean 'order_status'?)"),
]


def luacheck(folder):
    return subprocess.run(
        ["luacheck", "--quiet", "--no-color", "agents", "plugins"], cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def project(binary, tmp_path_factory):
    """The examples with the rules that `types` writes."""
    folder = tmp_path_factory.mktemp("typos")
    for name in ["agents", "plugins"]:
        shutil.copytree(REPOSITORY / name, folder / name)
    subprocess.run([binary, "types"], cwd=folder, check=True, capture_output=True)
    assert (folder / ".luacheckrc").read_text() == (REPOSITORY / ".luacheckrc").read_text()
    return folder


def check(binary, folder):
    return subprocess.run([binary, "check"], cwd=folder, capture_output=True, text=True, timeout=60)


def test_the_examples_are_clean(binary, project):
    linted = luacheck(project)
    assert linted.returncode == 0, linted.stdout
    checked = check(binary, project)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.endswith("no problems\n")


@pytest.mark.parametrize("typo", TYPOS, ids=lambda typo: typo[2].strip())
def test_a_typo_is_found(typo, binary, project):
    file, right, wrong, by_luacheck, by_check = typo
    path = project / file
    original = path.read_text()
    assert right in original
    path.write_text(original.replace(right, wrong, 1))
    try:
        linted, checked = luacheck(project), check(binary, project)
    finally:
        path.write_text(original)
    for name, expected, result in [("luacheck", by_luacheck, linted), ("check", by_check, checked)]:
        if expected is None:
            assert result.returncode == 0, f"{name} finds it after all; say so here:\n{result.stdout}"
        else:
            line = next((line for line in result.stdout.splitlines() if expected in line), None)
            assert result.returncode != 0 and line and file in line, f"{name}:\n{result.stdout}"


def test_no_typo_is_found_by_nobody():
    assert all(by_luacheck or by_check for *_, by_luacheck, by_check in TYPOS)
    by = {"luacheck": sum(1 for typo in TYPOS if typo[3]), "check": sum(1 for typo in TYPOS if typo[4])}
    print(f"\n{len(TYPOS)} typos: luacheck finds {by['luacheck']}, check {by['check']}")
