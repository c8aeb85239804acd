"""pandoc: the leaflet as its Markdown, set by Typst or by WeasyPrint. Its own templates: a plainer page."""

from __future__ import annotations

import subprocess
from importlib import import_module
from pathlib import Path

from benchmarks.leaflet import Leaflet, Procedure, School
from benchmarks.peers.drawings import MARK, qr_svg


def program() -> str:
    """Return the pandoc of the package."""
    return str(import_module("pypandoc").get_pandoc_path())


def markdown(leaflet: Leaflet, school: School, title: str, folder: Path) -> str:
    """Return the leaflet as pandoc's Markdown; its drawings are files that are written to *folder*."""
    (folder / "mark.svg").write_text(MARK, "utf-8")
    (folder / "qr.svg").write_text(qr_svg(leaflet.url), "utf-8")
    contact = "\n".join(
        f"- {value}" for value in (school.ict_anchor, f"Lokaal {school.room}", school.phone, school.hours)
    )
    return "\n\n".join(
        (
            f"---\ntitle: {title}\nlang: nl-BE\n---",
            f"![{leaflet.audience}]({folder / 'mark.svg'}){{width=16mm}} {leaflet.audience}, {school.name}",
            leaflet.lead,
            *map(_procedure, leaflet.procedures),
            f"# {leaflet.closing_title}\n\n{leaflet.closing}",
            f"![QR-code naar {leaflet.address}]({folder / 'qr.svg'}){{width=30mm}} {leaflet.address}",
            f"# {leaflet.help}\n\n{contact}",
            leaflet.foot,
        )
    )


def _procedure(procedure: Procedure) -> str:
    steps = (
        f"{step.number}. "
        + "".join(f"**{run.text}**" if run.is_key else run.text for run in step.command)
        + f"\\\n    {step.info}"
        for step in procedure.steps
    )
    callout = f"\n\n> **{procedure.callout[0]}** {procedure.callout[1]}" if procedure.callout else ""
    return f"# {procedure.letter} · {procedure.title}\n\n" + "\n".join(steps) + callout


def run(*arguments: str, text: str) -> bytes:
    """Return what pandoc writes for *text*. Raises CalledProcessError where it fails."""
    done = subprocess.run([program(), *arguments], input=text.encode(), capture_output=True, check=True)
    return done.stdout
