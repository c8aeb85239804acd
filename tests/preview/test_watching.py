"""Who looks and which files are looked at, without an engine: nobody stays behind, and no save is missed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import cast

from starlette.requests import Request
from starlette.responses import StreamingResponse
from tests.conftest import handout, procedure, project_at
from tests.preview.serving import wish

from handout.preview import server
from handout.preview.desk import Desk
from handout.preview.guard import Guard

FILES = {
    "content/procedures/a.md": procedure("1. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("a", title="Gids"),
}
HANDOUT = "content/handouts/gids.md"
LONGEST_S = 20.0


def desk_at(root: Path, kind: type[Desk] = Desk) -> Desk:
    return kind(project_at(root, FILES), lambda: date(2026, 11, 29))


def titles(desk: Desk) -> set[str]:
    return {edition.handout.title for edition in desk.session.editions}


def retitle(root: Path, title: str) -> None:
    (root / HANDOUT).write_text(handout("a", title=title), "utf-8")


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONGEST_S):
        while not is_so():
            await asyncio.sleep(0.02)


def watched(desk: Desk, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """Do *meanwhile* while the files of *desk* are watched."""

    async def run() -> None:
        watching = asyncio.create_task(server.watch(desk))
        await asyncio.sleep(0.1)
        try:
            await meanwhile()
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    asyncio.run(run())


def replace_content(root: Path) -> None:
    """Put a copy of the folder in its place: as many folders as before, one of them another."""
    shutil.copytree(root / "content", root / "copy")
    (root / "content").rename(root / "old")
    (root / "copy").rename(root / "content")


def test_a_browser_that_leaves_before_its_first_answer_is_told_no_more(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)
    routes = server.Routes(desk, Guard(8017, "word"), "none")

    async def run() -> None:
        asked = Request({"type": "http", "headers": [], "query_string": wish().encode()})
        answer = cast(StreamingResponse, await routes.events(asked))
        told = cast(AsyncIterator[bytes], answer.body_iterator)
        with desk._lock:  # somebody else changes something: who asks waits
            first = asyncio.ensure_future(anext(told))
            await asyncio.sleep(0.1)
            assert not first.done()
            first.cancel()
            with suppress(asyncio.CancelledError):
                await first
        await asyncio.get_running_loop().shutdown_default_executor()

    asyncio.run(run())
    assert desk._listeners == {}
    assert routes._channels == set()


def test_a_folder_that_is_replaced_is_watched_on(tmp_path: Path) -> None:
    desk = desk_at(tmp_path)

    async def replaced_then_saved() -> None:
        replace_content(tmp_path)
        await until(lambda: desk.session.number > 1)
        await asyncio.sleep(0.5)  # all that the replacing itself made it do is done
        retitle(tmp_path, "Later")
        await until(lambda: titles(desk) == {"Later"})
        retitle(tmp_path, "Nog later")
        await until(lambda: titles(desk) == {"Nog later"})

    watched(desk, replaced_then_saved)


def test_what_is_written_while_the_watch_begins_anew_is_seen(tmp_path: Path) -> None:
    class Hurried(Desk):
        """Its editor saves as soon as it was loaded anew."""

        def reload(self) -> None:
            super().reload()
            if 1 < self.session.number < 5:
                retitle(self.root, f"Bewaard {self.session.number}")

    desk = desk_at(tmp_path, Hurried)

    async def replaced() -> None:
        replace_content(tmp_path)
        await until(lambda: titles(desk) == {"Bewaard 4"})

    watched(desk, replaced)


def test_a_folder_that_is_replaced_while_the_watch_begins_anew_is_watched_on(tmp_path: Path) -> None:
    class Restless(Desk):
        """Its folder is replaced again as soon as it was loaded anew."""

        def reload(self) -> None:
            super().reload()
            if self.session.number == 2:
                shutil.rmtree(self.root / "old")
                replace_content(self.root)

    desk = desk_at(tmp_path, Restless)

    async def replaced_twice() -> None:
        replace_content(tmp_path)
        await until(lambda: desk.session.number > 2)
        await asyncio.sleep(0.5)
        retitle(tmp_path, "Later")
        await until(lambda: titles(desk) == {"Later"})

    watched(desk, replaced_twice)
