"""How many faults, planted one by one into the guidelines of an example, its own tests find."""

import re
import shutil
import subprocess

import pytest

from runtime import REPOSITORY

# Scripts by example, and the number of guidelines in them.
EXAMPLES = {"support": (["init.lua", "answers.lua"], 13), "bank": (["init.lua"], 7)}

# A guideline, as a call or as an entry of a list.
BLOCK = re.compile(
    r"^(?:local \w+ = )?agent:(?:guideline|observation) \{\n.*?^\}\n|^  \{\n    id = .*?^  \},\n",
    re.MULTILINE | re.DOTALL)

FAULTS = {
    "another condition": (
        r'( *)condition = "[^"]*",\n(?: *examples = \{.*?\},\n)?', r'\1condition = "The moon is full",\n'),
    "another action": (r'action = "[^"]*"', 'action = "Talk about the moon"'),
    "no tools": (r" *tools = \{[^\n]*\},\n", ""),
    "another response": (
        r'canned_responses = \{.*?"\s*,?\s*\},\n', 'canned_responses = { "The moon is full." },\n'),
    "the opposite in code": (r"return ([^\n,]*(?:has_tag|hour)[^\n,]*),", r"return not (\1),"),
}


def faults(script):
    """Each guideline with each fault that it can have: its name, the fault, the whole script."""
    for block in BLOCK.finditer(script):
        name = re.search(r'id = "([^"]*)"', block[0])[1]
        for fault, (pattern, replacement) in FAULTS.items():
            # Code decides, so the words of the condition mean nothing there.
            if fault == "another condition" and "matcher = " in block[0]:
                continue
            changed, count = re.subn(pattern, replacement, block[0], count=1, flags=re.DOTALL)
            if count:
                yield name, fault, script.replace(block[0], changed)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_own_tests_find_nine_of_ten_faults(example, binary, tmp_path):
    scripts, number = EXAMPLES[example]
    shutil.copytree(REPOSITORY / "agents", tmp_path / "agents")
    shutil.copytree(REPOSITORY / "plugins", tmp_path / "plugins")

    def run():
        return subprocess.run(
            [binary, "test", tmp_path / "agents" / example], capture_output=True, text=True, timeout=60)

    sound = run()
    assert sound.returncode == 0, sound.stdout
    found, missed, guidelines = [], [], set()
    for name in scripts:
        path = tmp_path / "agents" / example / name
        original = path.read_text()
        for guideline, fault, text in faults(original):
            path.write_text(text)
            result = run()
            assert "FAIL" in result.stdout or result.returncode == 0, f"{guideline}, {fault}: {result.stdout}"
            (found if result.returncode == 1 else missed).append(f"{guideline}: {fault}")
            guidelines.add(guideline)
        path.write_text(original)
    total = len(found) + len(missed)
    print(f"\n{len(found)} of {total} faults in {len(guidelines)} guidelines of {example} found; missed: {missed or 'none'}")
    assert len(guidelines) == number
    assert len(found) >= 0.9 * total, missed
