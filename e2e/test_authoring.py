"""The commands of authors, as they type them."""

import json
import pathlib
import subprocess
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(binary, *arguments, cwd, text=None):
    return subprocess.run(
        [binary, *map(str, arguments)], cwd=cwd, input=text, capture_output=True, text=True, timeout=120)


def test_first_steps(binary, tmp_path):
    new = run(binary, "new", "my-shop", cwd=tmp_path)
    assert new.returncode == 0
    assert new.stdout.startswith("wrote agents/my-shop/init.lua\n")
    test = run(binary, "test", cwd=tmp_path)
    assert test.returncode == 0
    assert test.stdout.splitlines()[-1] == "4 passed, 0 failed"
    check = run(binary, "check", cwd=tmp_path)
    assert (check.returncode, check.stdout.splitlines()[-1]) == (0, "no problems")
    chat = run(binary, "chat", cwd=tmp_path, text="When are you open?\n:why\n:quit\n")
    assert chat.returncode == 0
    assert "My shop: On weekdays we are open from 9:00 to 18:00." in chat.stdout
    assert "applied   opening_hours  The customer asks" in chat.stdout
    assert "tool my-shop:get_opening_hours(" in chat.stdout
    assert "\x1b" not in chat.stdout, "a pipe gets no colours"


def test_new_overwrites_nothing(binary, tmp_path):
    assert run(binary, "new", "shop", cwd=tmp_path).returncode == 0
    again = run(binary, "new", "shop", cwd=tmp_path)
    assert again.returncode == 1
    assert again.stderr == "agents/shop is there already; choose another name, or remove it first\n"


def test_failures_and_junit(binary, tmp_path):
    run(binary, "new", "shop", cwd=tmp_path)
    spec = tmp_path / "agents/shop/spec/shop_spec.lua"
    spec.write_text(spec.read_text().replace("we are closed on sundays", "we are open on sundays"))
    failed = run(binary, "test", "--junit", "result.xml", cwd=tmp_path)
    assert failed.returncode == 1
    assert (
        'FAIL agents/shop/spec/shop_spec.lua:31: shop says why there are no hours: expected "we are open on sundays", '
        'got "we are closed on sundays"' in failed.stdout
    )
    assert failed.stdout.splitlines()[-1] == "3 passed, 1 failed"
    suites = ElementTree.parse(tmp_path / "result.xml").getroot()
    assert (suites.get("tests"), suites.get("failures")) == ("4", "1")


def test_check_for_programs(binary, tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/a.lua").write_text("local x = \n")
    check = run(binary, "check", "--format", "json", cwd=tmp_path)
    assert check.returncode == 1
    problem = json.loads(check.stdout)["problems"][0]
    assert (problem["file"], problem["line"]) == ("agents/a.lua", 2)


def test_check_draws_journeys(binary):
    drawing = run(binary, "check", "agents/bank", "--draw", "transfer_money", cwd=ROOT)
    assert drawing.returncode == 0, drawing.stderr
    assert drawing.stdout.splitlines()[1] == "stateDiagram-v2"
    assert "[*] --> journey: The customer wants to send money to someone" in drawing.stdout
    every = run(binary, "check", "--draw", "--format", "json", cwd=ROOT)
    assert [drawing["journey"] for drawing in json.loads(every.stdout)["drawings"]] == ["transfer_money"]
    unknown = run(binary, "check", "--draw", "transfer_mony", cwd=ROOT)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == (
        "there is no journey 'transfer_mony' (did you mean 'transfer_money'?); journeys: 'transfer_money'\n")


def test_chat_reloads_what_changed(binary, tmp_path):
    run(binary, "new", "shop", cwd=tmp_path)
    script = tmp_path / "agents/shop/init.lua"
    chat = subprocess.Popen(
        [binary, "chat"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert chat.stdout.readline().startswith("talking to Shop")
    print("Hello", file=chat.stdin)
    assert chat.stdout.readline() == "Shop: Hello Guest, how can I help?\n"
    script.write_text(script.read_text().replace("how can I help?", "at your service."))
    print("Hello", file=chat.stdin)
    assert chat.stdout.readline() == "reloaded\n"
    assert chat.stdout.readline() == "Shop: Hello Guest, at your service.\n"
    script.write_text("broken")
    print("Hello", file=chat.stdin)
    assert chat.stdout.readline().startswith("agents/shop/init.lua:1: ")
    assert chat.stdout.readline() == "not reloaded; the agent goes on as it was\n"
    assert chat.stdout.readline() == "Shop: Hello Guest, at your service.\n"
    chat.stdin.close()
    assert chat.wait(timeout=30) == 0
