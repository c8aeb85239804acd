"""What is kept between layouts changes nothing on the paper, and nothing that is said of it."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import weasyprint
from tests.conftest import DRAWING, REPOSITORY, handout, loaded, procedure, project_at
from tests.paper.engine.sheets import HANDOUT, rendered, sheet
from weasyprint import css
from weasyprint.text.line_break import Layout as TextLayout

from handout.document import resolve
from handout.editions import single
from handout.model.document import Density, Setting
from handout.model.rules import Rule
from handout.paper.engine import kept, kept_lines, kept_styles, replacements
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import lay_out, parse
from handout.paper.engine.render import Rendered, pdf
from handout.project import plan
from handout.project.project import FORMATS_FILE, Project

PACKAGED = tomllib.loads((REPOSITORY / FORMATS_FILE).read_text("utf-8"))
BOOKLET = "booklet-a5"
STEPS = """\
Neem je toestel bij de hand.

1. Open **Smartschool** in je browser.

    ![Het scherm met de knop](images/scherm.svg)

2. Tik op ::Aanmelden::.

    Dat duurt even, ook op een trage verbinding.

    1. Kies je account.
    2. Wacht op de code.

3. Typ de code over.

Klaar! Je bent aangemeld.
"""


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


def plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine do all by itself, as where another version of it is installed."""
    monkeypatch.setattr(weasyprint, "__version__", "70.1")


# ---- the paper --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with one short handout in all formats; that of a booklet says how many pages it has."""
    others = [name for name, table in PACKAGED.items() if name != BOOKLET and "reading" not in table]
    files = {
        "content/procedures/aanmelden.md": procedure(STEPS, audiences="staff"),
        "content/handouts/gids.md": handout(
            "aanmelden", audiences="[staff]", formats=f"[{', '.join(others)}]"
        ),
        "content/handouts/boekje.md": handout(
            "aanmelden", audiences="[staff]", formats=f"[{BOOKLET}]", pages="4"
        ),
        "content/images/scherm.svg": DRAWING,
    }
    return loaded(project_at(tmp_path_factory.mktemp("all"), files))


def made(project: Project, format_: str) -> Rendered:
    table = PACKAGED[format_]
    asked = plan.Selection(formats=(format_,))
    if "reading" in table:
        asked = plan.Selection(formats=(table["like"],), readings=(table["reading"],))
    (edition,) = plan.editions(project, asked)
    document, found = resolve.document(project, edition)
    ready = single.composed(project, edition, document, found)
    return pdf(ready.html, document.pictures, document.place, PageConstraints(document.page_budget))


@pytest.mark.parametrize("format_", PACKAGED)
def test_piece_has_the_bytes_that_the_engine_makes_alone(
    project: Project, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made(project, format_), made(project, format_)
    assert kept._of_process[0].layouts > 1
    plainly(monkeypatch)
    alone = made(project, format_)
    assert alone.pdf
    assert first == alone
    assert second == alone


BODY = """
<h1 id="kop" style="--gap: 9mm">Aanmelden</h1>
<p id="initial" class="near">Open de <a name="app" href="#kop">app</a> op je toestel, en wacht.</p>
<div class="far"><p>Kies je account.</p><ol><li id="een">Een</li><li id="twee">Twee</li></ol></div>
<div class="far" lang="fr"><p>Choisissez votre compte.</p></div>
<table><tr><th>Uur</th><td>8.30</td></tr><tr><th>Lokaal</th><td style="width: 50%">B12</td></tr></table>
<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="50%" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>
"""
STYLES = (
    "table { border-collapse: collapse } td { border: 1pt solid; padding: 3% }",
    ".far { display: flex; gap: 3mm } .far > * { flex: 1 } ol { width: 50% }",
    ".far { display: grid; grid-template-columns: 1fr 2fr; max-width: 80% } li { box-sizing: border-box }",
    ".far { columns: 2; column-rule: 1pt solid } p { break-inside: avoid; orphans: 1 }",
    "p { margin-inline-start: 8mm; border-start-end-radius: 3mm } [lang=fr] { direction: rtl }",
    "p { text-decoration: underline; font-variant-caps: small-caps; hyphens: auto; width: 20mm }",
    "p::before { content: counter(list-item) ' – '; float: left } p::first-letter { font-size: 2em }",
    "p::before { content: 'a'; -weasy-anchor: 'voor' } a { content: target-text(url(#voor)) }",
    "li::marker { content: '→ ' } li { list-style-position: inside; border-radius: 20% / 1mm 2mm }",
    "h1 { float: footnote } @page { @footnote { margin-top: 3mm } margin: 12% }",
    "p { position: absolute; top: 10%; inset-inline-end: 5mm } h1 { width: calc(100% - 2cm); height: 3lh }",
    "body { overflow: hidden } h1 { string-set: kop content() } @page { @top-left { content: string(kop) } }",
    "p { text-align: justify; letter-spacing: .2mm; word-spacing: 1mm; overflow-wrap: anywhere; width: 3ch }",
    ".far { --gap: 12mm } p { margin: var(--gap, 2mm); padding: calc(var(--gap, 1mm) / 4) }",
    "h1 { width: 40vw; height: 10vh } p { margin-top: 2VMIN }",
    "p { margin: blub } .far { --x: blub; width: var(--x) }",
    ":root { overflow: hidden; font-size: 9pt } li { -weasy-anchor: 'zelf' !important }",
)


@pytest.mark.parametrize("style", STYLES)
def test_page_and_its_findings_are_those_of_the_engine_alone(
    style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = sheet(BODY, style)
    # Another before it, and one after that: what is kept of each is there.
    found = [rendered(sheet(BODY), 3), rendered(html, 3), rendered(html, 3), rendered(sheet(BODY), 3)]
    plainly(monkeypatch)
    alone = [rendered(sheet(BODY), 3), rendered(html, 3)]
    assert found == [*alone, alone[1], alone[0]]


@pytest.mark.parametrize(
    "style",
    [
        ":root { --gap: 2mm } [data-density='compact'] { --gap: 1mm } p { margin: var(--gap) }",
        "[style='--fit: 0.9'] p { margin: 3mm } [style] p { padding: 1mm }",
        "[STYLE $= '0.9'] p { margin: 3mm } [st\\79le*='1'] li { padding: 1mm }",
        "p { margin: calc(4mm * var(--fit)) } @media print { p { padding: calc(1mm * var(--fit)) } }",
        ":root { --gap: 2mm } p { margin: blub; & a { margin: var(--gap) } } p:is(var(--gap)) { top: 0 }",
    ],
)
def test_setting_is_not_taken_for_another(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = [Setting(Density.NORMAL), Setting(Density.COMPACT), Setting(Density.COMPACT, 0.9)]

    def tops() -> list[float]:
        source = parse(sheet(BODY, style + "p { line-height: calc(9mm * var(--fit)) }"), {}, HANDOUT)
        layouts = [lay_out(source, setting, 3) for setting in (*settings, *settings)]
        return [box.position_y for layout in layouts for box in layout.page_boxes[0].descendants()]

    found = tops()
    plainly(monkeypatch)
    assert found == tops()


# ---- how much is kept -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "bound"),
    [(kept_lines, "MOST_LINES"), (kept_styles, "MOST_STYLES"), (replacements, "MOST_LAYOUTS")],
)
def test_what_is_kept_is_given_up_when_it_is_much(
    module: Any, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered(sheet(BODY))
    (first,) = kept._of_process
    rendered(sheet(BODY))
    assert kept._of_process == [first]
    monkeypatch.setattr(module, bound, 2)
    rendered(sheet(BODY))
    assert kept._of_process != [first]


def test_same_style_is_computed_once() -> None:
    rendered(sheet(BODY))
    (first,) = kept._of_process
    before = len(first.styles.styles), len(first.lines.lines), len(first.lines.struts)
    rendered(sheet(BODY))
    assert (len(first.styles.styles), len(first.lines.lines), len(first.lines.struts)) == before
    assert all(before)


def test_what_rules_choose_is_found_once_for_all_scales_and_anew_for_other_words() -> None:
    source = parse(
        sheet(BODY, "p { line-height: calc(9mm * var(--fit)) } .next { color: #333 }"), {}, HANDOUT
    )
    (h1,) = source.places.root.iter("h1")

    def kept_after(*settings: Setting) -> int:
        for setting in settings:
            lay_out(source, setting, 3)
        return len(kept._of_process[0].styles.choices._rows)

    assert kept_after(Setting(Density.NORMAL), Setting(Density.NORMAL, 0.9)) == 1
    assert kept_after(Setting(Density.COMPACT), Setting(Density.COMPACT, 0.8)) == 2
    h1.set("style", "--air: 2mm")  # it had one before: what it says there no rule sees
    assert kept_after(Setting(Density.COMPACT)) == 2
    h1.set("class", "next")
    assert kept_after(Setting(Density.COMPACT)) == 3


# ---- the engine -------------------------------------------------------------------------------


def test_engine_is_the_one_that_this_was_tested_with() -> None:
    assert weasyprint.__version__ == kept.TESTED_VERSION


def test_engine_of_another_version_does_all_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    plainly(monkeypatch)
    before = [getattr(module, one.__name__) for one, _ in replacements.REPLACED for module in holders(one)]
    with kept.in_place():
        now = [getattr(module, one.__name__) for one, _ in replacements.REPLACED for module in holders(one)]
    assert now == before
    assert rendered(sheet(BODY)).pdf
    assert kept._of_process == []


def holders(one: Any) -> list[Any]:
    return list(replacements.holders(one))


@pytest.mark.parametrize(("engines", "ours"), replacements.REPLACED)
def test_what_is_replaced_is_called_by_the_engine_as_ours_is(engines: Any, ours: Any) -> None:
    names = [module.__name__ for module in holders(engines)]
    assert len(names) > 1 or engines is css.StyleFor, "besides the module that it is of"
    assert list(inspect.signature(engines).parameters) == list(inspect.signature(ours).parameters)
    before = [getattr(module, engines.__name__) for module in holders(engines)]
    with kept.in_place():
        assert {getattr(module, engines.__name__) for module in holders(engines)} == {ours}
    assert [getattr(module, engines.__name__) for module in holders(engines)] == before


class Watched:
    """A style that writes down what is looked up in it."""

    def __init__(self, style: Any) -> None:
        self.style, self.font_config = style, style.font_config
        self.looked_up: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.looked_up.add(name)
        return self.style[name]


@pytest.mark.parametrize("hyphens", ["auto", "none"])
def test_engine_looks_up_nothing_else_while_it_breaks_a_line(hyphens: str) -> None:
    text = "Een dienstmededelingenkanaal\tvoor\xad stukken"
    style = f"p {{ hyphens: {hyphens}; text-decoration: underline; white-space: pre-wrap; tab-size: 3 }}"
    layout = lay_out(parse(sheet(f"<p>{text}</p>", style), {}, HANDOUT), Setting(Density.NORMAL), 1)
    watched = Watched(next(box.style for box in layout.page_boxes[0].descendants() if hasattr(box, "text")))
    context = SimpleNamespace(dictionaries={})
    for width_px in (None, 1.0, 40.0, 90.0, 150.0, 10_000.0):
        kept_lines._break(text, watched, context, width_px, 0)
    assert watched.looked_up <= set(kept_lines.OF_LINE)
    watched.font_config.strut_layouts.clear()
    watched.looked_up.clear()
    kept_lines._measure(watched)
    # Of one space, with nothing beside it, these make no difference.
    of_letters = {"direction", "font_kerning", "letter_spacing", "word_spacing", "overflow_wrap"}
    assert watched.looked_up <= {*kept_lines.OF_STRUT, *of_letters, "text_decoration_line"}


def test_engine_keeps_in_a_style_and_a_line_what_ours_do() -> None:
    layout = lay_out(parse(sheet("<p>x</p>"), {}, HANDOUT), Setting(Density.NORMAL), 1)
    (text,) = (box for box in layout.page_boxes[0].descendants() if hasattr(box, "pango_layout"))
    root = css.ComputedStyle(None, {}, None, css.InitialStyle(text.style.font_config), "", None, {})
    assert vars(root).keys() == {
        "base_url",
        "cache",
        "cascaded",
        "font_config",
        "initial_page_sizes",
        "is_root_element",
        "parent_style",
        "pseudo_type",
        "root_style",
        "specified",
    }
    assert isinstance(text.pango_layout, TextLayout)
    assert vars(text.pango_layout).keys() == {
        "ascent",
        "first_line_direction",
        "justification_spacing",
        "max_width",
        "strikethrough_position",
        "text",
        "underline_position",
    }


def test_wrong_value_is_told_of_the_next_piece_too() -> None:
    html = sheet(BODY, ".far { --x: blub } p { width: var(--x) }")
    first, second = (rendered(html).findings for _ in range(2))
    assert Rule.STYLE_FAULT in [finding.rule for finding in first]
    assert second == first
