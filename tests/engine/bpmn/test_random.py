"""Processes and paths drawn at random: each step is stored, all is forgotten and loaded again, and others play along.

An instance that stays in memory shows the same after each step; so does a token game that is written from the standard,
or the stock engine where that is right. In every hundredth case each step is also done by a program that has just been
started. What once failed is kept in the folder `pinned`, with its path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.engine.bpmn.elsewhere import Elsewhere
from tests.engine.bpmn.menus import COURSES, Course
from tests.engine.bpmn.players import Act, Reloaded, World
from tests.engine.bpmn.random_drawing import Drawing
from tests.engine.bpmn.random_walk import Case, as_before, play, walk
from tests.engine.bpmn.referees import ByTheStandard

PINNED = sorted((Path(__file__).parent / "pinned").glob("*.json"))


STARTED_ANEW = 100
"""Of so many cases one is played by programs that have just been started, too."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    """Other programs."""
    found = Elsewhere()
    yield found
    found.close()


def _played(course: Course, elsewhere: Elsewhere) -> None:
    numbers, failed = count(1), []

    # What fails is told as it was drawn: to make it smaller takes minutes, and is done in a long run.
    @settings(
        max_examples=course.cases, deadline=None, derandomize=True, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate], report_multiple_bugs=False,
    )  # fmt: skip
    @given(st.randoms(use_true_random=False))
    def one(dice: Random) -> None:
        # A case that fails is played once more, to be told: with the others, if it was by what they see.
        others = [elsewhere.player()] if next(numbers) % STARTED_ANEW == 0 or failed else []
        game = play(dice, course.menu, [*course.referees, *others])
        case = next(game)
        try:
            next(game, None)
        except BaseException:
            failed.extend(others)
            note(case.text("What failed: keep it as pinned/what is wrong.json."))
            raise

    before = len(elsewhere.answered)
    one()
    assert next(numbers) > course.cases
    assert len(elsewhere.answered) >= before + course.cases // STARTED_ANEW


@pytest.mark.parametrize("name", COURSES)
def test_every_step_of_a_random_process_is_right_and_survives_being_forgotten(name: str, elsewhere: Elsewhere) -> None:
    _played(COURSES[name], elsewhere)


class Hasty:
    """A referee who finds fault with whatever has been done twice."""

    def __init__(self, drawing: Drawing, world: World) -> None:
        self.done = 0

    def do(self, act: Act) -> None:
        """Count."""
        self.done += 1

    def compare(self, player: Reloaded) -> None:
        """Find fault."""
        assert self.done < 2


def test_what_is_told_of_a_case_that_fails_is_enough_to_keep_it(elsewhere: Elsewhere) -> None:
    with pytest.raises(AssertionError) as caught:
        _played(replace(COURSES["flows"], referees=[Hasty]), elsewhere)
    told = "\n".join(caught.value.__notes__)
    kept = Case.of(told[told.index("{") : told.rindex("}") + 1])
    assert len(kept.path) == 2
    with pytest.raises(AssertionError):
        list(walk(as_before(kept.path), kept.drawing, [Hasty]))


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.stem)
def test_what_once_failed_is_right(path: Path) -> None:
    case = Case.of(path.read_text(encoding="utf-8"))
    referees = [ByTheStandard] if b"picked(" in case.drawing.files["a.bpmn"] or "by the standard" in path.stem else []
    assert list(walk(as_before(case.path), case.drawing, referees))
