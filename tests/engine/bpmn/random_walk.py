"""A random path through a process drawn at random, taken by several players at once; and one that is taken again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any

from tests.engine.bpmn.players import Act, Kept, Reloaded, World, failures, tasks, waits
from tests.engine.bpmn.random_drawing import Drawing, Menu, drawn

MOST_STEPS = 10
MOST_OPEN = 40
Referee = Callable[[Drawing, World], Any]
Chooser = Callable[[list[Act]], tuple[Act, int] | None]
"""Chooses what is done next, and how the dice of the conditions fall; None to stop."""


@dataclass
class Case:
    """A process and the path that was taken through it, with how the dice fell before each step."""

    drawing: Drawing
    path: list[tuple[Act, int]] = field(default_factory=list)

    def text(self, about: str) -> str:
        """The case as JSON, to be kept for ever."""
        path = [[act.kind, act.element, act.key, act.said, roll, act.place] for act, roll in self.path]
        files = {name: content.decode() for name, content in self.drawing.files.items()}
        return json.dumps({"about": about, "files": files, "path": path}, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def of(cls, text: str) -> Case:
        """A case that was kept."""
        kept = json.loads(text)
        files = {name: content.encode() for name, content in kept["files"].items()}
        path = [
            (Act(kind, *(place or [0]), element, key, said=said), roll)
            for kind, element, key, said, roll, *place in kept["path"]
        ]
        return cls(Drawing(files, (), frozenset()), path)


def acts(player: Reloaded) -> list[Act]:
    """All that can be done next."""
    run = player.run
    found = [Act("complete", place, one.element, one.key) for place, one in enumerate(tasks(run))]
    found += [Act("send", place, one.element, message=one.message) for place, one in enumerate(waits(run))]
    found += [Act("retry", place, one.element) for place, one in enumerate(failures(run))]
    return [*found, Act("tick")] if player.moved.timers else found


def by_dice(dice: Random, drawing: Drawing) -> Chooser:
    """Choose by dice what is done and said; each act says, too, which it was: nobody else says the same."""
    numbers = count(1)

    def choose(choices: list[Act]) -> tuple[Act, int]:
        said: dict[str, Any] = {
            "flag": dice.randrange(2) == 1, "n": dice.randrange(4), "answer": dice.choice(["yes", "yes", "no"])
        }  # fmt: skip
        said |= dict.fromkeys(drawing.results, said["answer"])
        act = dice.choice(choices)
        return replace(act, said={**said, f"by_{act.element}": next(numbers)}), dice.randrange(256)

    return choose


def as_before(path: Sequence[tuple[Act, int]]) -> Chooser:
    """Do what was done before, as far as it can be done; what cannot is left out."""
    left = list(path)

    def choose(choices: list[Act]) -> tuple[Act, int] | None:
        while left:
            act, roll = left.pop(0)
            same = [one for one in choices if (one.kind, one.element, one.key) == (act.kind, act.element, act.key)]
            if same:  # of several that are alike, the one in the same place
                one = next((one for one in same if one.place == act.place), same[0])
                return replace(one, said=act.said), roll
        return None

    return choose


def walk(choose: Chooser, drawing: Drawing, referees: Sequence[Referee] = ()) -> Iterator[tuple[Act, int]]:
    """Take a path, and compare after each step; gives what is done before it is done."""
    world = World()
    kept, reloaded = Kept(drawing, world), Reloaded(drawing, world)
    judges = [made(drawing, world) for made in referees]
    while True:
        assert reloaded.seen() == kept.seen()
        for judge in judges:
            judge.compare(reloaded)
        choices = acts(reloaded)
        chosen = choose(choices) if choices and len(choices) <= MOST_OPEN and world.steps < MOST_STEPS else None
        if chosen is None:
            return
        act, roll = chosen
        if act.kind == "tick":
            world.tick(min(timer.due for timer in reloaded.moved.timers))
        world.step(roll)
        yield chosen
        for player in (kept, reloaded, *judges):
            player.do(act)


def play(dice: Random, menu: Menu, referees: Sequence[Referee] = ()) -> Iterator[Case]:
    """A case from its drawing to its end; gives it once, before it is played, and fills in its path."""
    case = Case(drawn(dice, menu))
    yield case
    for step in walk(by_dice(dice, case.drawing), case.drawing, referees):
        case.path.append(step)
