"""Is the sheet on a photo still right, was it printed at its size, and is its foot there?

The photo is read by `proof.photo`; which sheet it is, and how that stands, is known as for a typed code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from handout.builder import validity
from handout.builder.validity import Standing
from handout.document.label import qr_target
from handout.editions.files import MadeFile
from handout.editions.sheet_code import read_code
from handout.editions.single import Made
from handout.machine import gate
from handout.model.document import STANDARD_READING, Ink
from handout.model.files import PIECE
from handout.model.findings import UsageError
from handout.model.messages import Message, say
from handout.project.plan import Edition
from handout.project.project import Project
from handout.project.reading import pictures
from handout.proof.paper import opened
from handout.proof.photo import known, seen
from handout.proof.photo.known import KnownSide
from handout.proof.photo.placed import Placed
from handout.proof.photo.seen import Foot, FootState, NoScale, Photo, Scale, ScaleSource, SeenSide

LARGEST_PHOTO_BYTES = 60_000_000
PLAY = 0.015
"""How far from 100 % a print may be: a printer is off by some tenths of a per cent, and so are we."""
MOST_SCALED = 0.2
"""How far from 100 % anybody prints; beyond it another file of the sheet is the likelier."""
SURE_PAIRS = 150
"""With fewer spots in common the edition in black alone is tried too: it is laid out anew."""

Make = Callable[[Sequence[Edition]], Iterator[Made]]
"""Makes editions, or takes them from the cache."""


@dataclass(frozen=True)
class PhotoStanding:
    """What a photo or scan says of the sheet that lies on it."""

    standing: Standing | None
    """None: no code of a sheet can be read on it, and none was typed."""
    side: KnownSide | None
    """The page that lies there; None: not known."""
    scale: Scale | NoScale | None = None
    """None: not known which side it is."""
    foot: Foot | None = None

    @property
    def is_at_scale(self) -> bool | None:
        """Tell whether it was printed at its size; None where that cannot be known."""
        return abs(self.scale.ratio - 1) <= PLAY if isinstance(self.scale, Scale) else None

    @property
    def has_whole_foot(self) -> bool | None:
        """Tell whether its foot is there; None where that cannot be known."""
        match self.foot.state if self.foot else None:
            case FootState.CUT | FootState.MISSING:
                return False
            case FootState.WHOLE | FootState.NONE:
                return True
        return None

    @property
    def is_right(self) -> bool:
        """Tell that it may stay: it says what it should, and nothing speaks against its print."""
        is_current = self.standing is not None and self.standing.is_current
        return is_current and self.is_at_scale is not False and self.has_whole_foot is not False


def photo_at(path: Path) -> Photo:
    """Return the photo at *path*. Raises UsageError where it is none."""
    try:
        data = gate.read_bytes(path.parent, path.name, LARGEST_PHOTO_BYTES)
        read = pictures.photo(data)
    except gate.Refused as refused:
        raise UsageError(
            say("'{path}' cannot be read as a photo: {what}", path=path, what=refused.what), refused.fix
        ) from None
    return seen.photo_of(np.asarray(read.grey, dtype=np.uint8), read.dpi)


def standing(
    photo: Photo,
    project: Project,
    planned: Sequence[Edition],
    typed: str | None,
    ask: Callable[[str], Standing],
    make: Make,
) -> PhotoStanding:
    """Return what *photo* says of the sheet on it, which is one of *planned*, for no school.

    *ask* tells how the sheet with a code stands. The code *typed* from the sheet is asked where none can be
    scanned. Raises UsageError where the photo has the codes of several sheets, or another than *typed*.
    """
    scanned = _sheet_code((one.payload for one in photo.codes), project)
    if typed and scanned and typed != scanned:
        raise UsageError(
            say("the sheet on the photo has the code {scanned}, not {typed}", scanned=scanned, typed=typed),
            say("leave --code out"),
        )
    code = scanned or typed
    found = ask(code) if code else None
    candidates = _candidates(photo, project, planned, found)
    placements = _placements(photo, project, candidates, found is not None, make)
    if not placements:
        return PhotoStanding(found, None)
    if found is None and (code := _sheet_code(_looked_closer(photo, project, placements[0]), project)):
        found = ask(code)
    one = _likeliest(photo, placements, is_earlier=found is not None and found.is_outdated)
    return PhotoStanding(found, one.placed.side, one.scale, one.foot)


def _likeliest(photo: Photo, placements: Sequence[Placed], *, is_earlier: bool) -> SeenSide:
    """Return what *photo* shows of the first of *placements* that has about its size; of the first for none.

    A poster is on its A3, on one A4 and on tiles of A4: which of them it is its size tells.
    """
    first = None
    for placed in placements:
        one = seen.seen_side(photo, placed, is_earlier=is_earlier)
        if not isinstance(one.scale, Scale) or abs(one.scale.ratio - 1) <= MOST_SCALED:
            return one
        first = first or one
    assert first is not None  # there is a placement
    return first


# ---- which sheet --------------------------------------------------------------------------------


def _sheet_code(payloads: Iterable[str], project: Project) -> str | None:
    """Return the code of the sheet that one of *payloads* leads to. Raises UsageError for several sheets."""
    found = {code for payload in payloads if (code := _code_in(payload, project))}
    if len(found) > 1:
        raise UsageError(
            say("there are several sheets on the photo: {codes}", codes=", ".join(sorted(found))),
            say("take a photo of one sheet at a time"),
        )
    return next(iter(found), None)


def _code_in(payload: str, project: Project) -> str | None:
    """Return the code of a sheet that *payload* leads to: at the address of [status], now or before."""
    page, hash_, code = payload.partition("#")
    status = project.settings.status
    is_ours = (status is not None and page == status.url) or page.endswith("/check.html")
    return read_code(code) if hash_ and is_ours else None


def _candidates(
    photo: Photo, project: Project, planned: Sequence[Edition], found: Standing | None
) -> tuple[Edition, ...]:
    """Return the editions that may lie on *photo*: that of the code, or those with an address on it."""
    if found is not None:
        name = found.origin.name if found.origin else None
        return tuple(edition for edition in planned if edition.name == name)
    read = {one.payload for one in photo.codes}
    possible = tuple(edition for edition in planned if read & set(_addresses(project, edition)))
    # Which of them it is the paper must tell: those for a way of reading that nobody asked for are not made.
    usual = tuple(one for one in possible if one.reading in (one.handout.readings or (STANDARD_READING,)))
    return usual or possible


def _addresses(project: Project, edition: Edition) -> Iterator[str]:
    """Yield where the code of *edition* may lead: on the copy of a school to an address of its own."""
    target = qr_target(project, edition)
    if target is None:
        return
    yield target.url
    if column := project.settings.links.columns.get(target.link):
        yield from (own for school in project.schools if (own := school.value(column)))


def _placements(
    photo: Photo, project: Project, candidates: Sequence[Edition], is_known: bool, make: Make
) -> tuple[Placed, ...]:
    """Return which sides of *candidates* may lie on *photo*, and where, the likeliest first."""
    rough = _rough(photo, project, make(candidates), is_known) if candidates else []
    if is_known and max((one.pairs for one in rough), default=0) < SURE_PAIRS:
        black = [replace(one, ink=Ink.MONO) for one in candidates if one.ink is Ink.COLOUR]
        rough += _rough(photo, project, make(black), is_known) if black else []
    return tuple(seen.placements(photo, rough))


def _rough(photo: Photo, project: Project, made: Iterable[Made], is_known: bool) -> list[Placed]:
    sides = (side for one in made for side in _sides(photo, project, one, is_known))
    return list(seen.roughly_placed(photo, sides))


def _sides(photo: Photo, project: Project, made: Made, is_known: bool) -> Iterator[KnownSide]:
    """Yield the sides of paper that come of *made*: of its pages and its print sheets those with a code.

    Where no code is read, and which sheet it is was typed, every side.
    """
    document = made.document
    own, small = ({target.url} if target else set() for target in (document.qr, document.status))
    wanted: frozenset[str] | None = frozenset(own | small)
    if is_known:
        # The small code of an earlier sheet has the place of that of today.
        read = {url for one in photo.codes for url in (small if _code_in(one.payload, project) else own)}
        wanted = frozenset(read) or None
    for file in made.files:
        if file.kind == PIECE or file.is_sheet:
            yield from _sides_of(file, document.code, wanted)


def _sides_of(file: MadeFile, code: str, payloads: frozenset[str] | None) -> tuple[KnownSide, ...]:
    with opened(file.data) as paper:
        return tuple(known.sides(file.path, paper, code, payloads))


def _looked_closer(photo: Photo, project: Project, placed: Placed) -> Iterable[str]:
    """Return what small codes hold, read where they should be: a weak print may need that."""
    status = project.settings.status
    return seen.payloads_where(photo, placed, f"{status.url}#") if status else ()


# ---- in words -----------------------------------------------------------------------------------


def in_words(found: PhotoStanding, project: Project, path: Path) -> Iterator[Message]:
    """Yield the lines that tell a person what the photo at *path* says, and what to do."""
    if found.standing is not None:
        yield from validity.in_words(found.standing, project)
    else:
        yield say("no code of a sheet can be read on {path}.", path=path)
        yield _fix(
            say(
                "type the six signs at the foot: handout check --photo {path} --code 7K2M4Q; or take the "
                "photo again, of the side with the code, sharp, from straight above",
                path=path,
            )
        )
    if found.side is None:
        yield say("Its scale and its foot cannot be told: no sheet of this project is found on the photo.")
        return
    page, file = found.side.page, found.side.path
    if found.standing is None:
        yield say("It looks like page {page} of {path}.", page=page, path=file)
    else:
        yield say("On the photo is page {page} of {path}.", page=page, path=file)
    yield from _scale_in_words(found)
    yield from _foot_in_words(found)


def _scale_in_words(found: PhotoStanding) -> Iterator[Message]:
    match found.scale:
        case Scale(ratio, source, paper):
            percent = ratio * 100
            by = _BY[source]
            if found.is_at_scale:
                yield say("It is printed at {percent:.0f} %, {by}.", percent=percent, by=by)
            else:
                yield say("It is printed at {percent:.0f} %, not at 100 %, {by}.", percent=percent, by=by)
                yield _fix(say("print it anew at 100 % ('actual size'), with nothing fitted to the page"))
            if paper:
                yield say(
                    "  The paper is {width_mm:.0f} × {height_mm:.0f} mm, not that of the sheet.",
                    width_mm=paper[0],
                    height_mm=paper[1],
                )
        case NoScale.NO_EDGES:
            yield say("Its scale cannot be told: the photo does not show the edges of the paper.")
            yield _fix(say("lay the whole sheet on a darker table, or scan it to JPEG or PNG at its size"))
        case NoScale.NOT_ALIKE:
            yield say(
                "Its scale cannot be told: what is printed does not lie as on the sheet that the project "
                "makes today. It is set otherwise, or does not lie flat."
            )
            yield _fix(say("lay it flat; where it was made with other settings, check one that is made anew"))
        case NoScale.EDGES_DISAGREE:
            yield say("Its scale cannot be told: the paper is not flat on the photo, or was cut to size.")
            yield _fix(say("lay it flat, or scan it to JPEG or PNG at its size"))


_BY = {
    ScaleSource.EDGES: say("by the edges of the paper"),
    ScaleSource.DPI: say("by the dots an inch of the scan"),
}


def _foot_in_words(found: PhotoStanding) -> Iterator[Message]:
    foot = found.foot or Foot(FootState.NONE)
    texts = ", ".join(f"'{text.strip(' ·')}'" for text in foot.texts)
    match foot.state:
        case FootState.WHOLE:
            yield say("Its foot is whole.")
        case FootState.CUT:
            yield say("Its foot is cut off. Not on the paper: {texts}.", texts=texts)
            yield _fix(say("print it anew, and cut nothing off"))
        case FootState.MISSING:
            yield say("Its foot is not there. The paper is empty in the place of: {texts}.", texts=texts)
            yield _fix(say("print it on a printer that reaches lower, at 100 %"))
        case FootState.NOT_IN_PICTURE:
            yield say("Whether its foot is whole cannot be told: it is not on the photo.")
        case FootState.UNCLEAR:
            yield say("Whether its foot is whole cannot be told: it cannot be made out on the photo.")


def _fix(how: Message) -> Message:
    return say("  fix: {how}", how=how)
