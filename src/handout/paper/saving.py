"""A PDF that was changed, as bytes: the same ones each time."""

from __future__ import annotations

from io import BytesIO

import pikepdf


def saved(pdf: pikepdf.Pdf) -> bytes:
    """Return *pdf* as bytes, with the metadata as they stand in it: else pikepdf writes them anew."""
    out = BytesIO()
    pdf.save(
        out,
        deterministic_id=True,
        fix_metadata_version=False,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return out.getvalue()
