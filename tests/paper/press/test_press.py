"""A file for a print shop is PDF/X-4: one press, its inks, black that is black alone, and boxes to cut by."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at
from tests.paper.press.profile import press_profile

from handout import proof
from handout.editions import expectations, single
from handout.editions.single import Made
from handout.machine import color_profiles
from handout.model.document import SheetKind
from handout.model.findings import has_errors
from handout.model.rules import Rule
from handout.project.load import load
from handout.project.plan import Selection, editions
from handout.project.project import Project
from handout.proof import ProofRule

PRINT_SHOP = '\n[print-shop]\nprofile = "pers.icc"\ncondition = "FOGRA39"\n'
FILES: dict[str, str | bytes] = {
    "content/procedures/aanmelden.md": procedure("1. Open `Outlook`.\n2. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("aanmelden", audiences="[staff]"),
}
PROFILE = press_profile()
PATH = "content/profiles/pers.icc"


def project(root: Path, more: str = PRINT_SHOP, profile: bytes = PROFILE) -> Project:
    settings = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n{more}"
    return loaded(project_at(root, {**FILES, PATH: profile}, settings))


@dataclass(frozen=True)
class Pressed:
    """A sheet for a print shop."""

    project: Project
    made: Made

    @property
    def data(self) -> bytes:
        return next(sheet.data for sheet in self.made.sheets if sheet.kind is SheetKind.PRINT_SHOP)

    def findings(self, change: Callable[[pikepdf.Pdf], None]) -> set[str]:
        """Return the rules that it breaks after *change*."""
        press, document = self.project.press, self.made.document
        assert press is not None
        with pikepdf.open(BytesIO(self.data)) as pdf, proof.opened(self.made.pdf) as piece:
            change(pdf)
            out = BytesIO()
            pdf.save(out, fix_metadata_version=False)
            terms = expectations.of(self.project, document)
            return {one.rule for one in proof.inspect_press(out.getvalue(), piece, document, terms, press)}


def pressed(project: Project) -> Pressed:
    (edition,) = editions(project, Selection(print_shop=True))
    made = single.make(project, edition)
    assert not has_errors(made.findings)
    return Pressed(project, made)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Pressed:
    return pressed(project(tmp_path_factory.mktemp("process")))


@pytest.fixture(scope="module")
def spot(tmp_path_factory: pytest.TempPathFactory) -> Pressed:
    more = f'{PRINT_SHOP}accents = "spot"\n'
    return pressed(project(tmp_path_factory.mktemp("spot"), more))


def contents(pdf: pikepdf.Pdf) -> bytes:
    pages = (page.Contents.read_bytes() for page in pdf.pages)
    forms = (
        one.read_bytes()
        for one in pdf.objects
        if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == Name.Form
    )
    return b"\n".join((*pages, *forms))


def test_file_names_one_press_and_is_no_longer_for_the_archive(process: Pressed) -> None:
    with pikepdf.open(BytesIO(process.data)) as pdf:
        (intent,) = pdf.Root.OutputIntents
        assert (intent.S, str(intent.OutputConditionIdentifier)) == (Name.GTS_PDFX, "FOGRA39")
        assert intent.DestOutputProfile.read_bytes() == PROFILE
        metadata = pdf.Root.Metadata.read_bytes()
        assert b"PDF/X-4" in metadata
        assert b"pdfaid:part" not in metadata
        assert b"pdfuaid:part>1<" in metadata


def test_accent_is_mixed_of_the_inks_of_the_press(process: Pressed) -> None:
    with pikepdf.open(BytesIO(process.data)) as pdf:
        drawn = contents(pdf)
        assert b" k" in drawn
        assert b" rg" not in drawn
        assert b" RG" not in drawn


def test_accent_can_have_an_ink_of_its_own(spot: Pressed) -> None:
    with pikepdf.open(BytesIO(spot.data)) as pdf:
        assert b"/Spot cs 1 scn" in contents(pdf)
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        named = [one.Resources.get("/ColorSpace", Dictionary()) for one in streams if "/Resources" in one]
        spaces = [one["/Spot"] for one in named if "/Spot" in one]
        assert {str(one[1]) for one in spaces} == {"/Accent staff"}


@pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript, which separates the inks, is not here")
def test_plates_hold_black_in_black_alone_and_the_accent_in_its_own(spot: Pressed, tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(spot.data)
    device = ["-sDEVICE=tiffsep", "-r40", "-o", "plate%d.tif", "sheet.pdf"]
    subprocess.run(["gs", "-q", "-dSAFER", *device], cwd=tmp_path, check=True, timeout=60)
    inked = {}
    for path in tmp_path.glob("plate1(*).tif"):
        with Image.open(path) as plate:
            inked[path.stem.partition("(")[2][:-1]] = plate.convert("L").getextrema() != (255, 255)
    assert inked == {"Black": True, "Accent staff": True, "Cyan": False, "Magenta": False, "Yellow": False}


def test_same_sheet_has_the_same_bytes(process: Pressed) -> None:
    assert pressed(process.project).data == process.data


def test_without_a_press_the_file_keeps_the_colours_of_a_screen(process: Pressed, tmp_path: Path) -> None:
    found = pressed(project(tmp_path, more=""))
    with pikepdf.open(BytesIO(found.data)) as pdf:
        assert b" rg" in contents(pdf)
        assert pdf.Root.OutputIntents[0].S == Name.GTS_PDFA1


# ---- what is no PDF/X-4 -----------------------------------------------------------------------


def no_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/OutputIntents"]


def two_intents(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0])


def another_profile(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.write(PROFILE + b" ")


def another_condition(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents[0].OutputConditionIdentifier = "FOGRA47"


def no_version(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b"PDF/X-4", b"PDF/X-1"))


def for_the_archive(pdf: pikepdf.Pdf) -> None:
    data = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(data.replace(b"</rdf:RDF>", b'<rdf:Description pdfaid:part="2"/></rdf:RDF>'))


def trapped(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Trapped"]


def no_trim(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj["/TrimBox"]


def narrow_bleed(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.BleedBox = pdf.pages[0].obj.TrimBox


def wide_bleed(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.BleedBox = Array([-9, -9, 2000, 2000])


def colour_of_a_screen(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.Contents.write(page.Contents.read_bytes() + b"\nq 1 0 0 rg 0 0 9 9 re f Q")


def picture_of_a_screen(pdf: pikepdf.Pdf) -> None:
    kind = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 1, "Height": 1, "BitsPerComponent": 8}
    picture = pikepdf.Stream(pdf, b"\xff\0\0", ColorSpace=Name.DeviceRGB, **kind)
    pdf.pages[0].obj.Resources.XObject["/Photo"] = picture


def mixed_black(pdf: pikepdf.Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == Name.Form:
            one.write(one.read_bytes().replace(b"\n0 g\n", b"\n0.7 0.2 0 0.9 k\n"))


MUTANTS: dict[Callable[[pikepdf.Pdf], None], ProofRule] = {
    no_intent: ProofRule.PRESS_INTENT,
    two_intents: ProofRule.PRESS_INTENT,
    another_profile: ProofRule.PRESS_INTENT,
    another_condition: ProofRule.PRESS_INTENT,
    no_version: ProofRule.PRESS_INTENT,
    for_the_archive: ProofRule.PRESS_INTENT,
    trapped: ProofRule.PRESS_INTENT,
    no_trim: ProofRule.PRESS_BOX,
    narrow_bleed: ProofRule.PRESS_BOX,
    wide_bleed: ProofRule.PRESS_BOX,
    colour_of_a_screen: ProofRule.PRESS_COLOUR,
    picture_of_a_screen: ProofRule.PRESS_COLOUR,
    mixed_black: ProofRule.PRESS_COLOUR,
}


@pytest.mark.parametrize("change", MUTANTS, ids=lambda change: change.__name__)
def test_what_is_no_pdf_x_is_found(process: Pressed, change: Callable[[pikepdf.Pdf], None]) -> None:
    assert process.findings(change) == {MUTANTS[change]}


def test_saving_alone_is_no_fault(process: Pressed, spot: Pressed) -> None:
    for one in (process, spot):
        assert one.findings(lambda pdf: None) == set()


def test_each_rule_of_the_press_has_a_mutant() -> None:
    assert {rule for rule in ProofRule if rule.startswith("press-")} == set(MUTANTS.values())


# ---- the profile ------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [b"no profile", PROFILE[:200], PROFILE.replace(b"prtrCMYK", b"mntrRGB ")])
def test_profile_that_is_none_of_a_press_is_found_at_its_line(tmp_path: Path, profile: bytes) -> None:
    root = project_at(tmp_path, {**FILES, PATH: profile}, SETTINGS + PRINT_SHOP)
    _, findings = load(root)
    (finding,) = (one for one in findings if one.rule == Rule.PRESS_PROFILE)
    line = (SETTINGS + PRINT_SHOP).splitlines().index('profile = "pers.icc"') + 1
    assert (finding.place.path, finding.place.line) == ("handout.toml", line)
    assert "'pers.icc' is not an ICC profile of a press" in finding.what


def test_profile_that_is_not_there_or_outside_is_found(tmp_path: Path) -> None:
    for number, name in enumerate(("weg.icc", "../../pers.icc")):
        root = project_at(tmp_path / str(number), FILES, SETTINGS + PRINT_SHOP.replace("pers.icc", name))
        assert any(one.rule == Rule.FILE_REFUSED for one in load(root)[1])


def test_name_of_a_condition_means_the_profile_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(color_profiles, "FOLDERS", (tmp_path / "color",))
    named = PRINT_SHOP.replace("pers.icc", "FOGRA39").replace('condition = "FOGRA39"\n', "")
    root = project_at(tmp_path / "project", FILES, SETTINGS + named)
    (finding,) = (one for one in load(root)[1] if one.rule == Rule.PRESS_PROFILE)
    assert "this machine has no colour profile of the printing condition 'FOGRA39'" in finding.what
    assert "content/profiles/" in finding.fix
    (tmp_path / "color/colord").mkdir(parents=True)
    (tmp_path / "color/colord/FOGRA39L_coated.icc").write_bytes(PROFILE)
    press = loaded(root).press
    assert press is not None
    assert (press.condition, press.data) == ("FOGRA39", PROFILE)
