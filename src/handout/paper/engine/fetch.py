"""What the page engine may load: bytes that were read before, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, unquote_to_bytes

from weasyprint.urls import URLFetcher, URLFetcherResponse

BASE_URL = "https://project.invalid/"
"""The address of the project inside the engine; the domain .invalid never exists (RFC 2606 §2)."""

SVG_DATA_URL = re.compile(r"data:image/svg\+xml(?:;charset=utf-?8)?,(?P<svg>.*)", re.DOTALL | re.IGNORECASE)
"""A drawing inside a style sheet, percent-encoded (RFC 2397); base64 is not needed and not taken."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
    """Answers for the files in *assets* and for SVG data addresses; refuses, and remembers, all else.

    *assets* maps the path after `https://project.invalid/` to media type and bytes. WeasyPrint swallows
    what a fetcher raises, so `refused` is the only place where a refusal can be seen.
    """

    def __init__(self, assets: Mapping[str, tuple[str, bytes]]) -> None:
        super().__init__(allowed_protocols=("https", "data"), allow_redirects=False)
        self._assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return the bytes behind *url*; ValueError, and a line in `refused`, where there are none."""
        media_type, data = self._answer(url)
        return URLFetcherResponse(url, data, {"Content-Type": media_type})

    def _answer(self, url: str) -> tuple[str, bytes]:
        if url.startswith(BASE_URL) and (asset := self._assets.get(unquote(url.removeprefix(BASE_URL)))):
            return asset
        if drawing := SVG_DATA_URL.fullmatch(url):
            return "image/svg+xml", unquote_to_bytes(drawing["svg"])
        self.refused.append(url)
        raise ValueError("this address is not part of the project")
