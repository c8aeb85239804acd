"""The HTML of a sheet: whole, escaped, and honest about templates and stylesheets with a fault."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.conftest import (
    DRAWING,
    REPOSITORY,
    SCHOOLS,
    SETTINGS,
    edition,
    handout,
    loaded,
    procedure,
    project_at,
)

from handout.document import resolve
from handout.model.findings import Finding, Place
from handout.paper.compose import inline
from handout.paper.compose import page as compose

VOID = frozenset({"br", "hr", "img", "link", "meta", "wbr", "input"})
GUIDE: Mapping[str, str] = {
    "content/handouts/gids.md": handout("a"),
    "content/procedures/a.md": procedure("1. Klik"),
}
EVERYTHING: Mapping[str, str] = {
    "content/handouts/gids.md": handout(
        "a, b",
        "Lees dit.\n\n![Een held.](images/knop.svg)\n\n- ![](images/knop.svg) **laptop**\n\n## Kies\n\n"
        "/// tab | App\n    recommended: true\n\n[](a.md)\n///\n/// tab | Sms\nDoe [](b.md#sms).\n///\n\n"
        "---\n\n## Hulp\n\n{{ link.security-info }}\n\n/// help\nVraag het {{ school.ict-anchor }}.\n///\n",
        qr="security-info",
        valid_until="2027-08-31",
        reviewed="2026-11-22",
    ),
    "content/procedures/a.md": procedure(
        "## Eerst\n\n1. Klik op `Volgende` {#klik on computer}\n\n   Je ziet *een* scherm.\n\n"
        "   1. Kies\n   2. Typ\n\n   ![Een knop.](images/knop.svg)\n\n"
        "2. Installeer\n\n   /// tab | Android\n   1. Zoek\n   ///\n"
        "   /// tab | iPhone\n   1. Zoek\n   ///\n\n/// caution | Let **op**\n- een\n- twee\n///\n\n"
        "| Wat | Hoe |\n|---|---|\n| **Dag** | kort |\n\nKlaar! Terug naar [](#klik).\n"
    ),
    "content/procedures/b.md": procedure(
        "1. Ga naar [](a.md#klik) {#sms}\n2. Zie [de site](https://mfa.school.be/x)."
    ),
    "content/images/knop.svg": DRAWING,
    "content/schools.csv": SCHOOLS,
}


def composed(
    root: Path,
    files: Mapping[str, str | bytes],
    audience: str = "staff",
    school: str | None = None,
    settings: str = SETTINGS,
) -> tuple[str, tuple[Finding, ...]]:
    """Return the HTML of the handout `gids` of the project *files*, and what is wrong with its templates."""
    project = loaded(project_at(root, files, settings))
    document, findings = resolve.document(project, edition(project, audience=audience, school=school))
    assert findings == ()
    return compose.html(replace(document, code="7K2M4Q"), project)


def page(root: Path, files: Mapping[str, str | bytes], **choices: str) -> str:
    """Return what `composed` does, where nothing is wrong."""
    html, findings = composed(root, files, **choices)
    assert [str(finding) for finding in findings] == []
    return html


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def all(self, tag: str, name: str | None = None) -> Iterator[Element]:
        """Yield the elements with this tag, and class *name*, in reading order."""
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and (name is None or name in child.attributes.get("class", "").split()):
                    yield child
                yield from child.all(tag, name)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class Strict(HTMLParser):
    """Builds the tree, and stops at an end tag that closes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute stands twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack[-1].tag == tag, f"</{tag}> closes <{self.stack[-1].tag}>"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def tree(html: str) -> Element:
    """Return *html* as a tree in which every element is closed, in order."""
    parser = Strict()
    parser.feed(html)
    parser.close()
    (root,) = parser.stack
    return root


# ---- what every sheet has ---------------------------------------------------------------------


@pytest.mark.parametrize("audience", ["staff", "students"])
@pytest.mark.parametrize("format_", ["leaflet-a4", "reference-a4"])
@pytest.mark.parametrize("school", [None, "noord"])
def test_every_packaged_sheet_is_whole_html(
    tmp_path: Path, audience: str, format_: str, school: str | None
) -> None:
    text = EVERYTHING["content/handouts/gids.md"].replace("leaflet-a4", format_)
    html, findings = composed(tmp_path, {**EVERYTHING, "content/handouts/gids.md": text}, audience, school)

    assert findings == ()
    root = tree(html)
    (top,) = root.all("html")
    assert top.attributes["lang"] == "nl-BE"
    assert top.attributes["dir"] == "ltr"
    assert next(root.all("title")).text.startswith("Gids – Voor ")
    assert [heading.text for heading in root.all("h1")] == ["Gids"]


def test_every_word_of_the_document_is_on_the_page(tmp_path: Path) -> None:
    root = tree(page(tmp_path, EVERYTHING))

    (body,) = root.all("body")
    words = " ".join(body.text.split())
    for expected in (
        "Lees dit.",
        "Kies",
        "Aangeraden",
        "Klik op Volgende",
        "Je ziet een scherm.",
        "Android",
        "Let op",
        "twee",
        "Klaar! Terug naar stap 1.",
        "Ga naar stap A1",
        "de site",
        "mfa.school.be/info",
        "Vraag het naam.",
    ):
        assert expected in words


def test_numbers_of_the_list_are_those_of_the_model(tmp_path: Path) -> None:
    files = {
        **GUIDE,
        "content/handouts/gids.md": handout("a, b", numbering="continuous"),
        "content/procedures/b.md": procedure("1. Typ\n   1. Kies\n   2. Sluit\n2. Bewaar"),
    }

    items = tree(page(tmp_path, files)).all("li")

    # The engine adds one to a counter after it was set.
    styles = [item.attributes["style"] for item in items if "style" in item.attributes]
    assert styles == [f"counter-set: list-item {number - 1}" for number in (1, 2, 1, 2, 3)]


def test_elements_carry_the_place_of_their_source(tmp_path: Path) -> None:
    (step,) = tree(page(tmp_path, GUIDE)).all("li", "step")

    assert step.attributes["data-place"] == "content/procedures/a.md:5"


def test_address_of_a_link_reaches_the_page(tmp_path: Path) -> None:
    addresses = [link.attributes["href"] for link in tree(page(tmp_path, EVERYTHING)).all("a")]

    assert set(addresses) == {"https://mfa.school.be/info", "https://mfa.school.be/x"}


def test_foot_says_what_how_fresh_and_how_long(tmp_path: Path) -> None:
    (head,) = tree(page(tmp_path, EVERYTHING)).all("header", "head")

    foot = "Gids · stand 22-11-2026 · code\u00a07K2M4Q · geldig tot 31-08-2027"
    assert head.attributes["data-foot"] == foot


def test_foot_counts_the_version_where_the_handout_has_one(tmp_path: Path) -> None:
    counted = EVERYTHING["content/handouts/gids.md"].replace("---\n", '---\nversion: "1.2"\n', 1)
    (head,) = tree(page(tmp_path, {**EVERYTHING, "content/handouts/gids.md": counted})).all("header", "head")

    assert str(head.attributes["data-foot"]).startswith("Gids · v1.2 (22-11-2026) · code")


def test_school_stands_on_its_copy(tmp_path: Path) -> None:
    general, copy = page(tmp_path, EVERYTHING), page(tmp_path, EVERYTHING, school="noord")

    assert "algemene uitgave" in general
    assert "Basisschool Noord" in copy
    assert "An Peeters" in copy
    assert "Basisschool Noord" not in general


def test_sheet_in_a_language_that_is_read_from_the_right_says_so(tmp_path: Path) -> None:
    words = (REPOSITORY / "templates/strings/nl.toml").read_text()
    files = {**GUIDE, "templates/strings/ar.toml": words}

    html = page(tmp_path, files, settings=SETTINGS.replace("nl-BE", "ar"))

    (top,) = tree(html).all("html")
    assert (top.attributes["lang"], top.attributes["dir"]) == ("ar", "rtl")


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        ("mewn tri cham", "mewn tri cham"),  # three alone: that is what it says
        ("mewn {count} cham", "mewn 3 cham"),
        ("{count} o {count} cham", "3 o 3 cham"),
    ],
)
def test_cover_says_how_many_steps_in_the_form_of_the_language(
    tmp_path: Path, form: str, printed: str
) -> None:
    words = (REPOSITORY / "templates/strings/en.toml").read_text("utf-8")
    files = {
        "content/handouts/gids.md": handout("a", formats="[trifold]"),
        "content/procedures/a.md": procedure("1. Un\n2. Dau\n3. Tri"),
        "templates/strings/cy.toml": f'in-steps-few = "{form}"\n{words}',
    }
    html = page(tmp_path, files, settings=SETTINGS.replace("nl-BE", "cy"))
    (count,) = tree(html).all("p", "cover__count")
    assert count.text == printed


# ---- content is data --------------------------------------------------------------------------

HOSTILE = '<b onclick="x">&amp;</b><!--stylesheets-->'


def test_titles_and_names_are_escaped(tmp_path: Path) -> None:
    quoted = HOSTILE.replace('"', '\\"')
    settings = SETTINGS.replace('"Stadsscholen"', f'"{quoted}"').replace('"Voor medewerkers"', f'"{quoted}"')
    files = {
        **EVERYTHING,
        "content/handouts/gids.md": handout("a, b", title=f"'{HOSTILE}'"),
        "content/procedures/a.md": procedure("1. Zie {{ organisation.name }}", title=f"'{HOSTILE}'"),
        "content/procedures/b.md": procedure("1. Doe [](a.md)"),
        "content/schools.csv": 'id,name,ict-anchor\nnoord,"<b>Noord</b>","<script>An"\n',
    }

    root = tree(page(tmp_path, files, school="noord", settings=settings))

    assert not list(root.all("b"))
    assert not list(root.all("script"))
    assert next(root.all("h1")).text == HOSTILE
    assert next(root.all("h2", "track__title")).text == HOSTILE
    assert "<b>Noord</b>" in root.text
    assert sum("--accent" in style.text for style in root.all("style")) >= 1
    assert "--accent" not in "".join(body.text for body in root.all("body"))


def test_alternative_text_and_option_are_escaped(tmp_path: Path) -> None:
    body = (
        '1. Klik\n\n   ![Een "knop" \\<b> & meer](images/knop.svg)\n\n'
        "   /// tab | A & B\n   1. Zoek \\<b>\n   ///\n   /// tab | C\n   1. Zoek\n   ///\n"
    )
    files = {**GUIDE, "content/procedures/a.md": procedure(body), "content/images/knop.svg": DRAWING}

    root = tree(page(tmp_path, files))

    assert not list(root.all("b"))
    (drawing,) = root.all("svg", "picture")
    assert drawing.children[0] == Element("title", {}, ['Een "knop" <b> & meer'])
    assert "A & B" in root.text
    assert "Zoek <b>" in root.text


def test_braces_of_a_template_in_content_stay_text(tmp_path: Path) -> None:
    files = {
        **GUIDE,
        "content/procedures/a.md": procedure("1. Typ `{% raw %}` en `{# x #}` \\{\\{ 7*7 \\}\\}"),
    }

    root = tree(page(tmp_path, files))

    assert "{% raw %} en {# x #} {{ 7*7 }}" in root.text


def test_words_of_an_address_that_look_like_an_icon_call_for_none(tmp_path: Path) -> None:
    text = "Zie [de site](https://mfa.school.be/icon--weg)."

    page(tmp_path, {**GUIDE, "content/procedures/a.md": procedure(text)})


def test_hyphenated_words_are_kept_on_one_line(tmp_path: Path) -> None:
    text = "Je ICT-anker geeft een 6-cijferig getal. Hottentotten-soldaten-tentententoonstelling."

    root = tree(page(tmp_path, {**GUIDE, "content/procedures/a.md": procedure(text)}))

    assert [span.text for span in root.all("span", "nowrap")] == ["ICT-anker", "6-cijferig"]


def test_long_key_may_break_and_a_short_one_may_not(tmp_path: Path) -> None:
    long = "Sta toe dat deze app meldingen stuurt"

    root = tree(page(tmp_path, {**GUIDE, "content/procedures/a.md": procedure(f"Klik `OK` of `{long}`.")}))

    assert ["ui--long" in span.attributes["class"] for span in root.all("span", "ui")] == [False, True]


# ---- pictures ---------------------------------------------------------------------------------


def test_accent_of_the_settings_reaches_drawings_and_icons(tmp_path: Path) -> None:
    settings = SETTINGS.replace("#123e8c", "#7a0e93")
    files = {
        **GUIDE,
        "content/procedures/a.md": procedure("1. Klik\n\n   ![Een knop.](images/knop.svg)"),
        "content/images/knop.svg": DRAWING,
    }

    html = page(tmp_path, files, settings=settings)

    assert '<path d="M0 0h9" fill="#7a0e93"/>' in html
    assert "--accent: #7a0e93;" in html
    assert "%237a0e93" in html
    assert "currentColor" not in html
    assert "#123e8c" not in html


def test_picture_without_words_is_hidden_from_a_screen_reader(tmp_path: Path) -> None:
    files = {
        **GUIDE,
        "content/procedures/a.md": procedure("1. Klik\n\n   ![](images/knop.svg)"),
        "content/images/knop.svg": DRAWING,
    }

    (drawing,) = tree(page(tmp_path, files)).all("svg", "picture")

    assert drawing.attributes["aria-hidden"] == "true"
    assert not list(drawing.all("title"))


def test_qr_code_is_drawn_with_its_address_below(tmp_path: Path) -> None:
    root = tree(page(tmp_path, EVERYTHING))

    (code,) = root.all("svg", "qr__code")
    assert next(code.all("title")).text == "QR-code naar mfa.school.be/info"
    assert "mfa.school.be/info" in next(root.all("p", "qr__address")).text


# ---- templates --------------------------------------------------------------------------------

PAGE = "{{% extends 'sheet.html' %}}\n{{% block body %}}\n{}\n{{% endblock %}}\n"


def test_template_of_an_audience_comes_before_that_of_the_format(tmp_path: Path) -> None:
    files = {
        **GUIDE,
        "templates/formats/leaflet-a4.html": "format",
        "templates/staff/leaflet-a4.html": "staff",
        "templates/students/leaflet-a4.html": "students",
    }

    assert page(tmp_path, files) == "staff"
    assert page(tmp_path, files, audience="students") == "students"


def test_own_format_with_its_own_template_and_stylesheet_is_composed(tmp_path: Path) -> None:
    settings = SETTINGS + "\n[formats.kaart]\nwidth-mm = 85\nheight-mm = 54\npages = 2\nqr-mm = 21\n"
    files = {
        **GUIDE,
        "content/handouts/gids.md": handout("a", formats="[kaart]"),
        "templates/formats/kaart.html": PAGE.format("<p>kaartje</p>"),
        "styles/formats/kaart.css": "@page { size: 85mm 54mm }",
    }

    html = page(tmp_path, files, settings=settings)

    assert "<p>kaartje</p>" in html
    assert "size: 85mm 54mm" in html
    assert "--qr: 21mm" in html


@pytest.mark.parametrize(
    ("slip", "what"),
    [
        ("{{ documnt.title }}", "'documnt' is undefined"),
        ("{{ document.titel }}", "has no attribute 'titel'"),
        ("{{ words.stapp }}", "has no attribute 'stapp'"),
        ("{{ document.title|shout }}", "No filter named 'shout'"),
        ("{% if %}", "Expected an expression"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ 'x'|int + 'y' }}", "unsupported operand"),
        ("{{ '%d' % 'x' }}", "%d format"),
        ("{{ document.sections|inline }}", "should have been resolved"),
        ("{% include 'parst.html' %}", "there is no template 'parst.html'"),
        ("{{ ''.__class__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ document.sections.__class__ }}", "unsafe"),
        ("{{ range(100000000)|length }}", "Range too big"),
        ("{{ words.update({'step': 'x'}) }}", "unsafe"),
    ],
)
def test_slip_in_a_template_is_reported_with_its_line(tmp_path: Path, slip: str, what: str) -> None:
    html, findings = composed(tmp_path, {**GUIDE, "templates/formats/leaflet-a4.html": PAGE.format(slip)})

    (finding,) = findings
    assert html == ""
    assert finding.place == Place("templates/formats/leaflet-a4.html", 3)
    assert what in finding.what
    assert "\n" not in finding.what
    assert finding.fix


def test_template_that_includes_itself_is_reported(tmp_path: Path) -> None:
    slip = PAGE.format("{% include 'formats/leaflet-a4.html' %}")

    _, (finding,) = composed(tmp_path, {**GUIDE, "templates/formats/leaflet-a4.html": slip})

    assert finding.place == Place("templates/formats/leaflet-a4.html")
    assert finding.what == "the template includes itself without end"


def test_slip_in_an_imported_template_is_reported_where_it_stands(tmp_path: Path) -> None:
    parts = "{% macro icon(name) %}\n{% endmacro %}\n{% macro oeps() %}{% endif %}{% endmacro %}\n"

    _, (finding,) = composed(tmp_path, {**GUIDE, "templates/parts.html": parts})

    assert finding.place == Place("templates/parts.html", 3)


def test_format_without_a_template_is_reported_with_the_nearest(tmp_path: Path) -> None:
    settings = SETTINGS + "\n[formats.leaflet-a6]\nwidth-mm = 105\nheight-mm = 148\npages = 2\n"
    files = {**GUIDE, "content/handouts/gids.md": handout("a", formats="[leaflet-a6]")}

    _, (finding,) = composed(tmp_path, files, settings=settings)

    assert finding.place == Place("templates/formats/leaflet-a6.html")
    assert finding.what == "this template is missing"
    like = "write it, or let the format be 'like' another in handout.toml: did you mean 'leaflet-a"
    assert finding.fix.startswith(like)


# ---- stylesheets ------------------------------------------------------------------------------


def test_format_without_a_stylesheet_is_reported_with_the_nearest(tmp_path: Path) -> None:
    settings = SETTINGS + "\n[formats.leaflet-a6]\nwidth-mm = 105\nheight-mm = 148\npages = 2\n"
    files = {
        **GUIDE,
        "content/handouts/gids.md": handout("a", formats="[leaflet-a6]"),
        "templates/formats/leaflet-a6.html": PAGE.format("x"),
    }

    _, (finding,) = composed(tmp_path, files, settings=settings)

    assert finding.place == Place("styles/formats/leaflet-a6.css")
    assert finding.what == "this stylesheet is missing"
    like = "write it, or let the format be 'like' another in handout.toml: did you mean 'leaflet-a"
    assert finding.fix.startswith(like)


def test_icon_that_is_not_there_is_reported_with_the_nearest(tmp_path: Path) -> None:
    _, (finding,) = composed(tmp_path, GUIDE, settings=SETTINGS.replace('"briefcase"', '"briefcas"'))

    assert finding.place == Place("handout.toml", 11)
    assert finding.what == "there is no drawing 'briefcas' in styles/icons"
    assert finding.fix.startswith("did you mean 'briefcase'?")


def test_drawing_that_a_stylesheet_asks_for_and_is_not_there_is_reported(tmp_path: Path) -> None:
    css = '.x { background-image: url("art:cloc?ink") }'

    _, (finding,) = composed(tmp_path, {**GUIDE, "styles/components/x.css": css})

    assert finding.place == Place("styles/icons/cloc.svg")
    assert finding.fix.startswith("did you mean 'clock'?")


def test_stylesheet_of_an_audience_is_on_its_sheets_alone(tmp_path: Path) -> None:
    files = {**GUIDE, "styles/audiences/staff.css": ".alleen-staff { color: red }"}

    assert "alleen-staff" in page(tmp_path, files)
    assert "alleen-staff" not in page(tmp_path, files, audience="students")


# ---- determinism ------------------------------------------------------------------------------

PRINT_DIGEST = """
import hashlib, sys
from pathlib import Path
from dataclasses import replace
from handout.document import resolve
from handout.paper.compose import page
from handout.project import load, plan
loaded, _ = load.load(Path(sys.argv[1]))
documents = [resolve.document(loaded, edition)[0] for edition in plan.editions(loaded, plan.Selection())]
pages = [page.html(replace(document, code="7K2M4Q"), loaded)[0] for document in documents]
print(hashlib.sha256("".join(pages).encode()).hexdigest())
"""


def digest_in_a_process(root: Path, hash_seed: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", PRINT_DIGEST, str(root)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
    )
    return run.stdout.strip()


def test_same_project_gives_the_same_text_whatever_the_hash_seed(tmp_path: Path) -> None:
    first, second = page(tmp_path, EVERYTHING), page(tmp_path, EVERYTHING, audience="students")

    expected = hashlib.sha256((first + second).encode()).hexdigest()
    assert {digest_in_a_process(tmp_path, seed) for seed in ("1", "2")} == {expected}


# ---- what stands together ---------------------------------------------------------------------


def leaflet_of(root: Path, **bodies: str) -> Element:
    """Return the leaflet of procedures with these names and texts, in this order."""
    files = {f"content/procedures/{name}.md": procedure(body) for name, body in bodies.items()}
    text = handout(", ".join(bodies))
    return tree(page(root, {**files, "content/handouts/gids.md": text, "content/images/knop.svg": DRAWING}))


def rows_of(root: Element) -> list[int]:
    """Return how many procedures each row of two holds."""
    return [len(list(row.all("section", "procedure"))) for row in root.all("div", "duo")]


SHORT, LONG = "1. Klik\n2. Typ", "\n".join(f"{number}. Klik" for number in range(1, 10))
WITH_SUBSTEPS = "1. Klik\n   1. Typ"


def test_short_procedures_after_each_other_stand_beside_each_other(tmp_path: Path) -> None:
    root = leaflet_of(tmp_path, a=SHORT, b=SHORT, c=SHORT, d=SHORT, e=SHORT)

    assert rows_of(root) == [2, 3]
    assert len(list(root.all("section", "procedure"))) == 5


@pytest.mark.parametrize(("first", "last", "columns"), [(5, 1, [1, 2]), (1, 5, [2, 1])])
def test_of_three_short_procedures_the_longest_has_a_column_of_its_own(
    tmp_path: Path, first: int, last: int, columns: list[int]
) -> None:
    bodies = {
        name: "\n".join(f"{n}. Klik" for n in range(1, steps + 1))
        for name, steps in zip("abc", (first, 2, last), strict=True)
    }
    root = leaflet_of(tmp_path, **bodies)
    cells = [len(list(cell.all("section", "procedure"))) for cell in root.all("div", "duo__cell")]

    assert cells == columns


def test_procedure_with_a_key_that_half_the_width_would_break_twice_has_the_whole(tmp_path: Path) -> None:
    long = f"1. Tik op `{'Nog een aanvraag ' * 3}`"

    assert rows_of(leaflet_of(tmp_path, a=SHORT, b=long, c=SHORT)) == []


def test_key_is_never_broken_at_a_hyphen(tmp_path: Path) -> None:
    root = leaflet_of(tmp_path, a="1. Zet uit bij `App-vergrendeling`")

    assert [span.text for key in root.all("span", "ui") for span in key.all("span", "nowrap")] == [
        "App-vergrendeling"
    ]


def test_short_part_of_an_address_is_whole_wherever_it_stands(tmp_path: Path) -> None:
    assert [
        (part, "nowrap" in part)
        for part in inline.breakable("example.org/wifi/toegang-voor-gasten").split("<wbr>")
    ] == [
        ('<span class="nowrap">example.</span>', True),
        ('<span class="nowrap">org/</span>', True),
        ('<span class="nowrap">wifi/</span>', True),
        ("<span>toegang-voor-gasten</span>", False),
    ]


@pytest.mark.parametrize(
    "other", [WITH_SUBSTEPS, LONG, SHORT + "\n\n/// caution\nLet op.\n///", "| Wat |\n|---|\n| Dag |"]
)
def test_procedure_that_needs_the_width_stands_alone(tmp_path: Path, other: str) -> None:
    assert rows_of(leaflet_of(tmp_path, a=SHORT, b=other, c=SHORT)) == []


def test_procedure_of_many_short_steps_may_be_set_in_columns(tmp_path: Path) -> None:
    root = leaflet_of(tmp_path, a=LONG, b=SHORT)

    (long,) = root.all("section", "procedure--long")
    assert len(list(long.all("li", "step"))) == 9


def test_picture_after_the_result_shows_the_end(tmp_path: Path) -> None:
    body = "1. Klik\n\nKlaar! Je bent aangemeld.\n\n![Je bent aangemeld.](images/knop.svg)"
    root = leaflet_of(tmp_path, a=body)

    assert [done.text.strip() for done in root.all("p", "done--drawn")] == ["Klaar! Je bent aangemeld."]
    (end,) = root.all("p", "drawing--end")
    assert next(end.all("title")).text == "Je bent aangemeld."


def test_picture_elsewhere_shows_no_end(tmp_path: Path) -> None:
    body = "1. Klik\n\n![Een knop.](images/knop.svg)\n\nKlaar! Je bent aangemeld."

    assert not list(leaflet_of(tmp_path, a=body).all("p", "drawing--end"))


def test_drawing_of_a_callout_stands_beside_its_words(tmp_path: Path) -> None:
    body = "1. Klik\n\n/// caution\nKeur dit goed.\n\n![Een knop.](images/knop.svg)\n///"
    root = leaflet_of(tmp_path, a=body)

    (row,) = root.all("div", "callout__row")
    assert "Keur dit goed." in next(row.all("div", "callout__text")).text
    assert len(list(next(row.all("div", "callout__aside")).all("svg"))) == 1


def test_choice_of_the_opening_has_a_line_for_each_option(tmp_path: Path) -> None:
    (pick,) = tree(page(tmp_path, EVERYTHING)).all("ul", "pick")

    assert [next(line.all("h3")).text for line in pick.all("li")] == ["App", "Sms"]
    assert "Aangeraden" in next(pick.all("li")).text


CONTENTS = {
    "content/handouts/gids.md": handout("a, b", "Zoek.\n\n- [](b.md)\n- [](a.md)\n"),
    "content/procedures/a.md": procedure("1. Doe [](b.md).", "Aanmelden\nicon: lock"),
    "content/procedures/b.md": procedure("1. Typ", "Wat dan?\nicon: mail"),
}


def test_list_of_procedures_alone_is_a_table_of_contents_with_their_signs(tmp_path: Path) -> None:
    (contents,) = tree(page(tmp_path, CONTENTS)).all("ul", "contents")

    assert [" ".join(line.text.split()) for line in contents.all("li")] == ["BWat dan?", "AAanmelden"]


def test_list_that_says_more_than_procedures_is_a_list(tmp_path: Path) -> None:
    more = CONTENTS["content/handouts/gids.md"].replace("- [](a.md)", "- Doe [](a.md)")
    root = tree(page(tmp_path, {**CONTENTS, "content/handouts/gids.md": more}))

    assert not list(root.all("ul", "contents"))
    assert [" ".join(line.text.split()) for line in next(root.all("ul", "bullets")).all("li")] == [
        "StapB1",
        "Doe A‘Aanmelden’",
    ]


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("Gids", [("Gids", ""), ("Gids", " · vervolg: stap 2")]),
        # With what follows it is longer than 210 mm hold.
        (
            "Een titel van een blad die echt heel lang is",
            [("Een titel van een blad die echt heel lang is", ""), ("", "vervolg: stap 2")],
        ),
        ("Een titel " + "lang " * 11, [("", ""), ("", "vervolg: stap 2")]),
    ],
)
def test_head_of_a_further_side_says_the_title_where_it_has_room(
    tmp_path: Path, title: str, heads: list[tuple[str, str]]
) -> None:
    files = {
        "content/handouts/gids.md": handout("a", title=title.strip()),
        "content/procedures/a.md": procedure(SHORT),
    }
    steps = tree(page(tmp_path, files)).all("li", "step")

    assert [(one.attributes["data-title"], one.attributes["data-continued"]) for one in steps] == heads


def test_gaps_that_may_grow_are_marked(tmp_path: Path) -> None:
    root = leaflet_of(tmp_path, a="1. Klik\n   1. Typ\n2. Kies", b=WITH_SUBSTEPS)

    # The last step of a list has no gap after it, the first procedure none before it: its step stands high.
    assert [step.attributes["data-air-after"] for step in root.all("li", "step")] == ["1", "0", "0"]
    parts = root.all("section", "procedure")
    assert ["data-air-before" in part.attributes for part in parts] == [False, True]


# ---- what a reader looks for in the head --------------------------------------------------------


def _led_to(root: Path, template: str | None) -> tuple[Finding, ...]:
    """Return what is wrong with the page of a handout with a letter that needs another sheet."""
    begin = handout("", title="Begin", leads_to="[gids, ander]").replace("procedures: []\n", "")
    files: dict[str, str | bytes] = {
        "content/handouts/begin.md": begin,
        "content/handouts/gids.md": handout("a"),
        "content/handouts/ander.md": handout("b", title="Ander"),
        "content/procedures/a.md": procedure("1. Doe [](b.md#open)"),
        "content/procedures/b.md": procedure("1. Open {#open}"),
    }
    if template is not None:
        files["templates/formats/leaflet-a4.html"] = template
    project = loaded(project_at(root, files))
    document, _ = resolve.document(project, edition(project))
    return compose.html(document, project)[1]


def test_packaged_template_prints_the_letter_and_the_other_sheets(tmp_path: Path) -> None:
    assert _led_to(tmp_path, None) == ()


def test_template_that_prints_neither_is_told_and_refused_nothing(tmp_path: Path) -> None:
    own = "<!doctype html><html lang='nl'><title>x</title><h1>{{ document.title }}</h1>"

    found = _led_to(tmp_path, own)

    assert [(one.rule, str(one.severity)) for one in found] == [("head-incomplete", "warning")] * 2
    assert "the other sheets that its steps need" in found[0].what
    assert "the letter A" in found[1].what
