"""Processes and paths drawn at random: each step is stored, all is forgotten and loaded again, and others play along.

An instance that stays in memory shows the same after each step; so does a token game that is written from the standard,
or the stock engine where that is right. What once failed is kept in the folder `pinned`, with its path.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.engine.bpmn.menus import COURSES, Course
from tests.engine.bpmn.random_walk import Case, as_before, play, walk
from tests.engine.bpmn.referees import ByTheStandard

PINNED = sorted((Path(__file__).parent / "pinned").glob("*.json"))


def _played(course: Course) -> None:
    @settings(
        max_examples=course.cases, deadline=None, derandomize=True, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.randoms(use_true_random=False))
    def one(dice: Random) -> None:
        game = play(dice, course.menu, course.referees)
        case = next(game)
        try:
            next(game, None)
        finally:
            note(case.text("What failed: keep it as pinned/what is wrong.json."))

    one()


@pytest.mark.parametrize("name", COURSES)
def test_every_step_of_a_random_process_is_right_and_survives_being_forgotten(name: str) -> None:
    _played(COURSES[name])


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.stem)
def test_what_once_failed_is_right(path: Path) -> None:
    case = Case.of(path.read_text(encoding="utf-8"))
    referees = [ByTheStandard] if b"picked(" in case.drawing.files["a.bpmn"] or "by the standard" in path.stem else []
    assert list(walk(as_before(case.path), case.drawing, referees))
