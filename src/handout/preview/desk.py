"""What is wanted, what is made of it, and who hears of it: between the files, the engine and the browsers.

There are two processes with the engine warm. One sketches: it lays the edition out once, as it was set
before, so that a change of a few words stands there at once. The other makes it as a build does, which may
take several layouts, and reads it back; what it makes takes the place of the sketch. Each does one thing at a
time, the newest wish first; what is out of date when it is done is not shown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import TypeAlias

from handout.builder import preload
from handout.builder.rounds import loss_error
from handout.editions.files import MadeFile
from handout.editions.single import Made
from handout.machine.workers import Failed, Loss, WorkerPool
from handout.model.findings import (
    Finding,
    HandoutError,
    Place,
    UsageError,
    has_errors,
    in_order,
)
from handout.model.messages import Message, say
from handout.model.names import SETTINGS_FILE
from handout.model.rules import Rule
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.region import Region
from handout.preview import errands
from handout.preview.errands import DrawnPage, Errand, Reply
from handout.preview.session import Basis, Session, Wish, session
from handout.project.load import Readings, load
from handout.project.plan import Edition
from handout.project.project import Project

LONGEST_WORK_S = 60
"""What takes longer never ends."""
MOST_TASKS = 5000
MOST_RESIDENT_BYTES = 600 * 2**20
"""A process that makes way for a new one is cold, and the next change waits for it: so it stays long."""
MOST_LOOKS = 24
"""Editions whose pages are held: who goes back to one sees it at once."""
LATE_PICTURES = 16
"""That are shown no more, and that a browser may still ask for: it was told of them just now."""


@dataclass(frozen=True)
class ShownPage:
    """A page as a browser shows it."""

    id: int
    """Names its picture, which never changes."""
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Look:
    """What is known of one edition."""

    basis: Basis | None = None
    """What its pages were made from; None: there are none."""
    number: int = 0
    """Of the session that it is of."""
    pages: tuple[ShownPage, ...] = ()
    """Those that the engine made last: where it made none of what is written now, those of before."""
    regions: tuple[Region, ...] = ()
    arrangement: Arrangement | None = None
    is_sketch: bool = False
    """True: the fit has not been looked for yet."""
    is_old: bool = False
    """True: the engine made no pages of what is written now."""
    findings: tuple[Finding, ...] = ()
    """Of the edition; those of the project are beside it."""
    is_proved: bool = False
    """True: `findings` are all that there are."""
    failure: Finding | None = None
    """Why the engine made nothing."""
    files: tuple[MadeFile, ...] = ()
    """Of what is written now; empty until it is proved."""
    took_ms: int = 0
    """From when the change was noticed until its first page was drawn."""


Listener: TypeAlias = Callable[[str, Wish | None], None]
"""Told what there is to look at again: "project" for all, "look" for one edition. Must not wait."""


class Lane:
    """A process with the engine, and the thread that gives it one wish after another, the newest first."""

    def __init__(
        self,
        name: str,
        session: Callable[[], Session],
        do: Callable[[Wish, Session], None],
        failed: Callable[[Wish, Session, Exception], None],
    ) -> None:
        self.name = name
        self._session = session
        """Returns that of now; one wish is done with the same from begin to end."""
        self._do = do
        self._failed = failed
        self._pool: WorkerPool[Errand, Reply] = WorkerPool(
            errands.done, LONGEST_WORK_S, most_tasks=MOST_TASKS, most_resident_bytes=MOST_RESIDENT_BYTES
        )
        self._wanted: dict[Wish, None] = {}
        self._is_there = threading.Condition()
        self._one_at_a_time = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._run, name=self.name, daemon=True).start()

    def want(self, wish: Wish) -> None:
        """Do *wish* next."""
        with self._is_there:
            self._wanted.pop(wish, None)
            self._wanted[wish] = None
            self._is_there.notify()

    def is_wanted(self, wish: Wish) -> bool:
        """Tell whether *wish* waits to be done anew."""
        return wish in self._wanted

    @property
    def is_busy(self) -> bool:
        """Tell whether a wish waits."""
        return bool(self._wanted)

    def ask(self, errand: Errand) -> Reply | Loss:
        """Return what the process makes of *errand*, or how it was lost. Raises what the work raised.

        One that died is asked once more, as a new process: memory may have been short.
        """
        answer = self._asked(errand)
        if answer is Loss.DIED:
            answer = self._asked(errand)
        if isinstance(answer, Failed):
            answer.error.add_note(answer.trace)
            raise answer.error
        return answer

    def _asked(self, errand: Errand) -> Reply | Failed | Loss:
        with self._one_at_a_time:
            answers = self._pool.imap_unordered([errand], 1, preload.TO_RENDER)
            with closing(answers):
                _, answer = next(answers)
        return answer

    def _run(self) -> None:
        while True:
            with self._is_there:
                self._is_there.wait_for(lambda: self._wanted)
                wish, _ = self._wanted.popitem()
            now = self._session()
            try:
                self._do(wish, now)
                if not self.is_busy:
                    self.ask(errands.Tidy())
            except Exception as error:  # noqa: BLE001 - it is shown, and the next wish is done
                self._failed(wish, now, error)


class Desk:
    """Holds the project and the looks at its editions. May be asked from any thread."""

    def __init__(self, root: Path, today: Callable[[], date]) -> None:
        self.root = root
        self._today = today
        self._readings = Readings()
        self._lock = threading.RLock()
        self._loading = threading.Lock()
        self._listeners: dict[object, tuple[Wish | None, Listener]] = {}
        self._looks: dict[Wish, Look] = {}
        self._noticed: dict[Wish, float] = {}
        """When a change was noticed whose pages are not drawn yet, on the clock that only counts."""
        self._warm: set[Wish] = set()
        self._pictures: dict[int, DrawnPage] = {}
        self._ids = count(1)
        self._sketches = Lane("sketches", lambda: self.session, self._sketch, self._sketch_failed)
        self._makes = Lane("makes", lambda: self.session, self._make, self._failed)
        self.session = self._loaded(None)

    def start(self) -> None:
        self._sketches.start()
        self._makes.start()

    # ---- the project ----------------------------------------------------------------------------

    def _loaded(self, before: Session | None) -> Session:
        number = before.number + 1 if before else 1
        try:
            project, findings = load(self.root, self._readings, languages=())
        except UsageError as error:
            if before is None:
                raise
            project, findings = (
                None,
                (Finding(Place(SETTINGS_FILE), error.what, error.fix, rule=Rule.NOT_SHOWN),),
            )
        except Exception as error:  # it is shown, and the next save is looked at
            if before is None:
                raise
            project, findings = (
                None,
                (Finding(Place(SETTINGS_FILE), _failure(error), REPORT, rule=Rule.NOT_SHOWN),),
            )
        return session(number, project, findings, before)

    def reload(self) -> None:
        """Load the project again, and have made anew what somebody looks at and what changed."""
        noticed = time.monotonic()
        with self._loading:
            before = self.session
            after = self._loaded(before)
            with self._lock:
                self.session = after
                watched = {wish for wish, _ in self._listeners.values() if wish}
            for wish in watched:
                self.see_to(wish, noticed)
        self._tell("project", None)

    def see_to(self, wish: Wish, noticed: float | None = None) -> None:
        """Have *wish* made, unless what there is of it is made from the same; a change was *noticed* then."""
        now = self.session
        basis = now.basis(wish)
        with self._lock:
            look = self._looks.get(wish, Look())
            if basis is not None and look.basis == basis and look.is_proved:
                self._looks[wish] = replace(look, number=now.number)
                return
            if noticed is not None:
                self._noticed[wish] = noticed
        if basis is None:
            self._tell("look", wish)
        elif look.arrangement is not None and not has_errors(basis.found):
            self._sketches.want(wish)
        else:
            self._makes.want(wish)

    # ---- who looks ------------------------------------------------------------------------------

    def watch(self, wish: Wish | None, listener: Listener) -> object:
        """Tell *listener* of what changes, of the pages those of *wish* alone; return what `leave` takes.

        Takes no time. What is not made yet is asked for with `see_to`.
        """
        key = object()
        with self._lock:
            self._listeners[key] = wish, listener
        return key

    def leave(self, key: object) -> None:
        """Tell the listener that `watch` gave *key* for no more."""
        with self._lock:
            self._listeners.pop(key, None)

    def look(self, wish: Wish) -> Look:
        """Return what is known of *wish* now."""
        with self._lock:
            return self._looks.get(wish, Look())

    def picture(self, id_: int) -> DrawnPage | None:
        """Return the picture of a page."""
        return self._pictures.get(id_)

    def photocopy(self, id_: int) -> DrawnPage | None:
        """Return the picture of a page as a copier gives it back."""
        picture = self._pictures.get(id_)
        if picture is None:
            return None
        found = self._sketches.ask(errands.Photocopy(picture))
        return found if isinstance(found, DrawnPage) else None

    def _tell(self, what: str, wish: Wish | None) -> None:
        with self._lock:
            told = [listener for own, listener in self._listeners.values() if wish is None or own == wish]
        for listener in told:
            listener(what, wish)

    def _put(self, wish: Wish, look: Look) -> None:
        """Keep *look*; the eldest of too many goes."""
        self._looks.pop(wish, None)
        self._looks[wish] = look
        while len(self._looks) > MOST_LOOKS:
            self._looks.pop(next(iter(self._looks)))

    def _shown(self, pictures: Iterable[DrawnPage]) -> tuple[ShownPage, ...]:
        shown = []
        with self._lock:
            for picture in pictures:
                id_ = next(self._ids)
                self._pictures[id_] = picture
                shown.append(ShownPage(id_, round(picture.width_mm, 2), round(picture.height_mm, 2)))
            in_use = {page.id for look in self._looks.values() for page in look.pages}
            late = sorted(self._pictures)[:-LATE_PICTURES]
            for id_ in set(late) - in_use:
                self._pictures.pop(id_)
        return tuple(shown)

    # ---- the work -------------------------------------------------------------------------------

    def _sketch(self, wish: Wish, now: Session) -> None:
        """Draw *wish* as it was set before; then have it made, whatever came of that."""
        with suppress(HandoutError):  # who makes it tells of it
            self._drawn_sketch(wish, now)
        self._makes.want(wish)

    def _sketch_failed(self, wish: Wish, now: Session, error: Exception) -> None:
        """Show that the program failed on the sketch of *wish*; what is made then takes its place."""
        self._failed(wish, now, error)
        self._makes.want(wish)

    def _drawn_sketch(self, wish: Wish, now: Session) -> None:
        look = self.look(wish)
        edition, basis = now.edition(wish), now.basis(wish)
        if edition is None or basis is None or look.arrangement is None or now.project is None:
            return
        found = self._sketches.ask(errands.DrawSketch(now.project, edition, look.arrangement))
        if not isinstance(found, errands.Sketched):
            return
        pictures = [found.first]
        sketch = replace(
            look,
            basis=basis,
            number=now.number,
            regions=found.regions,
            is_sketch=True,
            is_old=False,
            is_proved=False,
            failure=None,
            files=(),
        )
        for index in range(found.page_count):
            if index:
                picture = self._sketches.ask(errands.DrawNext(index))
                if not isinstance(picture, DrawnPage):
                    return
                pictures.append(picture)
            if now is not self.session and self._sketches.is_wanted(wish):
                return
            # Until they are drawn the further pages are those of before.
            pages = (*sketch.pages[:index], *self._shown(pictures[index:]), *look.pages[index + 1 :])
            sketch = replace(sketch, pages=pages[: found.page_count], took_ms=self._took_ms(wish, sketch))
            with self._lock:
                self._put(wish, sketch)
            self._tell("look", wish)

    def _make(self, wish: Wish, now: Session) -> None:
        look = self.look(wish)
        edition, basis = now.edition(wish), now.basis(wish)
        if edition is None or basis is None or now.project is None:
            return
        try:
            made = self._makes.ask(errands.MakeEdition(now.project, edition))
            if not isinstance(made, errands.Pages):
                raise _no_answer(now.project, edition, made)
            look = self._with_pages(wish, look, made, basis, now.number)
            self._publish(wish, look)
            if self._is_outdated(wish, now):
                return
            proved = self._makes.ask(errands.ProveEdition(now.project, made.made))
            if not isinstance(proved, Made):
                raise _no_answer(now.project, edition, proved)
            told = self._makes.ask(errands.ExamineEdition(now.project, edition, self._today()))
            findings = (*proved.findings, *(told if isinstance(told, tuple) else ()))
            files = () if has_errors(proved.findings) else proved.files
            look = replace(look, findings=in_order(findings), is_proved=True, files=files)
        except HandoutError as error:
            failure = Finding(edition.handout.place, error.what, error.fix, rule=Rule.NOT_SHOWN)
            look = self._without_pages(wish, now, failure)
        self._publish(wish, look)
        self._warm_up(wish, now, edition, look)

    def _warm_up(self, wish: Wish, now: Session, edition: Edition, look: Look) -> None:
        """Let the process that sketches see *wish* once before it is in a hurry."""
        if wish in self._warm or look.arrangement is None or now.project is None or self._makes.is_busy:
            return
        self._warm.add(wish)
        self._sketches.ask(errands.DrawSketch(now.project, edition, look.arrangement))

    def _failed(self, wish: Wish, now: Session, error: Exception) -> None:
        """Show that the program itself failed on *wish* as it is *now*; the server goes on.

        Nothing more comes of it until something changes.
        """
        place = Place(f"content/handouts/{wish.handout}.md")
        failure = Finding(place, _failure(error), REPORT, rule=Rule.NOT_SHOWN)
        self._publish(wish, self._without_pages(wish, now, failure))

    def _without_pages(self, wish: Wish, now: Session, failure: Finding) -> Look:
        """Return the look at *wish* of which the engine made nothing, for *failure*: all is told of it."""
        basis = now.basis(wish)
        return replace(
            self.look(wish),
            basis=basis,
            number=now.number,
            is_sketch=False,
            is_old=True,
            is_proved=True,
            failure=failure,
            findings=basis.found if basis else (),
            files=(),
        )

    def _with_pages(self, wish: Wish, look: Look, made: errands.Pages, basis: Basis, number: int) -> Look:
        """Return *look* with the pages that were *made*, or with those of before where none were."""
        look = replace(
            look,
            basis=basis,
            number=number,
            is_sketch=False,
            is_proved=False,
            failure=None,
            findings=made.made.findings,
            files=(),
        )
        if not made.pictures:
            return replace(look, is_old=True)
        return replace(
            look,
            pages=self._shown(made.pictures),
            regions=made.regions,
            # An edition that does not fit is set as tightly as can be: what fits again is set otherwise.
            arrangement=None if has_errors(made.made.findings) else made.arrangement,
            is_old=False,
            took_ms=self._took_ms(wish, look),
        )

    def _took_ms(self, wish: Wish, look: Look) -> int:
        """Return how long the first picture took: that of *look*, unless a change is still to be shown."""
        noticed = self._noticed.pop(wish, None)
        return look.took_ms if noticed is None else round((time.monotonic() - noticed) * 1000)

    def _publish(self, wish: Wish, look: Look) -> None:
        """Show *look*, unless a newer one is there by now."""
        with self._lock:
            if self.look(wish).number > look.number:
                return
            self._put(wish, look)
        self._tell("look", wish)

    def _is_outdated(self, wish: Wish, then: Session) -> bool:
        """Tell whether *wish* is to be made of something else by now."""
        now = self.session
        return now is not then and now.basis(wish) != then.basis(wish)


REPORT = say("this is a fault of the program; report it with the text that 'handout build -v' prints")


def _failure(error: Exception) -> Message:
    return say("handout failed: {name}: {error}", name=type(error).__name__, error=error)


def _no_answer(project: Project, edition: Edition, answer: object) -> HandoutError:
    return loss_error(
        project, edition.name, answer if isinstance(answer, Loss) else Loss.DIED, LONGEST_WORK_S
    )
