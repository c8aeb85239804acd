"""The register of on-screen labels: what it may say, and where each fault of it stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import loaded, project_at

from handout.model.findings import Place
from handout.project.load import load
from handout.project.project import Project
from handout.project.screen_labels import LABELS_FILE, LabelRegister

REGISTER = """\
[[label]]
id = "save"
text = "Bewaren"
source = ["S1"]
language = "nl"
platform = ["iPhone", "web"]
current = ["Bewaren", "Opslaan"]

[[label.seen]]
text = "Opslaan"
seen-on = 2027-01-31
by = "ICT-anker"
platform = "web"
version = "januari 2027"

[[label.seen]]
source = "handleiding van de maker"

[[label]]
id = "stop"
text = "Stoppen"
source = ["S2", "S3"]
language = "nl-BE"
platform = ["web"]

[[label.seen]]
text = "Afbreken"
source = "handleiding"
"""


def project(root: Path, register: str = REGISTER) -> Project:
    return loaded(project_at(root, {LABELS_FILE: register}))


def register(root: Path, text: str = REGISTER) -> LabelRegister:
    labels = project(root, text).labels
    assert labels is not None
    return labels


def test_project_without_a_register_prints_each_key_as_it_is_written(tmp_path: Path) -> None:
    without = loaded(project_at(tmp_path, {}))

    assert without.labels is None
    assert without.key_texts("Bewaren") == ("Bewaren",)


def test_empty_register_prints_each_key_as_it_is_written(tmp_path: Path) -> None:
    assert project(tmp_path, "").key_texts("Bewaren") == ("Bewaren",)


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("Bewaren", ("Bewaren", "Opslaan")),
        ("Opslaan", ("Bewaren", "Opslaan")),
        ("Stoppen", ("Stoppen",)),
        ("Afbreken", ("Afbreken",)),  # found once, and nobody says that it is current
        ("bewaren", ("bewaren",)),
        ("Elders", ("Elders",)),
    ],
)
def test_key_prints_two_texts_only_where_its_entry_says_that_both_are_current(
    tmp_path: Path, key: str, printed: tuple[str, ...]
) -> None:
    assert project(tmp_path).key_texts(key) == printed


def test_one_other_text_that_is_current_replaces_nothing(tmp_path: Path) -> None:
    other = REGISTER.replace('current = ["Bewaren", "Opslaan"]', 'current = ["Opslaan"]')

    assert project(tmp_path, other).key_texts("Bewaren") == ("Bewaren",)
    assert project(tmp_path, other).key_texts("Opslaan") == ("Opslaan",)


def test_text_of_the_source_comes_before_what_another_entry_was_found_to_say(tmp_path: Path) -> None:
    text = REGISTER.replace('text = "Afbreken"', 'text = "Bewaren"')
    labels = register(tmp_path, text)
    save, stop = labels.label

    assert labels.of_key("Bewaren") == save
    assert labels.texts_of(save) == ("Bewaren", "Opslaan")
    assert labels.texts_of(stop) == ("Stoppen",)


def test_day_on_which_a_label_was_last_seen_is_that_of_its_platform(tmp_path: Path) -> None:
    save, stop = register(tmp_path).label

    assert (save.last_seen_on("web"), save.last_seen_on("iPhone")) == (date(2027, 1, 31), None)
    assert stop.last_seen_on("web") is None


def test_sighting_that_names_no_platform_is_one_of_all_of_them(tmp_path: Path) -> None:
    (save, _) = register(tmp_path, REGISTER.replace('platform = "web"\n', "")).label

    assert save.last_seen_on("iPhone") == save.last_seen_on("web") == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("good", "wrong", "line", "fix"),
    [
        ('id = "stop"', 'id = "Stop"', 'id = "Stop"', "lower-case letters"),
        ('id = "stop"', 'id = "save"', 'id = "save"', "make one entry"),
        ('text = "Stoppen"', 'text = "Bewaren"', 'text = "Bewaren"', "make one entry"),
        ('text = "Stoppen"', 'text = ""', 'text = ""', "1 or more characters"),
        ('text = "Stoppen"', 'text = "Stop\\u202epen"', 'text = "Stop\\u202epen"', "a sign nobody sees"),
        ('text = "Stoppen"', 'text = "Stop\\npen"', 'text = "Stop\\npen"', "in one line"),
        ('text = "Stoppen"', 'text = "naar evil.be"', 'text = "naar evil.be"', "under [links]"),
        ('text = "Stoppen"\n', "", "[[label]]", "the words of the screen, as the source gives them"),
        ('language = "nl-BE"', 'language = "Dutch"', 'language = "Dutch"', "a language, as nl-BE"),
        ('platform = ["web"]', "platform = []", "platform = []", "a list of at least 1"),
        ('source = ["S2", "S3"]', 'source = "S2"', 'source = "S2"', "a list, as [a, b]"),
        ('text = "Afbreken"', 'tekst = "Afbreken"', 'tekst = "Afbreken"', "did you mean 'text'?"),
        ('text = "Afbreken"', 'seen-on = "gisteren"', 'seen-on = "gisteren"', "a date, as 2026-11-22"),
        ('source = "handleiding"', "seen-on = 2027-01-01", "seen-on = 2027-01-01", "write both"),
        ('source = "handleiding"', 'by = "ICT-anker"', 'by = "ICT-anker"', "write both"),
        ('source = "handleiding"', 'version = "2"', 'text = "Afbreken"', "write 'seen-on' and 'by'"),
        ('source = "handleiding"', 'source = ""', 'source = ""', "1 or more characters"),
    ],
)
def test_wrong_entry_is_an_error_at_its_line(
    tmp_path: Path, good: str, wrong: str, line: str, fix: str
) -> None:
    before, at, after = REGISTER.rpartition(good)
    assert at
    text = before + wrong + after
    _, findings = load(project_at(tmp_path, {LABELS_FILE: text}))

    (found,) = findings
    assert found.place.path == LABELS_FILE
    lines = [number for number, one in enumerate(text.splitlines(), 1) if one == line]
    assert found.place.line == lines[-1], str(found)
    assert fix in found.fix


@pytest.mark.parametrize(
    ("current", "fix"),
    [
        ('["Bewaren", "Vasthouden"]', "add a [[label.seen]] with this text"),
        ('["Bewaren", "Bewaren"]', "each text once"),
        ('["Bewaren", "Opslaan", "Opslaan"]', "a list of at most 2"),
        ("[]", "a list of at least 1"),
    ],
)
def test_current_texts_are_one_or_two_that_somebody_found(tmp_path: Path, current: str, fix: str) -> None:
    text = REGISTER.replace('["Bewaren", "Opslaan"]', current)
    (found,) = load(project_at(tmp_path, {LABELS_FILE: text}))[1]

    assert found.place == Place(LABELS_FILE, 7)
    assert fix in found.fix


def test_sighting_on_a_platform_that_the_label_has_not_is_an_error(tmp_path: Path) -> None:
    text = REGISTER.replace('platform = "web"\n', 'platform = "Android"\n')
    (found,) = load(project_at(tmp_path, {LABELS_FILE: text}))[1]

    assert found.place == Place(LABELS_FILE, 13)
    assert "iPhone, web; or add it to 'platform' of the label" in found.fix


def test_register_that_is_no_toml_is_an_error_at_its_line(tmp_path: Path) -> None:
    (found,) = load(project_at(tmp_path, {LABELS_FILE: REGISTER + "text = Klaar\n"}))[1]

    assert found.place == Place(LABELS_FILE, len(REGISTER.splitlines()) + 1)


def test_sum_of_the_register_is_of_what_keys_print_and_not_of_when_it_was_seen(tmp_path: Path) -> None:
    first = project(tmp_path / "a").hashes[LABELS_FILE]
    later = project(tmp_path / "b", REGISTER.replace("2027-01-31", "2027-03-31")).hashes[LABELS_FILE]
    other = project(tmp_path / "c", REGISTER.replace('"Opslaan"', '"Vasthouden"')).hashes[LABELS_FILE]

    assert first == later
    assert first != other
