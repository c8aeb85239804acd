"""The names of all that is found before a proof. docs/findings.md says of each how to mend it."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """What is wrong with a project. A name never changes: people look it up and scripts compare it.

    One name for each kind of mistake that is mended in one way. Those of the wording are in
    `model.text.WordingRule`, for editors write them; those of a finished PDF in `proof.Rule`.
    """

    # Files
    FILE_REFUSED = "file-refused"
    FILE_TOO_LARGE = "file-too-large"
    FILE_ENCODING = "file-encoding"
    CHARACTER_HIDDEN = "character-hidden"
    NAME_UNUSABLE = "name-unusable"
    NAME_TWICE = "name-twice"

    # Settings and front matter
    TOML_BROKEN = "toml-broken"
    FRONT_MATTER_MISSING = "front-matter-missing"
    FRONT_MATTER_BROKEN = "front-matter-broken"
    KEY_MISSING = "key-missing"
    KEY_UNKNOWN = "key-unknown"
    KEY_TWICE = "key-twice"
    KEY_AUDIENCE = "key-audience"
    VALUE_WRONG = "value-wrong"
    NAME_UNKNOWN = "name-unknown"
    PAGES_UNFIT = "pages-unfit"
    PRINTED_WORD = "printed-word"
    ACCENT_PALE = "accent-pale"
    HIGHLIGHT_DARK = "highlight-dark"
    AUDIENCES_ALIKE = "audiences-alike"
    PRESS_PROFILE = "press-profile"

    # The table of schools
    SCHOOLS_TABLE = "schools-table"
    SCHOOLS_COLUMN = "schools-column"
    SCHOOLS_CELL = "schools-cell"
    SCHOOLS_SPOILT = "schools-spoilt"

    # The form of a text
    PART_EMPTY = "part-empty"
    MARK_LEFT = "mark-left"
    INDENT_WRONG = "indent-wrong"
    NESTED_TOO_DEEP = "nested-too-deep"
    HTML_FORBIDDEN = "html-forbidden"
    NOT_ON_PAPER = "not-on-paper"
    HEADING_FORM = "heading-form"
    DASHES_MISPLACED = "dashes-misplaced"
    TABLE_FORM = "table-form"
    BLOCK_UNKNOWN = "block-unknown"
    BLOCK_FORM = "block-form"
    BLOCK_SETTING = "block-setting"
    ALLOW_FORM = "allow-form"
    TAB_TITLE = "tab-title"
    FIELD_FORM = "field-form"
    LINK_FORM = "link-form"
    FRAGMENT_FORM = "fragment-form"

    # Steps
    COMMAND_MISSING = "command-missing"
    STEPS_MISPLACED = "steps-misplaced"
    CHOICE_MISPLACED = "choice-misplaced"
    ATTRIBUTE_FORM = "attribute-form"
    ID_TWICE = "id-twice"
    LETTERS_SPENT = "letters-spent"

    # What a format asks of a text
    STEP_UNPICTURED = "step-unpictured"
    SENTENCE_UNFIT = "sentence-unfit"
    TASKS_SEVERAL = "tasks-several"

    # What a text names
    REFERENCE_MISSING = "reference-missing"
    REFERENCE_AMBIGUOUS = "reference-ambiguous"
    REFERENCE_HIDDEN = "reference-hidden"
    REFERENCE_RUN = "reference-run"
    SITUATION_UNANSWERED = "situation-unanswered"
    WALK_STUCK = "walk-stuck"
    FIELD_UNKNOWN = "field-unknown"
    FRAGMENT_MISSING = "fragment-missing"
    FRAGMENT_NESTED = "fragment-nested"
    PICTURE_MISSING = "picture-missing"
    AUDIENCE_EMPTY = "audience-empty"

    # Addresses
    ADDRESS_REFUSED = "address-refused"
    ADDRESS_WORDS = "address-words"
    ADDRESS_TYPED = "address-typed"
    QR_TOO_SMALL = "qr-too-small"
    QR_NO_PLACE = "qr-no-place"

    # Pictures
    PICTURE_FORMAT = "picture-format"
    PICTURE_DAMAGED = "picture-damaged"
    PICTURE_ALT = "picture-alt"
    DRAWING_FORM = "drawing-form"

    # The age and the use of a text
    REVIEW_DUE = "review-due"
    OUT_OF_DATE = "out-of-date"
    TEXT_BEGUN = "text-begun"
    NOT_USED = "not-used"
    ALLOW_IDLE = "allow-idle"

    # Translations
    TRANSLATION_BROKEN = "translation-broken"
    TRANSLATION_DIFFERS = "translation-differs"
    TRANSLATION_STALE = "translation-stale"
    TRANSLATION_MISSING = "translation-missing"
    TRANSLATION_IDLE = "translation-idle"

    # What the screens say
    LABEL_UNSEEN = "label-unseen"
    LABEL_UNKNOWN = "label-unknown"
    LABEL_OUTDATED = "label-outdated"
    LABEL_UNUSED = "label-unused"
    VALID_TOO_LONG = "valid-too-long"

    # Templates and style sheets
    TEMPLATE_MISSING = "template-missing"
    HEAD_INCOMPLETE = "head-incomplete"
    TEMPLATE_FAULT = "template-fault"
    TEMPLATE_BOUNDS = "template-bounds"
    STYLE_MISSING = "style-missing"
    STYLE_FAULT = "style-fault"
    ADDRESS_FOREIGN = "address-foreign"
    ANCHOR_MISSING = "anchor-missing"
    SHEET_NAMELESS = "sheet-nameless"
    FONT_UNKNOWN = "font-unknown"
    ENGINE_MESSAGE = "engine-message"

    # The laid-out page
    TOO_LONG = "too-long"
    TOO_MUCH_AIR = "too-much-air"
    GAPS_UNEVEN = "gaps-uneven"
    KEY_BROKEN = "key-broken"
    PAGE_COUNT = "page-count"
    TEXT_MISSING = "text-missing"
    STICKS_OUT = "sticks-out"
    STEP_SPLIT = "step-split"
    HEADING_STRANDED = "heading-stranded"
    LINE_ALONE = "line-alone"
    CHARACTER_MISSING = "character-missing"
    SLOT_TOO_LONG = "slot-too-long"
    IMPRINT_DIFFERS = "imprint-differs"
    COPY_WRONG = "copy-wrong"
    SHEET_IMPOSSIBLE = "sheet-impossible"
    PROCESS_KILLED = "process-killed"

    # Two builds
    NOT_THE_SAME = "not-the-same"

    # The preview
    NOT_SHOWN = "not-shown"


LOSING = frozenset(
    {
        *(Rule.FILE_REFUSED, Rule.FILE_TOO_LARGE, Rule.FILE_ENCODING, Rule.CHARACTER_HIDDEN),
        *(Rule.NAME_UNUSABLE, Rule.FRONT_MATTER_MISSING, Rule.FRONT_MATTER_BROKEN),
        *(Rule.KEY_MISSING, Rule.KEY_UNKNOWN, Rule.KEY_TWICE, Rule.KEY_AUDIENCE, Rule.VALUE_WRONG),
        *(Rule.INDENT_WRONG, Rule.NESTED_TOO_DEEP, Rule.BLOCK_UNKNOWN, Rule.BLOCK_FORM),
        *(Rule.COMMAND_MISSING, Rule.STEPS_MISPLACED, Rule.CHOICE_MISPLACED, Rule.ATTRIBUTE_FORM),
        *(Rule.FRAGMENT_FORM, Rule.FRAGMENT_MISSING),
        *(Rule.SCHOOLS_TABLE, Rule.SCHOOLS_COLUMN, Rule.SCHOOLS_CELL),
    }
)
"""Faults after which a file, or steps of it, are not known: what is missed from it may be there."""
