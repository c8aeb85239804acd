"""Where a wrong answer reaches paper, and the quick tests that must notice it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY


@dataclass(frozen=True)
class Room:
    """Modules that are changed together, and what is run against each change."""

    modules: tuple[str, ...]
    """Below src/handout."""
    tests: tuple[str, ...]
    """What pytest is given: files that take a few seconds together, the quickest first."""

    @property
    def sources(self) -> tuple[Path, ...]:
        program = REPOSITORY / "src/handout"
        return tuple(path for module in self.modules for path in sorted(program.glob(module)))


ROOMS = {
    "links": Room(("model/links.py",), ("tests/model/test_links.py",)),
    "numbers": Room(
        ("document/number.py", "document/label.py"),
        ("tests/document/test_number.py", "tests/document/test_label.py"),
    ),
    "proof": Room(
        ("proof/safety.py", "proof/steps.py"), ("tests/proof/test_safety.py", "tests/proof/test_steps.py")
    ),
    "imposition": Room(
        ("paper/impose/*.py",),
        (
            "tests/paper/impose/test_impose.py",
            *(
                f"tests/builder/test_jobs.py::{test}"
                for test in (
                    "test_job_is_for_the_printer_alone_and_says_how_to_print",
                    "test_copy_with_an_odd_number_of_pages_leaves_its_last_side_empty",
                    "test_bookmarks_lead_to_the_first_page_of_each_copy",
                    "test_damaged_copy_is_named_by_its_number",
                    "test_text_that_looks_like_a_reference_is_none",
                    "test_job_shares_what_its_copies_have_in_common",
                )
            ),
        ),
    ),
    "readback": Room(
        ("editions/imprint/readback.py",),
        (
            "tests/editions/imprint/test_slots_read_back.py",
            "tests/editions/imprint/test_readback.py::test_copy_with_one_thing_wrong_in_a_slot_is_told",
        ),
    ),
}
