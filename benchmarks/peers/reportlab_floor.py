"""reportlab: drawn by hand, without tags. A floor: what laying out alone costs in Python."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.leaflet import School, Step
from benchmarks.peers import fonts
from benchmarks.peers.drawings import qr_rows
from benchmarks.peers.job import Job, Make

BLUE = "#123e8c"
QR_MM = 26
REGULAR, BOLD = "Leaflet", "LeafletBold"


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    metrics, ttf = import_module("reportlab.pdfbase.pdfmetrics"), import_module("reportlab.pdfbase.ttfonts")
    platypus = import_module("reportlab.platypus")
    style = import_module("reportlab.lib.styles").ParagraphStyle
    a4, mm = import_module("reportlab.lib.pagesizes").A4, import_module("reportlab.lib.units").mm
    metrics.registerFont(ttf.TTFont(REGULAR, str(fonts.regular())))
    metrics.registerFont(ttf.TTFont(BOLD, str(fonts.bold())))
    metrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    body = style("body", fontName=REGULAR, fontSize=11.5, leading=14.5, spaceAfter=2 * mm)
    lead = style("lead", parent=body, fontSize=13, leading=17)
    heading = style("heading", parent=body, fontName=BOLD, fontSize=15, leading=20, textColor=BLUE)
    title_style = style("title", parent=heading, fontSize=28, leading=34)
    boxed = style(
        "boxed", parent=body, borderWidth=1.4, borderColor="#111111", borderPadding=6, spaceBefore=8
    )
    leaflet = job.words()
    code = qr_rows(leaflet.url)

    def step_text(step: Step) -> str:
        words = (f"<b>{escape(run.text)}</b>" if run.is_key else escape(run.text) for run in step.command)
        return f"<b>{step.number}</b> {''.join(words)}<br/>{escape(step.info)}"

    def draw_head(canvas: Any, school: School) -> None:
        top = a4[1] - 14 * mm
        canvas.setFillColor(BLUE)
        canvas.rect(15 * mm, top - 18 * mm, a4[0] - 30 * mm, 18 * mm, stroke=0, fill=1)
        canvas.setFillColor("#ffffff")
        canvas.roundRect(20 * mm, top - 16 * mm, 14 * mm, 14 * mm, 2 * mm, stroke=0, fill=1)
        canvas.setFillColor(BLUE)
        canvas.rect(22 * mm, top - 13 * mm, 10 * mm, 7 * mm, stroke=0, fill=1)
        canvas.rect(25 * mm, top - 6 * mm, 4 * mm, 2 * mm, stroke=0, fill=1)
        canvas.setFillColor("#ffffff")
        canvas.setFont(BOLD, 11.5)
        canvas.drawString(40 * mm, top - 10 * mm, leaflet.audience)
        canvas.drawRightString(a4[0] - 20 * mm, top - 10 * mm, school.name)

    def draw_foot(canvas: Any, document: Any, title: str) -> None:
        canvas.setFillColor("#111111")
        canvas.setFont(REGULAR, 9.5)
        canvas.drawString(15 * mm, 9 * mm, f"{title} · {leaflet.foot}")
        canvas.drawRightString(a4[0] - 15 * mm, 9 * mm, f"Kant {document.page} van 2")

    def draw_code(canvas: Any) -> None:
        module = QR_MM * mm / len(code)
        path = canvas.beginPath()
        for y, row in enumerate(code):
            for x, is_dark in enumerate(row):
                if is_dark:
                    path.rect(160 * mm + x * module, 46 * mm - y * module, module, module)
        canvas.setFillColor("#000000")
        canvas.drawPath(path, stroke=0, fill=1)

    def make(school: School, title: str) -> bytes:
        def first(canvas: Any, document: Any) -> None:
            draw_head(canvas, school)
            draw_foot(canvas, document, title)

        def later(canvas: Any, document: Any) -> None:
            draw_code(canvas)
            draw_foot(canvas, document, title)

        flow = [platypus.Spacer(1, 20 * mm), platypus.Paragraph(title, title_style)]
        flow.append(platypus.Paragraph(escape(leaflet.lead), lead))
        for procedure in leaflet.procedures:
            flow.append(platypus.Paragraph(f"{procedure.letter} · {escape(procedure.title)}", heading))
            flow += [platypus.Paragraph(step_text(step), body) for step in procedure.steps]
            if procedure.callout:
                words = f"<b>{escape(procedure.callout[0])}</b><br/>{escape(procedure.callout[1])}"
                flow.append(platypus.Paragraph(words, boxed))
        flow.append(platypus.Paragraph(escape(leaflet.closing_title), heading))
        flow.append(platypus.Paragraph(f"{escape(leaflet.closing)} {escape(leaflet.address)}", body))
        fields = (leaflet.help, school.ict_anchor, f"Lokaal {school.room}", school.phone, school.hours)
        flow.append(platypus.Paragraph("<br/>".join(map(escape, fields)), boxed))
        file = io.BytesIO()
        margins = {f"{side}Margin": 15 * mm for side in ("left", "right", "top", "bottom")}
        document = platypus.SimpleDocTemplate(file, pagesize=a4, title=title, lang="nl-BE", **margins)
        document.build(flow, onFirstPage=first, onLaterPages=later)
        return file.getvalue()

    yield make
