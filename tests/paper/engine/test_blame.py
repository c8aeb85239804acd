"""The rule that an engine fails on is found among those of the project, by taking out what comes after it."""

from __future__ import annotations

import pytest

from handout.model.findings import Place
from handout.paper.engine.blame import rule_to_blame

OWN = """\
:root { --maat: 1mm }
/* zomaar */
.a {
  color: red;
  width: stuk;
}
@media print { .b { color: red }
  .c { width: kapot } }
.d { color: red }
"""
LATER = ".e { color: blue } .f { width: laat }"
PACKAGED = "p { width: gewoon }"


def page(**sheets: str) -> str:
    styles = (f'<style data-place="styles/{name}.css:1">{text}</style>' for name, text in sheets.items())
    return f"<html><head>{''.join(styles)}</head><body>tekst</body></html>"


HTML = page(base=PACKAGED, eigen=OWN, later=LATER)


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("stuk", Place("styles/eigen.css", 5)),
        ("kapot", Place("styles/eigen.css", 8)),
        ("--maat", Place("styles/eigen.css", 1)),
        (".d", Place("styles/eigen.css", 9)),
        ("laat", Place("styles/later.css", 1)),
        ("gewoon", None),
        ("tekst", None),
    ],
)
def test_first_rule_with_which_it_fails_is_named(word: str, place: Place | None) -> None:
    asked: list[str] = []

    def fails(html: str) -> bool:
        asked.append(html)
        return word in html

    assert rule_to_blame(HTML, ("styles/eigen.css", "styles/later.css"), fails) == place
    assert len(asked) < 10


def test_sheets_of_others_stay_whole_while_it_looks() -> None:
    def fails(html: str) -> bool:
        assert PACKAGED in html
        return "kapot" in html

    assert rule_to_blame(HTML, ("styles/eigen.css",), fails) == Place("styles/eigen.css", 8)


def test_one_sheet_without_rules_is_not_to_blame() -> None:
    assert rule_to_blame(page(eigen="/* niets */"), ("styles/eigen.css",), lambda html: True) is None
