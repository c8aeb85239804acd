"""One file that is both PDF/A-2a, for the archive, and PDF/UA-1, for every reader.

The engine writes one of the two. This adds to a PDF/A what says that it is a PDF/UA too: the mark of
ISO 14289-1 §5 in its metadata, and the extension schema without which PDF/A does not allow that mark
(ISO 19005-2 §6.6.2.3.3).
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pydyf

VARIANT = "pdf/a-2a"
"""What the engine is asked for. Accessible (a), with transparency, which drawings need (2)."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
UA = "http://www.aiim.org/pdfua/ns/id/"
PDFA = "http://www.aiim.org/pdfa/ns/"
NAMESPACES = {
    "pdfuaid": UA,
    "pdfaExtension": f"{PDFA}extension/",
    "pdfaSchema": f"{PDFA}schema#",
    "pdfaProperty": f"{PDFA}property#",
}


def declare_accessible(document: Any) -> None:
    """Let the metadata of a rendered WeasyPrint *document* say that it is PDF/UA-1 as well."""
    original = document.metadata.generate_rdf_metadata

    def with_accessibility(variant: str, version: int, conformance: str) -> bytes:
        return _declared(original(variant, version, conformance))

    document.metadata.generate_rdf_metadata = with_accessibility


def _declared(rdf: bytes) -> bytes:
    """Return the metadata *rdf* with the mark of PDF/UA-1 and its schema."""
    for prefix, uri in NAMESPACES.items():
        ElementTree.register_namespace(prefix, uri)
    root = ElementTree.fromstring(rdf)  # what the engine wrote: nothing from outside
    SubElement(_description(root), _name("pdfuaid", "part")).text = "1"
    schemas = SubElement(SubElement(_description(root), _name("pdfaExtension", "schemas")), f"{{{RDF}}}Bag")
    schema = _resource(schemas)
    _fill(schema, "pdfaSchema", schema="PDF/UA identification schema", namespaceURI=UA, prefix="pdfuaid")
    properties = SubElement(SubElement(schema, _name("pdfaSchema", "property")), f"{{{RDF}}}Seq")
    _fill(
        _resource(properties),
        "pdfaProperty",
        name="part",
        valueType="Integer",
        category="internal",
        description="The part of ISO 14289 that the file conforms to",
    )
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _name(prefix: str, name: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{name}"


def _description(root: Element) -> Element:
    return SubElement(root, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})


def _resource(items: Element) -> Element:
    return SubElement(items, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"})


def _fill(element: Element, of: str, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(element, _name(of, name)).text = text


def open_metadata(pdf: Any) -> None:
    """Write the metadata of a pydyf *pdf* as plain text: an archive reads them without unpacking the file."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/Metadata":
            item.compress = False
