"""The preview in a browser: which address answers what. `guard` says who is answered at all."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import h11
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol
from watchfiles import Change, awatch

from handout.machine.state import FOLDERS
from handout.model.findings import EnvironmentFault, Place
from handout.model.messages import say
from handout.model.names import SETTINGS_FILE
from handout.preview import copies, page
from handout.preview.desk import Desk, Listener
from handout.preview.editor import link
from handout.preview.errands import DrawnPage
from handout.preview.guard import HOST, SECURITY_HEADERS, TOKEN_PARAMETER, Asked, Guard
from handout.preview.page import Json
from handout.preview.session import Wish

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LONGEST_REQUEST_S = 10.0
"""Until it has come whole: a browser on this machine takes milliseconds."""
MOST_CONNECTIONS = 64
MOST_EVENTS = 100
"""That wait for a browser which does not read; then it is given up."""
STILL_HERE_S = 15.0
"""Between two words on a channel on which nothing happens: else nobody sees that the other end has gone."""
SAVE_MS = 20
"""In which all that a save does has happened: an editor writes another file, and puts it in place."""
QUIET_MS = 120
"""After which what happens is told, though it goes on."""
SHUTDOWN_S = 1


def _application(routes: Routes, desk: Desk, guard: Guard) -> Guarded:
    """Return what answers: *routes*, as far as *guard* lets anybody; the files of *desk* are watched."""

    @asynccontextmanager
    async def watched(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(watch(desk))
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    return Guarded(
        Starlette(
            routes=[
                Route("/", routes.page),
                Route("/list", routes.listing),
                Route("/events", routes.events),
                Route("/page/{id:int}", routes.picture),
                Route("/copy/{id:int}", routes.photocopy),
                Route("/file/{index:int}", routes.file),
                Route("/assets/{name}", routes.asset),
            ],
            lifespan=watched,
        ),
        guard,
    )


async def watch(desk: Desk) -> None:
    """Have *desk* load the project again whenever a file of it changed."""
    is_first = True
    while True:
        # A folder may come, go or be replaced: then what is watched is another set.
        folders = _folders(desk.root)
        stop = asyncio.Event()
        tasks = [
            asyncio.create_task(_tell_changes(desk, [*folders], stop)),
            asyncio.create_task(_tell_settings(desk, stop)),
        ]
        try:
            # `awatch` begins to listen before it first waits, so that after this nothing is missed.
            await asyncio.sleep(0)
            if not is_first:
                tasks.append(asyncio.create_task(_catch_up(desk, folders, stop)))
            is_first = False
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _folders(root: Path) -> dict[Path, tuple[int, int]]:
    """Return the folders of the project at *root*, each with what tells it from another of its name."""
    found = {}
    for path in (root / name for name in FOLDERS):
        with suppress(OSError):  # there is none, or not any more
            told = path.stat()
            if stat.S_ISDIR(told.st_mode):
                found[path] = told.st_dev, told.st_ino
    return found


async def _catch_up(desk: Desk, folders: dict[Path, tuple[int, int]], stop: asyncio.Event) -> None:
    """Load what was written while nothing was watched; ends where *folders* are others by now."""
    with suppress(Exception):  # the next save is looked at; to begin anew at once would have no end
        await asyncio.to_thread(desk.reload)
    if _folders(desk.root) == folders:
        await stop.wait()


async def _tell_changes(desk: Desk, folders: list[Path], stop: asyncio.Event) -> None:
    if not folders:
        await stop.wait()
        return
    async for _ in awatch(*folders, stop_event=stop, step=SAVE_MS, debounce=QUIET_MS):
        await asyncio.to_thread(desk.reload)


async def _tell_settings(desk: Desk, stop: asyncio.Event) -> None:
    """Watch the folder of the project itself, not what is in its folders: one of those is build/.

    Ends where a folder of the project came or went, replaced ones too: a file system may give the number of
    a folder that went to the next.
    """
    names = {SETTINGS_FILE, *FOLDERS}
    async for changes in awatch(desk.root, stop_event=stop, step=SAVE_MS, debounce=QUIET_MS, recursive=False):
        if names.isdisjoint(Path(path).name for _, path in changes):
            continue
        if any(kind != Change.modified and Path(path).name in FOLDERS for kind, path in changes):
            return
        await asyncio.to_thread(desk.reload)


class Routes:
    """What each address answers."""

    def __init__(self, desk: Desk, guard: Guard, editor: str) -> None:
        self._desk = desk
        self._guard = guard
        self._editor = editor
        self._channels: set[asyncio.Queue[str]] = set()

    def close(self) -> None:
        """End the channels: they last as long as somebody looks, and the server would wait for them."""
        for waiting in self._channels:
            _put(waiting, CLOSED)

    def _link(self, place: Place) -> str:
        return link(self._editor, self._desk.root, place)

    async def page(self, request: Request) -> Response:
        if TOKEN_PARAMETER in request.query_params:
            # The word goes out of the address, so that no history, screenshot or link holds it.
            answer = RedirectResponse("/", 303)
            answer.set_cookie(
                self._guard.cookie_name, self._guard.token, httponly=True, samesite="strict", path="/"
            )
            return answer
        return Response(page.html(self._desk.session), media_type="text/html")

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in page.ASSETS:
            return _not_found()
        return Response(page.asset(name), headers={"Content-Type": page.ASSETS[name]})

    def listing(self, _: Request) -> Response:
        return Response(_json(page.listing(self._desk.session)), media_type="application/json")

    async def picture(self, request: Request) -> Response:
        return _picture(self._desk.picture(request.path_params["id"]))

    def photocopy(self, request: Request) -> Response:
        return _picture(self._desk.photocopy(request.path_params["id"]))

    def file(self, request: Request) -> Response:
        """Reply with a file of an edition, as a build writes it."""
        if (wish := _wish(request)) is None:
            return _not_found()
        file = copies.file(self._desk, wish, request.path_params["index"])
        if file is None:
            return _not_found()
        name = Path(file.path).name
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(file.data, media_type="application/pdf", headers=headers)

    async def events(self, request: Request) -> Response:
        wish = _wish(request)
        loop = asyncio.get_running_loop()
        waiting: asyncio.Queue[str] = asyncio.Queue(MOST_EVENTS)

        def hear(what: str, _: Wish | None) -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(_put, waiting, what)

        return StreamingResponse(self._told(wish, waiting, hear), media_type="text/event-stream")

    async def _told(
        self, wish: Wish | None, waiting: asyncio.Queue[str], hear: Listener
    ) -> AsyncIterator[bytes]:
        """Yield what *hear* puts into *waiting*, with what is seen of *wish* then, until the channel ends."""
        # A browser may leave at each `await`: what is to be undone stands before the first.
        self._channels.add(waiting)
        key = self._desk.watch(wish, hear)
        try:
            if wish:
                await asyncio.to_thread(self._desk.see_to, wish)
            yield _event("project", None)
            if wish:
                yield _event("look", await self._seen(wish))
            while True:
                try:
                    what = await asyncio.wait_for(waiting.get(), STILL_HERE_S)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if what == CLOSED:
                    return
                # What changed is looked up now, so that the newest is told once.
                yield _event(what, await self._seen(wish) if wish and what == "look" else None)
                if what == "project" and wish:
                    yield _event("look", await self._seen(wish))
        finally:
            self._channels.discard(waiting)
            self._desk.leave(key)

    async def _seen(self, wish: Wish) -> Json:
        session = self._desk.session
        return await asyncio.to_thread(page.look, session, wish, self._desk.look(wish), self._link)


CLOSED = "closed"
"""What ends a channel. The browser opens another where there is one to open."""


def _put(waiting: asyncio.Queue[str], what: str) -> None:
    if waiting.full():  # nobody reads
        waiting.get_nowait()
        what = CLOSED
    waiting.put_nowait(what)


def _event(name: str, value: Json) -> bytes:
    return f"event: {name}\ndata: {_json(value)}\n\n".encode()


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _picture(found: DrawnPage | None) -> Response:
    return Response(found.data, media_type=found.media_type) if found else _not_found()


def _not_found() -> Response:
    return PlainTextResponse("there is no such thing here", 404)


def _wish(request: Request) -> Wish | None:
    """Return what the address of *request* names; None where it lacks a part."""
    asked = {
        name: request.query_params.get(name, "") for name in ("handout", "audience", "format", "language")
    }
    if not all(asked.values()):
        return None
    ink = "mono" if request.query_params.get("ink") == "mono" else "colour"
    return Wish(**asked, school=request.query_params.get("school", ""), ink=ink)


class Guarded:
    """Answers what the guard lets through, and puts on every answer what a browser must hold itself to."""

    def __init__(self, app: Starlette, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reply as an ASGI application does."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no other channel is answered

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *own]
            await send(message)

        if (refusal := self._guard.refusal(self._asked(scope))) is not None:
            await PlainTextResponse(refusal.why, refusal.status)(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _asked(self, scope: Scope) -> Asked:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        query = scope["query_string"].decode("latin-1")
        cookies: SimpleCookie = SimpleCookie()
        for name, value in headers:
            if name == "cookie":
                with suppress(CookieError):
                    cookies.load(value)
        own = cookies.get(self._guard.cookie_name)
        # Only at the front door: no other address takes the word, so that none is kept that holds it.
        token = parse_qs(query).get(TOKEN_PARAMETER, [""])[0] if scope["path"] == "/" else ""
        target = scope.get("raw_path", b"").decode("latin-1") + ("?" + query if query else "")
        return Asked(scope["method"], target, headers, token, own.value if own else "")


class PatientProtocol(H11Protocol):
    """HTTP, but for who takes forever to ask: such connections would take the place of others."""

    longest_s = LONGEST_REQUEST_S
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        is_whole = self.conn.their_state not in (h11.IDLE, h11.SEND_BODY)
        if is_whole and self._due is not None:
            self._due.cancel()
            self._due = None
        elif not is_whole and self._due is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self._due is not None:
            self._due.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._due = self.loop.call_later(self.longest_s, self._give_up)

    def _give_up(self) -> None:
        self._due = None
        if not self.transport.is_closing():
            self.transport.abort()


def bound(port: int) -> socket.socket:
    """Return a socket of this machine alone, at *port*; 0: at one that is free. Raises EnvironmentFault."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let another program listen there too
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
        found.listen()  # who comes before the server is ready waits for it
    except OSError as error:
        found.close()
        raise EnvironmentFault(
            say("the port {port} cannot be used: {strerror}", port=port, strerror=error.strerror),
            say("stop the program that listens there, or name another port: --port 8018; 0 takes a free one"),
        ) from error
    return found


def serve(desk: Desk, guard: Guard, editor: str, listening: socket.socket) -> None:
    """Reply on *listening* until Ctrl-C, which is raised again when all is closed."""
    routes = Routes(desk, guard, editor)
    config = uvicorn.Config(
        _application(routes, desk, guard),
        http=PatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=int(LONGEST_REQUEST_S),
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    desk.start()
    _Server(config, routes).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends at once: it does not wait for who only listens."""

    def __init__(self, config: uvicorn.Config, routes: Routes) -> None:
        super().__init__(config)
        self._routes = routes

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all that is open."""
        self._routes.close()
        await super().shutdown(sockets)
