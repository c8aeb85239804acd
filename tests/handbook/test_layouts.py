"""How often the handbook is laid out: by far the most of what its build costs."""

from __future__ import annotations

from tests.handbook.handbook import Handbook

from handout.editions import single
from handout.editions.cache_entry import RenderCache
from handout.machine import state
from handout.machine.cache import Cache, user_folder
from handout.project.plan import Selection, editions

MOST_LAYOUTS = 83
"""For 33 editions. Nine fit in smaller type alone and take three to seven each."""


def test_handbook_is_laid_out_no_oftener_than_it_needs(handbook: Handbook) -> None:
    kept = RenderCache(Cache(user_folder()), handbook.project, state.of_machine())
    planned = editions(handbook.project, Selection())
    made = [single.prepare(handbook.project, edition, kept) for edition in planned]
    layouts = {one.edition.name: one.layouts for one in made if isinstance(one, single.Made)}
    assert len(layouts) == len(planned) == 33, "all that the build made is kept"
    assert all(layouts.values())
    assert sum(layouts.values()) <= MOST_LAYOUTS, layouts
