"""`backup` and `restore`: the database as one file with its own hash, made while Milepost runs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from web.commands.evidence import show, verdict_of
from web.commands.opening import data_option, opened, settings, version
from web.config import Config
from web.errors import CopyRefused
from web.secret import hold_data, open_data
from web.work import wall_clock

FORMAT = "milepost backup 1"
PAGES = 2000
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Copy everything into one file.")
@click.argument("file", type=FILE)
@data_option
def backup(file: Path, data: Path | None) -> None:
    """Copy everything into one FILE, also while Milepost runs.

    The file holds the database with its hash, password hashes and all records included: keep it as safe as the data.
    The secret that signs sessions is left out; after a restore a new one is made, and everybody signs in again.
    """
    config = settings(data)
    if not config.database_file.exists():
        raise CopyRefused(f"There is no database {config.database_file} to copy.")
    if file.exists():
        raise CopyRefused(f"{file} exists already. Choose another name.")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".milepost-") as folder:
        copy = Path(folder) / "milepost.sqlite"
        events = _copy_database(config.database_file, copy)
        manifest = {
            "format": FORMAT,
            "made_at": wall_clock().isoformat(),
            "version": version(),
            "events": events,
            "bytes": copy.stat().st_size,
            "sha256": _sha256(copy),
        }
        packed = Path(folder) / "packed"
        _pack(packed, manifest, copy)
        os.link(packed, file)  # in one step, and never over a file that came meanwhile
    click.echo(f"Copied {events} events into {file} ({file.stat().st_size // 1024} kB, SHA-256 {manifest['sha256']}).")


@click.command(short_help="Put a backup in place, and verify it.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that is there.")
@data_option
def restore(file: Path, force: bool, data: Path | None) -> int:
    """Put the database of a backup FILE into the data folder, then verify it. Milepost must not be running on it.

    Refuses to replace a database unless --force is given; then the old one is kept beside it. Exits 1 when the restored
    database does not verify.
    """
    config = settings(data)
    open_data(config)
    if config.database_file.exists() and not force:
        raise CopyRefused(f"There is a database {config.database_file} already. To replace it, add --force.")
    with hold_data(config, alone=True), tempfile.TemporaryDirectory(dir=config.data, prefix=".restore-") as folder:
        fresh = Path(folder) / "milepost.sqlite"
        manifest = _unpack(file, fresh)
        _put_in_place(config, fresh)
    click.echo(f"Restored {manifest['events']} events, as of {manifest['made_at']}.")
    with opened(config) as app:
        verdict = verdict_of(app)
    show(verdict)
    return 0 if verdict.ok else 1


def _copy_database(source: Path, target: Path) -> int:
    """Copy a database that others may be writing to; gives the number of events in the copy."""
    target.touch(mode=0o600)
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=15)) as old, closing(sqlite3.connect(target)) as new:
        total = max(old.execute("PRAGMA page_count").fetchone()[0], 1)
        with click.progressbar(length=total, label="Copying", file=sys.stderr) as bar:
            old.backup(new, pages=PAGES, progress=lambda _status, left, all_: bar.update(all_ - left - bar.pos))
        new.execute("PRAGMA journal_mode=DELETE")
        _sound(new)
        return new.execute("SELECT count(*) FROM event").fetchone()[0]


def _pack(target: Path, manifest: dict[str, Any], database: Path) -> None:
    target.touch(mode=0o600)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        packed.writestr("manifest.json", json.dumps(manifest, indent=2))
        packed.write(database, "milepost.sqlite")


def _unpack(file: Path, target: Path) -> dict[str, Any]:
    """Take the database out of a backup, and hold it against the manifest. Raises CopyRefused."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = json.loads(packed.read("manifest.json"))
            target.touch(mode=0o600)
            with packed.open("milepost.sqlite") as source, target.open("wb") as out:
                shutil.copyfileobj(source, out)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError):
        raise CopyRefused(f"{file} is no backup of Milepost, or is damaged. Nothing was changed.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CopyRefused(f"{file} was not made by this Milepost. Nothing was changed.")
    if manifest.get("sha256") != _sha256(target):
        raise CopyRefused(f"{file} is damaged: its database has another hash than its manifest. Nothing was changed.")
    try:
        with closing(sqlite3.connect(target)) as database:
            _sound(database)
    except sqlite3.DatabaseError:
        raise CopyRefused(f"{file} holds no sound database. Nothing was changed.") from None
    return manifest


def _sound(database: sqlite3.Connection) -> None:
    if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise CopyRefused("The copy is not sound: SQLite's integrity check failed.")


def _put_in_place(config: Config, fresh: Path) -> None:
    """Replace the database; the old one stays beside it under its time."""
    old = config.database_file
    if old.exists():
        kept = old.with_name(f"{old.name}.{wall_clock():%Y%m%dT%H%M%S}")
        for suffix in ("", "-wal", "-shm"):  # what the log holds belongs to the old file
            if (part := old.with_name(old.name + suffix)).exists():
                part.replace(kept.with_name(kept.name + suffix))
        click.echo(f"The database that was there is kept as {kept}.")
    fresh.replace(old)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
