"""Who may ask the preview for anything: one question for each request, before any of it is answered.

A page that somebody has open may send requests to this machine too, and so may whoever else works on it. So
the server answers only where the request names it by its own address (a name that was made to point here does
not), comes from its own pages or was typed, and carries the word that `handout serve` printed.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
"""What a browser may call this machine: others are foreign, though they may lead here."""
TOKEN_PARAMETER = "token"
OWN_SITE = ("same-origin", "none")
"""Of Sec-Fetch-Site: asked by our own page, or typed by a person."""
READING = ("GET", "HEAD")
"""Nothing can be changed through the preview, so there is no method that would."""
LONGEST_TARGET = 2000
"""Of a path with its query."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    why: str


@dataclass(frozen=True)
class Asked:
    """What a request says of itself."""

    method: str
    target: str
    """The path with its query, as it was sent."""
    headers: tuple[tuple[str, str], ...]
    """Names in small letters; a name may stand there twice."""
    token: str
    """In its address; empty where there is none."""
    cookie: str
    """That of this server; empty where there is none."""

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of the header *name*."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True)
class Guard:
    """What a server that listens on *port* asks of each request."""

    port: int
    token: str

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(f"{name}:{self.port}" for name in NAMES)

    @property
    def address(self) -> str:
        """What a person opens."""
        return f"http://{HOST}:{self.port}/?{TOKEN_PARAMETER}={self.token}"

    @property
    def cookie_name(self) -> str:
        """Browsers do not tell ports apart where they keep cookies."""
        return f"handout-preview-{self.port}"

    def refusal(self, asked: Asked) -> Refusal | None:
        """Return why *asked* is not answered; None where it is."""
        if asked.method not in READING:
            return Refusal(405, "nothing can be changed here")
        if len(asked.target) > LONGEST_TARGET:
            return Refusal(414, "this address is too long")
        return self._foreign(asked) or self._unknown(asked)

    def _foreign(self, asked: Asked) -> Refusal | None:
        hosts = asked.all("host")
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return Refusal(421, "this machine answers by its own name alone")
        origins = (f"http://{host}" for host in self.hosts)
        if not _are_among(asked.all("origin"), origins):
            return Refusal(403, "a page from elsewhere asked for this")
        if not _are_among(asked.all("sec-fetch-site"), OWN_SITE):
            return Refusal(403, "a page from elsewhere asked for this")
        return None

    def _unknown(self, asked: Asked) -> Refusal | None:
        """Return why nobody knows who asks: who has no cookie yet brings the word in the address.

        So does who still has the cookie of a server that ran at this port before.
        """
        if not (self._is_word(asked.cookie) or self._is_word(asked.token)):
            return Refusal(
                403, "open the address that 'handout serve' printed: it holds the word that is missing"
            )
        return None

    def _is_word(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())


def _are_among(values: Iterable[str], allowed: Iterable[str]) -> bool:
    return set(values) <= set(allowed)


def new_token() -> str:
    """Return a word that nobody can guess; another one each time the server starts."""
    return secrets.token_urlsafe(24)
