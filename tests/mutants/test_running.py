"""What runs mutants notices the one that a test fails on, and no other: within a function, and outside."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import REPOSITORY
from tests.mutants.swapping import changed_function

MODULE = "src/handout/model/links.py"
TEST = "tests/model/test_links.py::test_three_hundred_characters_are_accepted"
CHANGES = {
    "too few within a function": ("if len(url) > LONGEST_ADDRESS:", "if len(url) >= LONGEST_ADDRESS:"),
    "too many within a function": ("if len(url) > LONGEST_ADDRESS:", "if len(url) > 1 + LONGEST_ADDRESS:"),
    "too few for all": ("LONGEST_ADDRESS = 300", "LONGEST_ADDRESS = 299"),
    "too many for all": ("LONGEST_ADDRESS = 300", "LONGEST_ADDRESS = 301"),
    "no module": ("LONGEST_ADDRESS = 300", "LONGEST_ADDRESS = ("),
}
PROGRAM = """
import json, sys
from tests.mutants.running import Mutant, run
module, test, codes = json.load(sys.stdin)
found = {}
def told(mutant, outcome):
    found[mutant.operator] = outcome
sound = run([Mutant(module, name, 0, 1, code) for name, code in codes.items()], [test], told)
print(json.dumps([sound, found]), file=sys.stderr)
"""


def test_mutant_is_killed_where_a_test_fails_on_it_and_survives_where_none_does() -> None:
    source = (REPOSITORY / MODULE).read_text("utf-8")
    assert all(source.count(before) == 1 for before, _ in CHANGES.values())
    codes = {name: source.replace(before, after) for name, (before, after) in CHANGES.items()}

    done = subprocess.run(
        (sys.executable, "-c", PROGRAM),
        input=json.dumps([MODULE, TEST, codes]),
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )

    assert json.loads(done.stderr.splitlines()[-1]) == [
        True,
        {
            "too few within a function": "killed",
            "too many within a function": "survived",
            "too few for all": "killed",
            "too many for all": "survived",
            "no module": "killed",
        },
    ]


def test_change_within_one_function_alone_is_put_into_what_is_loaded() -> None:
    before = "A = 1\nclass B:\n    def c(self, d=A):\n        def e(): return d\n        return e() + 1\n"
    before += "def f(): return 2\n"

    assert changed_function(before, before.replace("+ 1", "- 1")) == "B.c"
    assert changed_function(before, before.replace("return d", "return -d")) == "B.c"
    assert changed_function(before, before.replace("return 2", "return 3")) == "f"
    for other in (
        before,
        before.replace("A = 1", "A = 2"),
        before.replace("d=A", "d=-A"),
        before + "B = 3\n",
    ):
        assert changed_function(before, other) is None
    assert changed_function(before, before.replace("A = 1", "A = 2").replace("+ 1", "- 1")) is None
