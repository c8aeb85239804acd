"""Who asks the preview from elsewhere gets nothing: each rule with the request that breaks it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import uvicorn
from tests.conftest import handout, procedure, project_at
from tests.preview.serving import Preview, preview, wish

from handout.preview import server

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
FILES = {
    "content/procedures/a.md": procedure("1. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("a"),
}
READING = ("/", "/list", f"/events?{wish()}", f"/file/0?{wish()}", "/page/1", "/copy/1", "/assets/preview.js")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    root = project_at(tmp_path_factory.mktemp("project"), FILES)
    (root / "secret.txt").write_text("geheim")
    with preview(root) as running:
        yield running


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1", "localhost:1"),
        *("", "[::1]:{port}", "0.0.0.0:{port}", "127.0.0.1:{port}@evil.example", "LOCALHOST.evil:{port}"),
    ],
)
def test_a_name_that_only_leads_here_is_not_answered(served: Preview, host: str) -> None:
    status, _, body = served.ask("/list", {"Host": host.format(port=served.port)})
    assert status in (400, 421)  # HTTP itself asks for one
    assert b"gids" not in body


def test_its_own_names_are_answered(served: Preview) -> None:
    for host in (f"127.0.0.1:{served.port}", f"localhost:{served.port}"):
        assert served.ask("/list", {"Host": host})[0] == 200


@pytest.mark.parametrize("target", READING)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_from_elsewhere_gets_nothing(served: Preview, target: str, headers: dict[str, str]) -> None:
    status, told, body = served.ask(target, headers)
    assert status == 403
    assert "Access-Control-Allow-Origin" not in told
    assert body == b"a page from elsewhere asked for this"


@pytest.mark.parametrize("target", READING)
@pytest.mark.parametrize("cookie", ["", "handout-preview={token}", "handout-preview-{port}=", "x=y; {own}x"])
def test_who_does_not_have_the_word_gets_nothing(served: Preview, target: str, cookie: str) -> None:
    asked = cookie.format(token=served.token, port=served.port, own=served.cookie)
    status, _, body = served.ask(target, {"Cookie": asked})
    assert status == 403
    assert b"'handout serve' printed" in body


def test_the_word_counts_at_the_front_door_alone_and_leaves_the_address(served: Preview) -> None:
    assert served.ask(f"/list?token={served.token}", {"Cookie": ""})[0] == 403
    assert served.ask("/?token=wrong", {"Cookie": ""})[0] == 403

    status, told, _ = served.ask(f"/?token={served.token}", {"Cookie": ""})

    assert (status, told["Location"]) == (303, "/")
    attributes = {part.strip().lower() for part in told["Set-Cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= attributes


def test_the_cookie_of_a_server_of_before_does_not_keep_the_word_out(served: Preview) -> None:
    old = f"handout-preview-{served.port}=the-word-of-before"

    status, told, _ = served.ask(f"/?token={served.token}", {"Cookie": old})

    assert status == 303
    assert told["Set-Cookie"].split(";")[0] == served.cookie
    assert served.ask("/", {"Cookie": old})[0] == 403
    assert served.ask("/?token=wrong", {"Cookie": old})[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("target", ["/", "/list", f"/events?{wish()}"])
def test_nothing_can_be_changed(served: Preview, method: str, target: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": served.origin}
    assert served.ask(target, headers, method, "handout=gids")[0] == 405


@pytest.mark.parametrize(
    "target",
    [
        "/assets/../server.py",
        "/assets/%2e%2e/server.py",
        "/assets/..%2fserver.py",
        "/assets/%2fetc%2fpasswd",
        "/assets/..\\server.py",
        "/assets/page.html",
        "/assets/",
        "/assets",
        "/page/../../secret.txt",
        "/page/-1",
        "/page/1.5",
        "/page/99999999999999999999",
        "/copy/99999999999999999999",
        "/file/99999?" + wish(),
        "/file/0?" + wish(handout="../../secret"),
        "/secret.txt",
        "/content/handouts/gids.md",
        "/content/",
        "/handout.toml",
        "/docs",
        "/openapi.json",
        "//etc/passwd",
    ],
)
def test_no_file_is_served_but_those_of_the_page(served: Preview, target: str) -> None:
    status, _, body = served.ask(target)
    assert status == 404
    for secret in (b"geheim", b"root:", b"gids", b"Stadsscholen", b"import ", b"<li>", b"href"):
        assert secret not in body


def test_what_is_too_long_is_not_read(served: Preview) -> None:
    assert served.ask("/?" + "a" * 3000)[0] == 414
    with suppress(ConnectionError):  # where it is sent on after the answer
        assert served.ask("/", {"X-Long": "a" * 200_000})[0] == 400


@pytest.mark.parametrize("target", [*READING, "/nowhere"])
def test_every_answer_says_what_a_browser_holds_itself_to(served: Preview, target: str) -> None:
    if target.startswith("/events"):
        target = "/events/"  # the channel itself does not end: what is refused carries the same
    _, told, _ = served.ask(target)
    policy = dict(part.split(" ", 1) for part in told["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Cache-Control"] == "no-store"
    assert told["Referrer-Policy"] == "no-referrer"
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Server" not in told


def test_it_listens_at_one_address_of_this_machine(served: Preview) -> None:
    # Who listens at every address listens at this one too.
    with pytest.raises(OSError, match=r"."), socket.create_connection(("127.0.0.2", served.port), 5):
        pass


def test_a_name_with_letters_of_html_stays_a_name(tmp_path: Path) -> None:
    settings = Path(project_at(tmp_path, FILES) / "handout.toml")
    hostile = '"</script><script>alert(1)</script>"'
    settings.write_text(settings.read_text().replace('"Stadsscholen"', hostile))
    with preview(tmp_path) as running:
        page = running.ask("/")[2].decode()
    assert "<script>alert" not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "part",
    [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"],
)
def test_who_never_ends_to_ask_is_given_up(part: bytes) -> None:
    """The same protocol with less patience, in this process."""

    class Hasty(server.PatientProtocol):
        longest_s = 0.2

    async def app(_scope: object, receive: Receive, _send: object) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def run() -> bytes:
        serving = uvicorn.Server(uvicorn.Config(app, http=Hasty, lifespan="off", log_config=None))
        listening = server.bound(0)
        task = asyncio.create_task(serving.serve(sockets=[listening]))
        while not serving.started:
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(part)
        read = b""
        with suppress(ConnectionError):
            read = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        serving.should_exit = True
        await task
        return read

    assert asyncio.run(run()) == b""
