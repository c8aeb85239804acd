"""The code of an edition: a short name for exactly what it was made from, printed on the sheet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from handout.plan import Edition

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which a reader takes for 1, 0 and V."""
CODE_LENGTH = 6
"""30 bits: among the ten thousand editions of a large network two are alike once in twenty times."""
_MISREAD = str.maketrans("ILO", "110")


def edition_code(
    edition: Edition, paths: Iterable[str], hashes: Mapping[str, str], urls: Iterable[str]
) -> str:
    """Return the code of *edition*, made from the files at *paths* and the addresses *urls*.

    The school is not in it, nor the ink: every copy of an edition holds the same words. Raises KeyError for
    a path without a hash.
    """
    parts = [
        edition.handout.slug,
        edition.audience,
        edition.format,
        edition.language,
        [[path, hashes[path]] for path in sorted(set(paths))],
        sorted(urls),
    ]
    digest = hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))


def read_code(typed: str) -> str | None:
    """Return the code that a person typed from a sheet, or None for what cannot be one.

    Small letters and spaces are allowed; I, L and O stand for the digits that they look like.
    """
    code = "".join(typed.split()).replace("-", "").upper().translate(_MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None
