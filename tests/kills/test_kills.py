"""Killed at twenty random instants under load, on each database: nothing lost, nothing twice, nothing by itself."""

from __future__ import annotations

from random import SystemRandom

from tests.databases import Kept
from tests.kills.judging import judge, look
from tests.kills.questions import prepare
from tests.kills.rounds import live_through

ROUNDS = 20


def test_nothing_is_lost_and_nothing_happens_twice(kept: Kept) -> None:
    seed = SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    prepared = prepare(kept)
    course = live_through(prepared, ROUNDS, seed)
    found = look(prepared)
    print(f"{course.kills}, {course.heard.answers}, {len(found.submitted)} completions in {course.seconds:.1f} s")
    assert judge(found, course.heard) == []
    assert sum(course.kills.values()) >= ROUNDS
    assert set(found.submitted.values()) == {"ask", "reply", "sign"}
