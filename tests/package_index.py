"""A package index on this machine (PEP 503), and wheels to put in it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import Distribution
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

NOT_IN_A_WHEEL = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
"""What an installer adds to the metadata of a package."""


def plain_wheel(name: str, version: str, requires: Iterable[str] = (), extras: Iterable[str] = ()) -> Wheel:
    """Return a wheel with metadata alone: *requires* and *extras* as `Requires-Dist` and `Provides-Extra`."""
    head = [f"Name: {name}", f"Version: {version}"]
    head += [f"Provides-Extra: {extra}" for extra in extras]
    head += [f"Requires-Dist: {requirement}" for requirement in requires]
    folder = f"{name.replace('-', '_')}-{version}"
    files = {
        f"{folder}.dist-info/METADATA": "\n".join(["Metadata-Version: 2.1", *head, ""]).encode(),
        f"{folder}.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return Wheel(f"{folder}-py3-none-any.whl", _zipped(files, f"{folder}.dist-info"))


def packed_again(installed: Distribution) -> Wheel:
    """Return the wheel that *installed* came from, of the files that lie there."""
    folder = f"{installed.name.replace('-', '_')}-{installed.version}"
    files: dict[str, bytes] = {}
    for path in installed.files or ():
        if path.name in NOT_IN_A_WHEEL or path.suffix == ".pyc":
            continue
        # A program lies beside the packages: `../../../bin/uv`.
        name = f"{folder}.data/scripts/{path.name}" if ".." in path.parts else path.as_posix()
        files[name] = path.read_binary()
    (info,) = {name.split("/")[0] for name in files if ".dist-info/" in name}
    about = files[f"{info}/WHEEL"].decode()
    tag = next(line.removeprefix("Tag: ") for line in about.splitlines() if line.startswith("Tag: "))
    return Wheel(f"{folder}-{tag}.whl", _zipped(files, info))


class Wheel:
    """A wheel: the name of its file, its bytes, and the sum that locks name it by."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.data = data
        self.sha256 = hashlib.sha256(data).hexdigest()

    @property
    def package(self) -> str:
        return self.file.split("-")[0].replace("_", "-").lower()


@contextmanager
def served(wheels: Iterable[Wheel]) -> Iterator[str]:
    """Serve *wheels* while the block runs; give the address of the index."""
    files = {wheel.file: wheel for wheel in wheels}
    packages: dict[str, list[Wheel]] = {}
    for wheel in files.values():
        packages.setdefault(wheel.package, []).append(wheel)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(files, packages))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(files: Mapping[str, Wheel], packages: Mapping[str, list[Wheel]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rstrip("/").rpartition("/")[2]
            if self.path.startswith("/files/") and name in files:
                self._answer("application/octet-stream", files[name].data)
            elif self.path.startswith("/simple/") and name in packages:
                links = [
                    f'<a href="/files/{wheel.file}#sha256={wheel.sha256}">{wheel.file}</a>'
                    for wheel in packages[name]
                ]
                page = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>"
                self._answer("text/html", page.encode())
            else:
                self.send_error(404)

        def _answer(self, kind: str, data: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing on stderr."""

    return Handler


def _zipped(files: Mapping[str, bytes], info: str) -> bytes:
    """Return a zip of *files* with the list of them that a wheel must have."""
    record = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD")).encode()
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as wheel:
        for name, data in {**files, f"{info}/RECORD": record}.items():
            entry = ZipInfo(name)
            entry.external_attr = 0o755 << 16
            wheel.writestr(entry, data)
    return target.getvalue()
