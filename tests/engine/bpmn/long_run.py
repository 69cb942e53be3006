"""Random processes for as long as wanted: `python -m tests.engine.bpmn.long_run --minutes 30 --seed 1`.

What fails is made as small as can be and written to a folder, ready to be kept among the pinned cases.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.engine.bpmn.menus import COURSES, Course
from tests.engine.bpmn.random_walk import Case, play

ROUND = 25
"""Cases of one course before the next one has its turn."""


def play_round(course: Course, number: int, keep: Path, about: str) -> None:
    """Play some cases. The smallest one that fails is written to a folder, and what it raises goes on."""
    last: list[Case] = []

    @seed(number)
    @settings(
        max_examples=ROUND, deadline=None, database=None, print_blob=False, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink], report_multiple_bugs=False,
    )  # fmt: skip
    @given(st.randoms(use_true_random=False))
    def one(dice: Random) -> None:
        game = play(dice, course.larger(), course.referees)
        case = next(game)
        try:
            next(game, None)
        except BaseException:
            last[:] = [case]
            raise

    well = False
    try:
        one()
        well = True
    finally:
        if last and not well:  # the last case that is played is the smallest one that fails
            text = last[0].text(about)
            path = keep / f"found-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
            path.write_text(text, encoding="utf-8")
            print(f"{about} See {path}.")


def main(arguments: list[str]) -> None:
    """Play until the time is over or a case fails."""
    asked = argparse.ArgumentParser(prog="python -m tests.engine.bpmn.long_run", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10, help="how long (10)")
    asked.add_argument("--seed", type=int, default=1, help="where the dice begin (1)")
    asked.add_argument("--keep", type=Path, default=Path(), help="folder for a case that fails (this one)")
    wanted = asked.parse_args(arguments)
    until = datetime.now(UTC) + timedelta(minutes=wanted.minutes)
    rounds = 0
    for name in cycle(COURSES):
        if datetime.now(UTC) >= until:
            break
        rounds += 1
        number = wanted.seed * 1_000_000 + rounds
        play_round(COURSES[name], number, wanted.keep, f"Failed in a long run: {name}, {number}.")
    print(f"{rounds * ROUND} cases from seed {wanted.seed}, none failed.")


if __name__ == "__main__":
    main(sys.argv[1:])
