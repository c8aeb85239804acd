"""The boxes of the engine."""

from __future__ import annotations

from typing import Any, TypeAlias

LayoutBox: TypeAlias = Any
"""A box of WeasyPrint, which carries no types."""
