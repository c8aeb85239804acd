#!/usr/bin/env bash
# Tags whose content stands in a form are not there for PDFium, until the table of the page names them too.
#
# One expects: a page draws a form XObject, as every imposition does with the pages that it lays on a sheet. The form
# has a StructParents of its own, and the tags name their content by /MCR with /Stm (ISO 32000-1 14.7.4.2); the page
# itself has no marked content and so needs no StructParents (table 30). A reader that asks for the tags of that page
# gets them: the file passes PDF/UA-1.
# What happens: PDFium (Chrome, Edge) finds tags by the StructParents of the page alone. Without one it gives no tag at
# all for the page, and says so in no way. When the page has one as well, whose array names the same tags by the same
# numbers, it gives all of them; the file still passes.
# Versions: PDFium of pypdfium2 5.15.2; page-validation 0.11.0 judged PDF/UA-1; pikepdf 10.17.0 wrote the file.
# Why it matters here: print sheets are made of forms, and keep their tags. The numbers are unique on each face, and the
# table of the face names the tags of all its forms, so that who opens a sheet in a browser hears it.
#
# Exits with 1 when PDFium finds the tags without the table, or not with it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    weasyprint==70.0 pikepdf==10.17.0 pypdfium2==5.15.2 page-validation==0.11.0

venv/bin/python - <<'PY'
import io
import sys
from importlib.metadata import version

import page as page_validation
import pikepdf
import pypdfium2
import pypdfium2.raw as raw
import weasyprint
from pikepdf import Array, Dictionary, Name

html = '<html lang="en"><title>t</title><h1>One</h1><p>Two</p>'
plain = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")


def tags_of(node):
    for kid in node.get("/K", Array()):
        if isinstance(kid, Dictionary):
            yield kid
            yield from tags_of(kid)


def in_form(*, page_names_them: bool) -> bytes:
    """Return the page with its content in a form, and the tags naming it there."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        page = pdf.pages[0]
        form = pdf.make_indirect(page.as_form_xobject())
        form.StructParents = 1
        page.Contents = pdf.make_stream(b"/Form Do")
        page.Resources = Dictionary(XObject=Dictionary(Form=form))
        root = pdf.Root.StructTreeRoot
        table = root.ParentTree.Nums[1]
        root.ParentTree.Nums = Array([0, table, 1, table] if page_names_them else [1, table])
        if not page_names_them:
            del page.obj["/StructParents"]
        for tag in list(tags_of(root)):
            kids = tag.get("/K", Array())
            tag.K = Array(
                Dictionary(Type=Name.MCR, Pg=page.obj, Stm=form, MCID=kid) if isinstance(kid, int) else kid
                for kid in kids
            )
        pdf.save(out)
    return out.getvalue()


def found(data: bytes) -> int:
    """Return how many tags PDFium gives for the page."""
    with pypdfium2.PdfDocument(data) as document:
        tree = raw.FPDF_StructTree_GetForPage(document[0])
        waiting = [raw.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(raw.FPDF_StructTree_CountChildren(tree))]
        count = 0
        while waiting:
            element = waiting.pop()
            if element:
                count += 1
                kids = range(max(0, raw.FPDF_StructElement_CountChildren(element)))
                waiting += [raw.FPDF_StructElement_GetChildAtIndex(element, n) for n in kids]
        return count


print("pypdfium2", version("pypdfium2"), "- page-validation", version("page-validation"))
files = {
    "on the page itself": plain,
    "in a form": in_form(page_names_them=False),
    "in a form, and named by the page": in_form(page_names_them=True),
}
counts = {}
for name, data in files.items():
    counts[name] = found(data)
    rules = [one.rule_id for one in page_validation.validate_pdf_bytes(data, profile="ua1").failures]
    print(f"{name}: {counts[name]} tags; PDF/UA-1: {rules or 'passes'}")
sys.exit(list(map(bool, counts.values())) != [True, False, True])
PY
