"""Random processes in a database: a program that forgets all after each act shows what one does that goes on.

Tasks, timers, waits, records, signatures and events with their hashes are compared row by row; and another program,
really started, opens the database in the middle of each case and goes on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

import engine
from tests.databases import Databases, tables
from tests.engine.bpmn import menus  # noqa: F401 - it fills the list of blocks
from tests.engine.bpmn.random_drawing import Drawing, Menu, drawn
from tests.engine.conftest import MONDAY
from tests.engine.random_office import Office

MENU = Menu(
    dict.fromkeys((
        "user", "choice", "parallel", "rework", "catch", "interrupted", "reminded", "everybody", "everybody inside",
        "sub-process", "script", "watched", "error", "call",
    ), 1),
    4,
    proves=True,
)  # fmt: skip
CASES, STEPS, RESTART = 10, 6, 3
"""Cases of a test, acts of a case, and which of them another program does."""


@dataclass
class Story:
    """What happens in a case, and how the database looks after each act when nothing is forgotten."""

    subject: str
    drawing: Drawing
    acts: list[tuple[int, str]] = field(default_factory=list)
    shapes: list[dict[str, list[str]]] = field(default_factory=list)
    instance: str = ""
    """Its instance in the program that forgets, and what time it is there."""
    now: datetime = MONDAY


def _kept(office: Office, story: Story, dice: Random) -> None:
    """A case in a program that goes on."""
    office.clock.now = MONDAY
    instance = office.begin(story.drawing, story.subject)
    story.shapes.append(office.shape(instance))
    for _ in range(STEPS):
        acts = office.acts(instance)
        if not acts:
            break
        story.acts.append((dice.randrange(len(acts)), dice.choice(["yes", "no"])))
        office.do(instance, acts[story.acts[-1][0]], story.acts[-1][1])
        story.shapes.append(office.shape(instance))


def _forgotten(office: Office, story: Story, begin: int, end: int) -> None:
    """Some acts of the case in a program that forgets everything before each of them."""
    office.clock.now = story.now
    for number in range(begin, min(end, len(story.acts))):
        before = office.digest(story.instance)
        office.forget()
        assert office.digest(story.instance) == before
        place, answer = story.acts[number]
        office.do(story.instance, office.acts(story.instance)[place], answer)
        assert office.shape(story.instance) == story.shapes[number + 1]
    story.now = office.clock.now


def _elsewhere(office: Office, stories: list[Story]) -> None:
    """Another program does one act of each case, and this one sees what that has seen."""
    before = [office.digest(story.instance) for story in stories]
    office.forget()
    lines = [json.dumps([one.instance, one.now.isoformat(), *one.acts[RESTART]]) for one in stories]
    run = subprocess.run(
        [sys.executable, "-m", "tests.engine.random_office", office.url],
        input="\n".join(lines), capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    for story, seen, said in zip(stories, before, run.stdout.splitlines(), strict=True):
        first, then, now = json.loads(said)
        assert first == seen
        assert office.digest(story.instance) == then
        assert office.shape(story.instance) == story.shapes[RESTART + 1]
        story.now = datetime.fromisoformat(now)


def test_a_program_that_forgets_shows_what_one_shows_that_goes_on(
    databases: Databases, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    prepared = tables(databases, tmp_path_factory)
    offices = []
    for name in ("kept", "forgotten"):
        (tmp_path / name).mkdir()
        offices.append(Office(databases.copy(prepared, tmp_path / name)))
        offices[-1].people()
    kept, forgetful = offices
    dice = Random(databases.name)  # noqa: S311 - repeatable, no secret
    stories = [Story(f"case-{number}", drawn(dice, MENU)) for number in range(CASES)]
    for story in stories:
        _kept(kept, story, dice)
        forgetful.clock.now = MONDAY
        story.instance = forgetful.begin(story.drawing, story.subject)
        _forgotten(forgetful, story, 0, RESTART)
    _elsewhere(forgetful, [story for story in stories if len(story.acts) > RESTART])
    for story in stories:
        _forgotten(forgetful, story, RESTART + 1, STEPS)
    for office in offices:
        assert engine.verify(office.unit.session).ok
        office.close()
