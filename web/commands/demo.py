"""`demo`: a prepared Milepost in a folder of its own, with a real history replayed through the real processes."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from engine import THE_SYSTEM, Clock, Unit
from web.commands.opening import opened, settings
from web.commands.serving import run_server
from web.config import ROOT, Config
from web.errors import DataUnusable
from web.people import ORGANISATION_ROLES, account, add_person, set_password
from web.secret import hold_data, open_data, write_private
from web.work import reading, wall_clock, work

WORDS = (
    "amber anchor apple autumn basket beacon birch bridge bronze candle canyon cedar cherry cloud clover copper coral "
    "cotton desert ember falcon feather forest garden glacier granite harbour hazel island ivory jasper juniper kettle "
    "lantern lemon linen maple marble meadow mirror moss nectar north oasis olive orchard otter paper pebble pepper "
    "pine quartz quiet raven ribbon river saddle sail silver stone summer thistle timber tulip valley velvet walnut "
    "willow winter"
).split()


@dataclass(frozen=True)
class Demo:
    """What a prepared demo remembers beside its database: the password that everybody in it has."""

    passphrase: str


@click.command(short_help="Look around: a prepared Milepost.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help="Default: $MILEPOST_PORT, or 8000. 0 takes a free one."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "var" / "demo",
    metavar="DIR",
    help="Folder of the demo's data. Default: var/demo in the checkout.",
)
@click.option("--reset", is_flag=True, help="Throw the demo's data away and prepare it anew.")
@click.option("--prepare", "only", is_flag=True, help="Prepare the demo and stop; the next start serves it.")
def demo(port: int | None, data: Path, reset: bool, only: bool) -> None:
    """Serve a demo on 127.0.0.1: two projects with a real history, people to sign in as, tasks to work on.

    The first start replays the history through the processes, which takes less than a minute; later starts keep what
    you did. All people are invented. They share one password, which is made for this folder and printed at each start.
    """
    config = replace(settings(data, port=port), host="127.0.0.1")
    open_data(config)
    if reset or not _file(config).exists():
        _clear(config)
    if only:
        with opened(config, new=True):
            _prepared(config) or prepare(config)
        return
    prepared = _prepared(config) or _prepare_apart(config)
    with opened(config, new=True) as app:
        run_server(app, config, lambda address: _announce(address, prepared))


def _prepare_apart(config: Config) -> Demo:
    """Prepare in a process that ends with it: the server does not carry the memory that the replay took."""
    command = [sys.executable, "-m", "web", "demo", "--prepare", "--data", str(config.data.absolute())]
    with subprocess.Popen(command, cwd=ROOT) as child:
        try:
            code = child.wait()
        except KeyboardInterrupt:  # the terminal has told the child too, which says that it stopped
            raise click.exceptions.Exit(child.wait()) from None
    if code:
        raise click.exceptions.Exit(code)
    prepared = _prepared(config)
    if prepared is None:
        raise DataUnusable(f"{config.data} was emptied while the demo was prepared. Start again.")
    return prepared


def prepare(config: Config) -> Demo:
    """Replay the history, and give everybody in it an account with one password. Inside the app's context."""
    from processes.demo import PEOPLE, replay  # noqa: PLC0415  only the demo needs the history

    with click.progressbar(length=100, label="Preparing the demo") as bar:
        today = wall_clock().date()
        replay(unit_at, lambda done, total: bar.update(max(0, done * 100 // max(total, 1) - bar.pos)), today)
    made = Demo("-".join(secrets.choice(WORDS) for _ in range(4)))
    with work() as unit:
        for persona in PEOPLE:
            give_account(unit, persona, made.passphrase)
    write_private(_file(config), json.dumps({"passphrase": made.passphrase}).encode())
    return made


@contextmanager
def unit_at(clock: Clock) -> Iterator[Unit]:
    """A unit of work whose present is the clock's; committed at its end."""
    with work() as unit:
        yield replace(unit, clock=clock)


def give_account(unit: Unit, persona: Any, passphrase: str) -> None:
    """An account for somebody of the history, who is known to the engine already."""
    roles = frozenset({persona.role}) & frozenset(ORGANISATION_ROLES.values())
    add_person(unit, persona.login, persona.name, THE_SYSTEM, roles=roles, person=persona.id)
    unit.session.flush()
    set_password(unit, persona.id, passphrase, THE_SYSTEM)


def _announce(address: str, prepared: Demo) -> None:
    from processes.demo import PEOPLE  # noqa: PLC0415

    click.echo(f"\nMilepost's demo is at {address}\n")
    click.echo(f"Sign in as one of these, password: {prepared.passphrase}\n")
    for persona in PEOPLE:
        found = account(reading(), person=persona.id)
        if found is not None and found.active:
            click.echo(f"  {found.login:<10}{persona.role:<18}{persona.name}, {persona.remark}")
    click.echo("\nCtrl-C stops it; the data stay. Start anew with --reset.")


def _file(config: Config) -> Path:
    return config.data / "demo.json"


def _prepared(config: Config) -> Demo | None:
    try:
        return Demo(**json.loads(_file(config).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise DataUnusable(f"{_file(config)} is damaged. Start with --reset.") from None


def _clear(config: Config) -> None:
    """Empty the folder of a demo, or of a demo whose preparation was interrupted; nobody else's."""
    marker = config.data / "demo.begun"
    present = sorted(config.data.iterdir())
    if present and not marker.exists():
        raise DataUnusable(f"{config.data} is not the folder of a demo. Choose another: --data DIR")
    if present:
        with hold_data(config, alone=True):
            for path in present:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    marker.touch()
