"""The names of all that a proof can find. docs/findings.md says of each what it means and how to mend it."""

from __future__ import annotations

from enum import StrEnum

from handout.model.findings import Finding, Place, Severity
from handout.model.messages import Message


class ProofRule(StrEnum):
    """What is wrong with a finished PDF. A name never changes: people look it up and scripts compare it."""

    FILE_UNREADABLE = "file-unreadable"

    QR_MISSING = "qr-missing"
    QR_STRANGE = "qr-strange"
    QR_MODULE = "qr-module"
    QR_QUIET_ZONE = "qr-quiet-zone"
    QR_DISTANCE = "qr-distance"
    QR_FRAGILE = "qr-fragile"
    QR_ALIKE = "qr-alike"

    STEP_NUMBER = "step-number"
    STEP_COMMAND = "step-command"
    STEP_COUNTING = "step-counting"
    STEP_APART = "step-apart"
    STEP_ORDER = "step-order"
    STEP_COVERS = "step-covers"
    STEP_REFERENCE = "step-reference"
    STEP_ONWARD = "step-onward"
    STEP_OVERLEAF = "step-overleaf"

    TEXT_LOST = "text-lost"
    TEXT_STRANGE = "text-strange"
    TEXT_ALTERED = "text-altered"
    TEXT_ORDER = "text-order"
    TEXT_UNREAD = "text-unread"
    FACE_DIFFERS = "face-differs"
    FOOT_MISSING = "foot-missing"
    FOOT_UNREAD = "foot-unread"
    FOOT_LOW = "foot-low"

    PAGE_SIZE = "page-size"
    OFF_PAGE = "off-page"
    TEXT_CLIPPED = "text-clipped"
    TEXT_OVERLAP = "text-overlap"
    TEXT_STRUCK = "text-struck"
    MARGIN_TEXT = "margin-text"
    MARGIN_INK = "margin-ink"
    PAGE_EMPTY = "page-empty"

    TYPE_SMALL = "type-small"
    CONTRAST_LOW = "contrast-low"
    CONTRAST_ONE_BIT = "contrast-one-bit"
    TEXT_INVISIBLE = "text-invisible"
    TEXT_ON_PICTURE = "text-on-picture"
    INK_MIXED = "ink-mixed"

    PICTURE_STRETCHED = "picture-stretched"
    PICTURE_COARSE = "picture-coarse"
    PICTURE_COVERS = "picture-covers"
    PICTURE_SMALL_WORDS = "picture-small-words"

    FONT_FOREIGN = "font-foreign"
    FONT_NOT_EMBEDDED = "font-not-embedded"
    FONT_NOT_SUBSET = "font-not-subset"
    GLYPH_MISSING = "glyph-missing"
    GLYPH_NAMELESS = "glyph-nameless"

    PDF_UA = "pdf-ua"
    PDF_A = "pdf-a"
    TAGS_MISSING = "tags-missing"
    HEADING_TITLE = "heading-title"
    HEADING_LEVEL = "heading-level"
    HEADING_NESTED = "heading-nested"
    LIST_BROKEN = "list-broken"
    PARAGRAPH_NESTED = "paragraph-nested"
    LABEL_LOST = "label-lost"
    ITEM_EMPTY = "item-empty"
    LIST_OVERLEAF = "list-overleaf"
    FIGURE_BOX = "figure-box"
    TAG_TABLE = "tag-table"
    PAINT_ORDER = "paint-order"
    PICTURE_WORDS = "picture-words"
    TABLE_HEADINGS = "table-headings"
    FILE_LANGUAGE = "file-language"
    FILE_TITLE = "file-title"

    FILE_ACTIVE = "file-active"
    LINK_FORBIDDEN = "link-forbidden"
    LINK_MISSING = "link-missing"
    FILE_METADATA = "file-metadata"
    AUDIENCE_LABEL = "audience-label"

    SHEET_PAGE = "sheet-page"
    SHEET_QR = "sheet-qr"
    SHEET_TAGS = "sheet-tags"
    SHEET_NOTE = "sheet-note"

    PRESS_INTENT = "press-intent"
    PRESS_COLOUR = "press-colour"
    PRESS_BOX = "press-box"

    SCREEN_STEPS = "screen-steps"
    SCREEN_TEXT = "screen-text"
    SCREEN_LINK = "screen-link"
    SCREEN_ACTIVE = "screen-active"

    BRAILLE_STEPS = "braille-steps"
    BRAILLE_TEXT = "braille-text"
    BRAILLE_LETTER = "braille-letter"
    BRAILLE_PAGE = "braille-page"

    FORM_FIELD = "form-field"
    FORM_PLACE = "form-place"
    FORM_TYPE = "form-type"
    FORM_TAGS = "form-tags"
    FORM_PAGES = "form-pages"


def found(
    rule: ProofRule, place: Place, what: Message, fix: Message, severity: Severity = Severity.ERROR
) -> Finding:
    """Return a finding under the name of its *rule*."""
    return Finding(place, what, fix, severity, rule)
