"""Sheets in another language, and in two, as they are printed: read back from the file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import handout, loaded, procedure, project_at, text_of
from tests.project.test_translations import BODY, files, po

from handout.document import resolve
from handout.editions import single
from handout.editions.single import Made
from handout.model.text import Both, NumberedSteps, PairedText, Text
from handout.model.walk import blocks_of
from handout.paper.compose import page
from handout.project import plan
from handout.project.project import Project
from handout.proof import opened

STALE = BODY.replace("Neem je tijd.", "Neem rustig je tijd.")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in Dutch and Arabic; one of its texts changed after it was translated."""
    return loaded(project_at(tmp_path_factory.mktemp("languages"), files(STALE)))


def edition(project: Project, language: str) -> plan.Edition:
    (one,) = plan.editions(project, plan.Selection(audiences=("staff",), languages=(language,)))
    return one


@pytest.fixture(scope="module")
def arabic(project: Project) -> Made:
    return single.make(project, edition(project, "ar"))


@pytest.fixture(scope="module")
def both(project: Project) -> Made:
    return single.make(project, edition(project, "nl+ar"))


def read(made: Made) -> str:
    """Return what a screen reader reads of *made*, a line for each block."""
    with opened(made.pdf) as paper:
        return "\n".join(leaf.text for leaf in paper.leaves)


def test_sheet_in_another_language_is_right_and_tells_what_it_lacks(arabic: Made) -> None:
    assert [str(one) for one in arabic.findings if one.severity == "error"] == []
    said = read(arabic)
    assert "Neemrustigjetijd." in said, "in its own words"
    assert "خذوقتك" not in said, "an old translation is never printed"
    assert "نصواحدبلغةأخرى" in said, "the head says how many"
    assert "Volgende(التالي)" in said
    assert "ترجمةلميراجعهاأحد" in said, "nobody reviewed it"
    assert arabic.edition.output_path == "staff/gids-leaflet-a4-ar.pdf"


def test_reviewed_translation_says_nothing_at_the_foot(tmp_path: Path) -> None:
    reviewed = files(head=r"X-Reviewed: 2026-11-20\n")
    project = loaded(project_at(tmp_path, reviewed))
    document, _ = resolve.document(project, edition(project, "ar"))
    assert document.translation is not None
    assert (document.translation.untranslated, document.translation.is_reviewed) == (0, True)


def test_sheet_in_two_languages_has_each_step_once_with_both_texts(project: Project) -> None:
    document, found = resolve.document(project, edition(project, "nl+ar"))
    assert [str(one) for one in found] == []
    (run,) = (block for block in blocks_of(document) if isinstance(block, NumberedSteps))
    assert [step.label for step in run.steps] == ["1", "2"]
    assert run.steps[0].command == (Both((Text("Open Outlook."),), (Text("افتح Outlook."),)),)
    assert document.title == "Gids"
    assert isinstance(document.title, PairedText)
    assert document.title.other == "دليل"


def test_sheet_in_two_languages_is_right_and_read_step_by_step(both: Made) -> None:
    assert [str(one) for one in both.findings if one.severity == "error"] == []
    said = read(both)
    order = ["افتحOutlook.", "OpenOutlook.", "انقرعلى", "KlikopVolgende", "Neemrustigjetijd.", "Klaar!"]
    places = [said.index(text) for text in order]
    assert places == sorted(places), "each text in the other language, then in Dutch"
    assert "خذوقتك" not in said, "a changed text never stands beside an old translation"
    assert text_of(both.pdf).count("stap") == 1
    assert both.edition.output_path == "staff/gids-leaflet-a4-nl-ar.pdf"


def test_two_languages_are_tagged_each_with_its_own(both: Made) -> None:
    from io import BytesIO

    import pikepdf

    with pikepdf.open(BytesIO(both.pdf)) as pdf:
        languages = {
            str(one.Lang) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Lang" in one
        }
    assert {"nl-BE", "ar"} <= languages


def test_two_languages_in_large_print_stand_below_each_other(project: Project) -> None:
    (one,) = plan.editions(
        project, plan.Selection(audiences=("staff",), languages=("nl+ar",), readings=("large",))
    )
    large = single.make(project, one)
    assert [str(finding) for finding in large.findings if finding.severity == "error"] == []
    assert large.edition.output_path == "staff/gids-leaflet-a4-large-nl-ar.pdf"
    said = read(large)
    assert said.index("افتحOutlook.") < said.index("OpenOutlook.") < said.index("انقرعلى")
    with opened(large.pdf) as paper:
        first = {run.text.strip(): run.box for leaf in paper.leaves for run in leaf.runs}
        assert first["Open Outlook."].top < min(
            box.low for text, box in first.items() if "افتح" in text[::-1]
        )


def test_words_of_a_reference_stand_in_a_text_and_so_in_its_language_alone(tmp_path: Path) -> None:
    own = files(
        "1. Doe alle stappen van [](b.md).", {"Doe alle stappen van [](b.md).": "نفّذ كل خطوات [](b.md)."}
    )
    own["content/procedures/b.md"] = procedure("1. Klik op `Volgende`", "Meer")
    own["content/handouts/gids.md"] = handout("a, b", "Dit is een gids.", languages="[nl, ar]")
    project = loaded(project_at(tmp_path, own))
    made = single.make(project, edition(project, "nl+ar"))
    assert [str(one) for one in made.findings if one.severity == "error"] == []


def test_numbers_keys_and_references_are_the_same_in_each_language(project: Project) -> None:
    def numbers(language: str) -> list[tuple[str, str | None]]:
        document, _ = resolve.document(project, edition(project, language))
        runs = (block for block in blocks_of(document) if isinstance(block, NumberedSteps))
        return [(step.label, step.device) for run in runs for step in run.steps]

    assert numbers("nl") == numbers("ar") == numbers("nl+ar")


def test_format_without_room_for_two_makes_no_such_sheet(tmp_path: Path) -> None:
    own = files()
    own["content/handouts/gids.md"] = str(own["content/handouts/gids.md"]).replace(
        "formats: [leaflet-a4]", "formats: [leaflet-a4, trifold]"
    )
    project = loaded(project_at(tmp_path, own))
    made = plan.editions(project, plan.Selection(audiences=("staff",), languages=("nl+ar",)))
    assert [one.format for one in made] == ["leaflet-a4"]


KEY = "Een andere aanmelding op mijn school gebruiken"
SHORT = f"""\
1. Open Outlook. {{on computer}}
2. Typ je naam. {{#naam}}
3. Klik op `{KEY}`
4. Kijk naar [](#naam).

Bewaar dit kaartje."""
IN_ARABIC = {
    "Aanmelden": "تسجيل الدخول",
    "Open Outlook.": "افتح Outlook.",
    "Typ je naam.": "اكتب اسمك.",
    f"Klik op `{KEY}`": f"انقر على `{KEY}`",
    "Kijk naar [](#naam).": "انظر إلى [](#naam).",
    "Bewaar dit kaartje.": "احتفظ بهذه البطاقة.",
}


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a short procedure, on what goes into a pocket or a bag."""
    own = files(SHORT, IN_ARABIC)
    own["content/handouts/gids.md"] = str(own["content/handouts/gids.md"]).replace(
        "formats: [leaflet-a4]", "formats: [card, leaflet-a5]"
    )
    return loaded(project_at(tmp_path_factory.mktemp("pocket"), own))


def in_both(project: Project, format_: str) -> Made:
    chosen = plan.Selection(audiences=("staff",), languages=("nl+ar",), formats=(format_,))
    (one,) = plan.editions(project, chosen)
    return single.make(project, one)


@pytest.mark.parametrize(("format_", "sheet"), [("card", "folded-cards"), ("leaflet-a5", "booklet")])
def test_small_sheet_in_two_languages_is_folded_and_read_step_by_step(
    pocket: Project, format_: str, sheet: str
) -> None:
    made = in_both(pocket, format_)
    assert [str(one) for one in made.findings if one.severity == "error"] == []
    said = read(made)
    order = [
        *("افتحOutlook.", "OpenOutlook.", "اكتباسمك.", "Typjenaam."),
        *(f"انقرعلى{KEY.replace(' ', '')}", f"Klikop{KEY.replace(' ', '')}"),
        *("انظرإلىالخطوة2.", "Kijknaarstap2.", "احتفظبهذهالبطاقة.", "Bewaarditkaartje."),
    ]
    places = [said.index(text) for text in order]
    assert places == sorted(places), "all of a step in the other language, then in Dutch"
    assert all(said.count(text) == 1 for text in order)
    with opened(made.pdf) as paper:
        labels = [leaf.text for leaf in paper.leaves if "Lbl" in leaf.kinds]
        assert [label for label in labels if label.isdigit()] == ["1", "2", "3", "4"], "each number once"
        assert len(paper.boxes) <= 4
    (folded,) = made.sheets
    assert (folded.kind, folded.page_count) == (sheet, 2)
    assert folded.printing is not None
    assert folded.printing.sides == 2, "one sheet of paper"


def test_wayfinding_sheet_offers_the_languages_of_a_sheet_by_their_own_names(tmp_path: Path) -> None:
    own = files()
    own["content/handouts/gids.md"] = handout(
        "a",
        "Dit is een gids.",
        languages="[nl, ar]",
        bilingual="[uk]",
        audiences="[staff]",
        questions="[Hoe?]",
    )
    own["content/translations/uk/handouts/gids.po"] = po({"Gids": "Посібник"})
    own["content/handouts/begin.md"] = handout(
        "", title="Begin", audiences="[staff]", leads_to="[gids]", formats="[wegwijzer-a4]"
    ).replace("procedures: []\n", "")
    project = loaded(project_at(tmp_path, own))
    chosen = plan.Selection(handouts=("begin",), audiences=("staff",))
    (one,) = plan.editions(project, chosen)
    made = single.make(project, one)
    assert [str(one) for one in made.findings if one.severity == "error"] == []
    assert "العربية·українська" in read(made)


# ---- the words of the templates --------------------------------------------------------------------

EVERYTHING = f"""{BODY}

/// help
Vraag het.
///

/// caution
Pas op.
///

/// tab | A
    recommended: true

Ja.
///

/// tab | B
Nee.
///
"""
IN_ONE_LANGUAGE = {"key-enter", "said.enter", "said.step", "said.letter", "version"}
"""A key of the screen, what a number is heard as, and a sign."""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of which each word that templates print is its own name: `⟦help⟧nl`, `⟦help⟧ar`."""
    own = files(EVERYTHING)
    own["content/handouts/gids.md"] = handout(
        "a",
        "Dit is een gids.",
        formats="[leaflet-a4, leaflet-a5, card, poster-a3]",
        qr="security-info",
        version='"1.0"',
        valid_until="2099-08-31",
    )
    project = loaded(project_at(tmp_path_factory.mktemp("named"), own))
    strings = {
        language: {key: name_of(key, language, words) for key, words in own.items()}
        for language, own in project.strings.items()
    }
    return replace(project, strings=strings)


def name_of(key: str, language: str, words: str) -> str:
    """Return a name for the word *key* with the fields of its *words*."""
    return f"⟦{key}⟧{language}" + "".join(re.findall(r"{\w+}", words))


@pytest.mark.parametrize("format_", ["leaflet-a4", "leaflet-a5", "card", "poster-a3"])
@pytest.mark.parametrize("audience", ["staff", "students"])
def test_no_word_of_a_template_stands_in_one_language_alone(
    named: Project, format_: str, audience: str
) -> None:
    chosen = plan.Selection(audiences=(audience,), languages=("nl+ar",), formats=(format_,))
    (one,) = plan.editions(named, chosen)
    document, _ = resolve.document(named, one)
    html, _ = page.html(replace(document, code="A1B2C3"), named)
    found = Counter(re.findall(r"⟦([\w.-]+)⟧(nl|ar)", html.partition("<body")[2]))
    printed = {key for key, _ in found} - IN_ONE_LANGUAGE
    assert {"code", "device.computer", "callout.tip"} <= printed
    alone = {key for key in printed if found[key, "nl"] != found[key, "ar"]}
    told = {key for key in alone if key.startswith(("unreviewed", "untranslated"))}
    assert alone == told, "what is told of the translation, to those who read it, alone"


def test_words_of_a_template_are_read_each_in_its_own_language(both: Made, project: Project) -> None:
    from io import BytesIO

    import pikepdf

    with pikepdf.open(BytesIO(both.pdf)) as pdf:
        tags = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/ActualText" in one]
        arabic = {
            str(tag.ActualText) for tag in tags if "ar" in (str(one.get("/Lang")) for one in (tag, tag.P))
        }
    words = project.strings["ar"]
    for key in ("help", "callout.tip", "said.computer", "school.room", "unreviewed"):
        assert words[key] in arabic, key
    printed = text_of(both.pdf)
    assert "1 / 1" in printed
