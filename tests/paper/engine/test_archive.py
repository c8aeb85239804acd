"""One file for the archive and for every reader: PDF/A-2a and PDF/UA-1."""

from __future__ import annotations

from xml.etree import ElementTree

import page
import pytest
from tests.paper.engine.sheets import opened, rendered, sheet

from handout.paper.engine.archive import NAMESPACES, UA

BODY = "<h1>Kop</h1><p>Tekst met <a href='https://example.org/'>een link</a>.</p><ol><li>Een</ol>"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return rendered(sheet(BODY)).pdf


def metadata(pdf: bytes) -> bytes:
    with opened(pdf) as document:
        return bytes(document.Root.Metadata.read_raw_bytes())


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_one_file_passes_both_profiles(pdf: bytes, profile: str) -> None:
    assert [failure.rule_id for failure in page.validate_pdf_bytes(pdf, profile=profile).failures] == []


def test_metadata_can_be_read_without_unpacking_the_file(pdf: bytes) -> None:
    with opened(pdf) as document:
        assert "/Filter" not in document.Root.Metadata
    assert metadata(pdf) in pdf


def test_metadata_name_both_standards_and_explain_the_second(pdf: bytes) -> None:
    root = ElementTree.fromstring(metadata(pdf))
    assert [element.text for element in root.iter(f"{{{UA}}}part")] == ["1"]
    schema = f"{{{NAMESPACES['pdfaSchema']}}}"
    assert [element.text for element in root.iter(f"{schema}namespaceURI")] == [UA]
    archive = "{http://www.aiim.org/pdfa/ns/id/}"
    (description,) = (element for element in root.iter() if f"{archive}part" in element.attrib)
    assert description.attrib[f"{archive}part"] == "2"
    assert description.attrib[f"{archive}conformance"] == "A"


def test_colours_are_defined_for_every_printer(pdf: bytes) -> None:
    with opened(pdf) as document:
        (intent,) = document.Root.OutputIntents
        assert str(intent.S) == "/GTS_PDFA1"
        assert bytes(intent.DestOutputProfile.read_bytes())[36:40] == b"acsp"


def test_a_pdf_without_the_mark_is_no_pdf_ua(pdf: bytes) -> None:
    assert pdf.count(b"pdfuaid:part>1<") == 1
    without = pdf.replace(b"pdfuaid:part>1<", b"pdfuaid:part>7<")
    assert not page.validate_pdf_bytes(without, profile="ua1").is_compliant
