"""Do what docs/tutorial.md says, in a folder of its own; `make lesson` draws its pictures so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = ROOT / "docs/tutorial.md"
PICTURES = ROOT / "docs/tutorial"
_BLOCK = re.compile(r"^```(?P<kind>sh|markdown)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`(content/[^`]+)`")
SHOWN = {
    "sample": ("scan-a-paper-leaflet-a4", "scan-poster-poster-a3", "scan-card-card"),
    "leaflet": ("borrow-a-laptop-leaflet-a4",),
    "own": ("borrow-a-laptop-leaflet-a4", "laptop-poster-poster-a3", "laptop-card-card"),
}
"""By picture the pieces that it shows, as they are when the text comes to it."""
PAGE_HEIGHT, GAP = 420, 12


@dataclass(frozen=True)
class Act:
    """What the tutorial has its reader do: a command, a file to write, or a picture to compare with."""

    command: str = ""
    path: str = ""
    text: str = ""
    picture: str = ""


def acts(text: str) -> Iterator[Act]:
    """Yield what *text* tells to do, in order."""
    end = 0
    for block in _BLOCK.finditer(text):
        yield from _pictures(text[end : block.start()])
        if block["kind"] == "sh":
            yield from (Act(command=line) for line in block["text"].splitlines())
        else:
            path = _FILE.findall(text[end : block.start()])[-1]
            yield Act(path=path, text=block["text"])
        end = block.end()
    yield from _pictures(text[end:])


def _pictures(text: str) -> Iterator[Act]:
    yield from (Act(picture=name) for name in re.findall(r"\]\(tutorial/(\w+)\.png\)", text))


@dataclass
class Learner:
    """Whoever does what the tutorial says, beginning in *folder*."""

    folder: Path

    def do(self, act: Act) -> str:
        """Do *act*, and return what was said. Raises CalledProcessError where a command fails."""
        if act.path:
            (self.folder / act.path).write_text(act.text, "utf-8")
            return ""
        if act.command.startswith("cd "):
            self.folder /= act.command.removeprefix("cd ")
            return ""
        tools = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        done = subprocess.run(
            ["sh", "-ec", act.command],
            cwd=self.folder,
            env={**os.environ, "PATH": tools},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout + done.stderr

    def pieces(self, picture: str) -> list[Path]:
        """Return the files that *picture* shows."""
        return [self.folder / f"build/visitors/{name}.pdf" for name in SHOWN[picture]]


def drawn(files: list[Path]) -> Image.Image:
    """Return the pages of *files* beside each other; a card in the size that it has beside an A4."""
    pages = []
    for file in files:
        for page in pypdfium2.PdfDocument(file):
            height = PAGE_HEIGHT if page.get_height() > 200 else round(PAGE_HEIGHT * page.get_height() / 842)
            pages.append(page.render(scale=height / page.get_height() * 2).to_pil().convert("RGB").reduce(2))
    width = sum(page.width + GAP for page in pages) + GAP
    sheet = Image.new("RGB", (width, PAGE_HEIGHT + 2 * GAP), (222, 222, 222))
    x = GAP
    for page in pages:
        sheet.paste(page, (x, GAP))
        x += page.width + GAP
    return sheet


def main() -> None:
    """Draw the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="handout-lesson-") as folder:
        learner = Learner(Path(folder))
        for act in acts(TUTORIAL.read_text("utf-8")):
            if act.picture:
                picture = drawn(learner.pieces(act.picture))
                picture.quantize(64).save(PICTURES / f"{act.picture}.png", optimize=True)
            else:
                learner.do(act)


if __name__ == "__main__":
    main()
