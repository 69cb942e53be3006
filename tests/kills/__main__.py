"""`python -m tests.kills`: many rounds on one database or on both; exits 1 if anything is lost or happens twice."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom

from tests.databases import Files, Kept, Served, opened
from tests.kills.judging import judge, look
from tests.kills.load import BROKEN
from tests.kills.questions import prepare
from tests.kills.rounds import live_through
from tests.server import running_server
from web.logs import set_up_logs
from web.migrations import upgrade


@contextlib.contextmanager
def new_database(kind: str) -> Iterator[Kept]:
    """A data folder and a database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="milepost-kills-") as folder, contextlib.ExitStack() as ending:
        made = Files(Path(folder)) if kind == "sqlite" else Served(Path(folder), ending.enter_context(running_server()))
        kept = Kept(Path(folder), made.new(Path(folder)))
        engine = opened(kept.database)
        upgrade(engine)
        engine.dispose()
        yield kept


def run(kind: str, rounds: int, seed: int, *, quiet: bool) -> list[str]:
    """Live through the rounds on one kind of database, say in one line how it went, and give what is wrong."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    say(f"{kind}: {rounds} rounds, seed {seed}")
    with new_database(kind) as kept:
        prepared = prepare(kept)
        course = live_through(prepared, rounds, seed, (lambda _text: None) if quiet else say)
        found = look(prepared)
    wrong = judge(found, course.heard)
    kills, done, told = sum(course.kills.values()), len(found.submitted), len(course.heard.acknowledged)
    print(
        f"{kind}: {rounds} rounds, {kills} processes killed, {course.heard.answers[BROKEN]} answers cut off; "
        f"{done} completions, {done - told} of them never acknowledged, "
        f"{sum(found.events.get('timer.fired', {}).values())} timers, {sum(found.letters.values())} jobs; "
        f"{'nothing lost, nothing twice' if not wrong else 'WRONG'}; {course.seconds:.0f} s, seed {seed}",
        flush=True,
    )
    return wrong


def main() -> int:
    """Read the arguments, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="kills on one database; default 200")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="default: one, the other")
    parser.add_argument("--seed", type=int, help="repeats the instants of another run, as far as the machine allows")
    parser.add_argument("--quiet", action="store_true", help="only the results")
    asked = parser.parse_args()
    set_up_logs("text", quiet=True)
    seed = asked.seed if asked.seed is not None else SystemRandom().randrange(10**6)
    wrong = [
        f"{kind}: {one}"
        for kind in asked.database or ("sqlite", "postgresql")
        for one in run(kind, asked.rounds, seed, quiet=asked.quiet)
    ]
    for one in wrong:
        print(one)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
