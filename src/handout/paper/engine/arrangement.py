"""How a piece was set: enough to lay out another that differs from it in its values alone in one go."""

from __future__ import annotations

from dataclasses import dataclass

from handout.model.document import Setting


@dataclass(frozen=True)
class Arrangement:
    """What was chosen for a piece. Picklable."""

    setting: Setting
    balance: tuple[tuple[str, str], ...] = ()
    """Of each element that `balance` marks, in their order: the class that it was given, and its air."""
