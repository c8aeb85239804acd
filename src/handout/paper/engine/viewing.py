"""What a file asks of who shows and prints it: its own title above the page, its own size, the right edge.

Viewers and queues mostly ignore it (docs/printing.md), so that the gallery and the job ticket say it to a
person too; those that do not ignore it print right without being told.
"""

from __future__ import annotations

from typing import Any

import pydyf


def say_preferences(pdf: Any, width_px: float, height_px: float, page_count: int) -> None:
    """Let a pydyf *pdf* of *page_count* pages ask to be printed as it is (ISO 32000-1 table 150).

    Two sides of a sheet are turned over the edge with which both stand upright.
    """
    edge = "DuplexFlipLongEdge" if height_px >= width_px else "DuplexFlipShortEdge"
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary(
        {
            "DisplayDocTitle": "true",
            "PrintScaling": "/None",
            "Duplex": f"/{edge}" if page_count > 1 else "/Simplex",
        }
    )
