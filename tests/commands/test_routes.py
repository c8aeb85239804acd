"""`handout routes`: the map of a project as text, as JSON and as a page."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.conftest import SETTINGS, project_at
from tests.document.test_road_faults import DESK
from tests.document.test_walks import FILES, WALKS

from handout.commands import app
from handout.model.findings import ExitCode


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path, {**FILES, "content/walks.toml": WALKS}, SETTINGS + DESK)


def routes(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert app.run(["routes", "--project", str(root), *options]) == ExitCode.DONE
    return capsys.readouterr().out


def test_map_is_told_in_lines_with_the_walks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = routes(root, capsys).splitlines()

    assert told[told.index("  B Nieuw (nieuw)") :][:4] == [
        "  B Nieuw (nieuw)",
        "    • Opnieuw: 2 steps, computer, needs sms",
        "        step 1 goes there and back: eerst/app#ga..sluit",
        "        ends: gives app, gekozen",
    ]
    assert "        hands out pas" in told
    walks = told[told.index("walks") + 1 :]
    assert walks[0] == "  Leraar met alles → app: eerst/app"
    assert walks[1].startswith("  Leraar zonder smartphone → app: stuck: a smartphone for eerst/app")


def test_map_is_told_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(routes(root, capsys, "--json"))

    (sheet,) = (one for one in told["sheets"] if one["handout"] == "nieuw")
    (road,) = sheet["roads"]
    assert (sheet["letter"], road["needs"], road["gives"]) == ("B", ["sms"], ["app", "gekozen"])
    assert road["exits"][0]["goal"] == {
        "handout": "eerst",
        "procedure": "app",
        "step": "ga",
        "until": "sluit",
    }
    assert [one["is_found"] for one in told["walks"]] == [True, False]


def test_map_is_a_page_that_needs_nothing_else(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = routes(root, capsys, "--html")

    body = page[page.index("<body>") : page.index("</html>")]
    tree = ElementTree.fromstring(body)
    words = [text.text for text in tree.iter("text")]
    assert {"A · Eerst", "B · Nieuw", "Opnieuw (2)"} <= set(words)
    assert "stuck" in "".join(tree.itertext())
    assert "http" not in page
    assert "<script" not in page


def test_words_of_an_editor_are_no_markup_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: text.replace("title: Nieuw", "title: Nieuw \\<b\\> & co") for name, text in FILES.items()}

    page = routes(project_at(tmp_path, files, SETTINGS + DESK), capsys, "--html")

    assert "Nieuw \\&lt;b\\&gt; &amp; co" in page
