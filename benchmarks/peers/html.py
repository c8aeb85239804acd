"""The leaflet as HTML, for all peers that print HTML."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from benchmarks.leaflet import Leaflet, School
from benchmarks.peers import fonts
from benchmarks.peers.drawings import MARK, qr_svg
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

FOLDER = Path(__file__).parent


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("leaflet.html")


def html(leaflet: Leaflet, school: School, title: str) -> str:
    """Return the leaflet as one HTML text with its styles; the fonts are files that it names."""
    return _template().render(
        leaflet=leaflet,
        school=school,
        title=title,
        mark=MARK,
        qr=qr_svg(leaflet.url),
        regular=fonts.regular().as_uri(),
        bold=fonts.bold().as_uri(),
    )
