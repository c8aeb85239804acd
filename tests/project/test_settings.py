"""What handout.toml may say, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import SETTINGS, loaded, project_at

from handout.model.findings import Finding, Place
from handout.project.load import load


def faults(root: Path, settings: str) -> tuple[Finding, ...]:
    """Return what is wrong with *settings*, which cannot be used."""
    project, findings = load(project_at(root, {}, settings))
    assert project is None
    return findings


def line_of(settings: str, text: str) -> int:
    return next(number for number, line in enumerate(settings.splitlines(), 1) if text in line)


def test_settings_are_values_with_their_units(tmp_path: Path) -> None:
    settings = loaded(project_at(tmp_path, {})).settings

    assert settings.organisation.name == "Stadsscholen"
    assert settings.audiences["staff"].fields == {"systems": "Outlook en Smartschool"}
    assert settings.links.urls == {"security-info": "https://mfa.school.be/info"}
    assert settings.links.allowed_hosts == ["mfa.school.be"]
    leaflet = settings.formats["leaflet-a4"]
    assert (leaflet.width_mm, leaflet.height_mm, leaflet.pages) == (210.0, 297.0, 2)


@pytest.mark.parametrize(
    ("right", "wrong", "what", "fix"),
    [
        ("label =", "lable =", "the key 'audiences.staff.lable' is not known", "did you mean 'label'?"),
        ("edition =", "edtion =", "the key 'organisation.edtion' is not known", "did you mean 'edition'?"),
        (
            "[organisation]",
            "[organization]",
            "the key 'organization' is not known",
            "did you mean 'organisation'?",
        ),
        ('"#123e8c"', '"blauw"', "'audiences.staff.accent' is 'blauw'", "write a colour of six digits"),
        (
            '"square"',
            '"star"',
            "'audiences.staff.shape' is 'star'",
            "write one of: 'square', 'circle' or 'hexagon'",
        ),
        ('"bar"', '"wave"', "'audiences.staff.strip' is 'wave'", "write one of: 'bar', 'dots' or 'hatch'"),
        ('"briefcase"', '"../x"', "'audiences.staff.icon' is '../x'", "write lower-case letters"),
        ('"nl-BE"', '"Dutch"', "'organisation.language' is 'Dutch'", "write a language, as nl-BE"),
        ('"Stadsscholen"', '"  "', "'organisation.name' is '  '", "write a text of 1 or more characters"),
        ('"Stadsscholen"', "3", "'organisation.name' is '3'", "write one text"),
        (
            '"https://mfa.school.be/info"',
            "[1]",
            "'links.security-info' is a list",
            "write one text",
        ),
    ],
)
def test_wrong_setting_is_reported_with_its_line_and_what_may_stand_there(
    tmp_path: Path, right: str, wrong: str, what: str, fix: str
) -> None:
    settings = SETTINGS.replace(right, wrong, 1)

    findings = faults(tmp_path, settings)

    finding = next(finding for finding in findings if finding.what == what)
    assert finding.place == Place("handout.toml", line_of(settings, wrong))
    assert finding.fix.startswith(fix)


def test_missing_setting_is_reported_at_its_table(tmp_path: Path) -> None:
    settings = SETTINGS.replace('icon = "mortarboard"\n', "")

    (finding,) = faults(tmp_path, settings)

    assert finding.what == "'audiences.students.icon' is missing"
    assert finding.place.line == line_of(settings, "[audiences.students]")


def test_line_is_found_below_a_table_with_a_remark(tmp_path: Path) -> None:
    settings = SETTINGS.replace("[audiences.staff]", "[audiences.staff]  # [eigen] mensen").replace(
        '"#123e8c"', '"blauw"'
    )

    (finding,) = faults(tmp_path, settings)

    assert finding.place.line == line_of(settings, "blauw")


@pytest.mark.parametrize(
    "host", ["https://mfa.school.be", "Mfa.School.be", "mfa.school.be:443", "localhost", "1.2.3.4"]
)
def test_what_is_no_host_cannot_be_allowed(tmp_path: Path, host: str) -> None:
    settings = SETTINGS.replace('["mfa.school.be"]', f'["mfa.school.be", "{host}"]')

    (finding,) = faults(tmp_path, settings)

    assert finding.place == Place("handout.toml", line_of(settings, "allowed-hosts"))
    assert finding.what == f"'links.allowed-hosts[2]' is '{host}'"
    assert finding.fix.startswith("write the plain name of a site, as www.school.be")


def test_key_is_written_with_hyphens_only(tmp_path: Path) -> None:
    settings = f"{SETTINGS}\n[formats.leaflet-a4]\nqr_mm = 20\n"

    (finding,) = faults(tmp_path, settings)

    assert finding.what == "the key 'formats.leaflet-a4.qr_mm' is not known"
    assert finding.fix.startswith("did you mean 'qr-mm'?")
    assert finding.place.line == line_of(settings, "qr_mm")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("width-mm = -1", "'formats.leaflet-a4.width-mm' is '-1'"),
        ('width-mm = "breed"', "'formats.leaflet-a4.width-mm' is 'breed'"),
        ("pages = 0", "'formats.leaflet-a4.pages' is '0'"),
        ("pages = true", "'formats.leaflet-a4.pages' is true"),
    ],
)
def test_impossible_format_is_reported_with_its_line(tmp_path: Path, line: str, what: str) -> None:
    settings = f"{SETTINGS}\n[formats.leaflet-a4]\n{line}\n"

    (finding,) = faults(tmp_path, settings)

    assert finding.what == what
    assert finding.place.line == line_of(settings, line)


def test_format_that_is_no_table_is_reported(tmp_path: Path) -> None:
    settings = f"{SETTINGS}\n[formats]\nleaflet-a4 = 3\n"

    (finding,) = faults(tmp_path, settings)

    assert finding.what == "'formats.leaflet-a4' is '3'"
    assert finding.fix == "write a table"
    assert finding.place.line == line_of(settings, "leaflet-a4 = 3")


def test_project_without_settings_tables_hears_all_that_is_missing(tmp_path: Path) -> None:
    findings = faults(tmp_path, "")

    assert [finding.what for finding in findings] == [
        "'audiences' is missing",
        "'links' is missing",
        "'organisation' is missing",
    ]


@pytest.mark.parametrize(
    ("line", "what", "fix"),
    [
        (
            'sheets = ["tiles", "posters"]',
            "'formats.leaflet-a4.sheets[2]' is 'posters'",
            "write one of: 'trifold', 'two-up', 'booklet', 'cards', 'folded-cards', 'tiles', "
            "'tiles-a2', 'one-a4', ",
        ),
        (
            'sheets = ["tiles", "tiles"]',
            "'formats.leaflet-a4.sheets' is a list",
            "write each kind of sheet once",
        ),
        ('sheets = "tiles"', "'formats.leaflet-a4.sheets' is 'tiles'", "write a list, as [a, b]"),
        ('sheet = "tiles"', "the key 'formats.leaflet-a4.sheet' is not known", "did you mean 'sheets'?"),
        (
            'like = "leaflet-a55"',
            "the format 'leaflet-a4' cannot be like 'leaflet-a55', which is none of its own",
            "did you mean 'leaflet-a5'?",
        ),
        (
            'like = "booklet-a5"',
            "the format 'leaflet-a4' cannot be like 'booklet-a5', which is none of its own",
            "use one of: card, leaflet-a5, ",
        ),
    ],
)
def test_wrong_print_sheet_or_example_of_a_format_is_reported_with_its_line(
    tmp_path: Path, line: str, what: str, fix: str
) -> None:
    settings = f"{SETTINGS}\n[formats.leaflet-a4]\n{line}\n"

    _, findings = load(project_at(tmp_path, {}, settings))

    (finding,) = findings
    assert finding.what == what
    assert finding.fix.startswith(fix)
    assert finding.place == Place("handout.toml", line_of(settings, line))
