"""A fixed number of generated projects, built for real and read twice. `make soak` goes on from there."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from tests.conftest import SETTINGS, edition, handout, loaded, procedure, project_at
from tests.soak import met, reader, soaking
from tests.soak.building import Sheet, excess
from tests.soak.grammar import NO_AIM, Aim, project
from tests.soak.pictures import drawing
from tests.soak.soaking import Count

from handout.editions import single

SEEDS = range(9)
"""Of the projects that are built: about a minute of one core."""


@pytest.mark.parametrize("seed", SEEDS)
def test_valid_project_builds_or_a_second_reader_sees_why_not(tmp_path: Path, seed: int) -> None:
    written = project(Random(seed), sizer=excess)
    faults = soaking.judged(written, tmp_path, 0, Count())
    assert list(faults) == [], f"the project is kept in {tmp_path}"


def test_what_is_aimed_at_is_met(tmp_path: Path) -> None:
    aim = Aim("card", "fr", "with a logo", ("Table", "inline UiLabel"))
    count = Count()
    written = project(Random(1), (3,), excess, aim)
    assert list(soaking.judged(written, tmp_path, 1, count)) == []
    assert {"Table | card", "inline UiLabel | fr", "Table | with a logo", "card | fr"} <= count.pairs.keys()


def test_aim_is_at_what_was_not_met() -> None:
    every = set(met.all_pairs())
    assert met.aim(Random(1), every) == NO_AIM
    for pair in ("Table | card", "mini | ar", "fr | with a logo", "needs | full"):
        aim = met.aim(Random(1), every - {pair})
        assert set(pair.split(" | ")) <= {aim.format, aim.language, aim.school, *aim.kinds}


def test_pairs_that_cannot_be_are_pairs() -> None:
    pairs_of_all = {f"{a} | {b}" for one, other in combinations(met.ALL, 2) for a in one for b in other}
    assert pairs_of_all == set(met.all_pairs()) | met.IMPOSSIBLE.keys()


@pytest.mark.parametrize(
    ("rule", "style"),
    [
        ("contrast-low", ".step__body > p + p { color: #999999 }"),
        (
            "text-on-picture",
            ".step__body > p + p { position: absolute; inset-block-start: 3mm; inset-inline-end: 8mm }",
        ),
    ],
)
def test_second_reader_sees_what_is_pale_and_what_stands_on_a_picture(
    tmp_path: Path, rule: str, style: str
) -> None:
    sheet = Path("styles/formats/leaflet-a4.css").read_text("utf-8")
    files: dict[str, str | bytes] = {
        "content/procedures/a.md": procedure(
            "1. Open het\n\n    Zie dit\n\n    ![Een beeld.](images/beeld.svg)\n"
        ),
        "content/handouts/gids.md": handout("a"),
        "content/images/beeld.svg": drawing(48, 24),
    }
    settings = f"{SETTINGS}[formats.leaflet-a4]\npages = 1\n"
    right = loaded(project_at(tmp_path / "right", files, settings))
    files["styles/formats/leaflet-a4.css"] = f"{sheet}\n{style}\n"
    wrong = loaded(project_at(tmp_path / "wrong", files, settings))
    faulty, whole = (Sheet(edition(one), single.make(one, edition(one)), ()) for one in (wrong, right))
    assert faulty.made is not None
    found = [one for one in faulty.made.findings if one.rule == rule]
    assert found
    assert all(reader.agrees(one, faulty, wrong) for one in found)
    assert not any(reader.agrees(one, whole, right) for one in found)


def test_a_seed_writes_the_same_project_each_time() -> None:
    assert project(Random(7)) == project(Random(7))


def test_aim_of_a_seed_is_kept_with_the_counts(tmp_path: Path) -> None:
    assert soaking.kept_aim(3, tmp_path) == NO_AIM
    kept = ({"seed": 3, **vars(NO_AIM), "format": "card"}, {"seed": 4, **vars(NO_AIM)})
    (tmp_path / "aims.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in kept))
    assert soaking.kept_aim(3, tmp_path) == Aim("card")


def test_counts_go_on_where_an_earlier_run_stopped(tmp_path: Path) -> None:
    count = Count(next_seed=3, projects=3, pieces=5)
    count.pairs.update(["Steps | card"])
    count.save(tmp_path / "counts.json")
    assert Count.load(tmp_path / "counts.json") == count
    assert Count.load(tmp_path / "none.json") == Count()


def test_what_was_not_met_is_listed() -> None:
    count = Count()
    assert "  card | fr" in soaking.told(count).splitlines()
    count.pairs.update(met.all_pairs())
    assert soaking.told(count).endswith("not met:")
