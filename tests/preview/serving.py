"""A preview in a process of its own, and what asks it for something as a browser or an attacker does."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

START = "import sys; from handout.__main__ import main; sys.exit(main())"
LONGEST_S = 90


@dataclass
class Preview:
    """A preview that runs."""

    process: subprocess.Popen[str]
    address: str
    """What it printed."""

    @property
    def port(self) -> int:
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=[\w-]+", self.address)
        assert found, self.address
        return int(found[1])

    @property
    def token(self) -> str:
        return self.address.partition("token=")[2]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return f"handout-preview-{self.port}={self.token}"

    def ask(
        self,
        target: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: str | None = None,
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Return status, headers and body of the answer; who asks has the cookie, unless *headers* tell."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_S)
        sent = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie, **(headers or {})}
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body.encode() if body is not None else None)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    @contextmanager
    def looks(self, query: str) -> Iterator[Iterator[dict[str, Any]]]:
        """Give what is told of an edition, one look after another, as long as the context lasts."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_S)
        try:
            connection.request("GET", f"/events?{query}", headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            yield _looks(answer)
        finally:
            connection.close()

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C, and return the exit code and what was said on standard error."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=LONGEST_S)
        return self.process.returncode, said


@contextmanager
def preview(root: Path, *options: str) -> Iterator[Preview]:
    """Serve the project at *root* at a free port."""
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    process = subprocess.Popen(
        [sys.executable, "-c", START, "serve", "--project", str(root), "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address:
            _, said = process.communicate(timeout=LONGEST_S)
            raise AssertionError(f"it did not start: {said}")
        yield Preview(process, address)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _looks(answer: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    event = ""
    while line := answer.readline().decode():
        name, _, value = line.strip().partition(": ")
        if name == "event":
            event = value
        elif name == "data" and event == "look":
            yield json.loads(value)


def proved(looks: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Return the next look at which all is done."""
    return next(look for look in looks if look["is_proved"])


def wish(handout: str = "gids", audience: str = "staff", format_: str = "leaflet-a4", **more: str) -> str:
    """Return the query that names an edition."""
    named = {"handout": handout, "audience": audience, "format": format_, "language": "nl-BE"}
    return urlencode({**named, **more})
