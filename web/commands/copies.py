"""`backup` and `restore`: everything as one file, made while Milepost runs, for SQLite and PostgreSQL alike."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, text

from web.commands.evidence import show, verdict_of
from web.commands.opening import data_option, has_database, opened, settings
from web.config import Config
from web.copying import pack, read_manifest, rows_in, unpack
from web.database import only_reading, open_engine
from web.errors import CopyRefused
from web.migrations import current, downgrade_on, upgrade_on
from web.secret import hold_data, open_data
from web.work import wall_clock

OF_SQLITE = "milepost backup 1"
"""What earlier versions wrote: a SQLite database as a file."""
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Copy everything into one file.")
@click.argument("file", type=FILE)
@data_option
def backup(file: Path, data: Path | None) -> None:
    """Copy everything into one FILE, also while Milepost runs.

    The file holds every row with hashes, password hashes and all records included: keep it as safe as the data. It can
    be restored into SQLite and into PostgreSQL, whichever it came from. Jobs that wait are left out: those of timers
    are made anew. So is the secret that signs sessions; after a restore on another machine everybody signs in again.
    """
    config = settings(data)
    if not has_database(config):
        raise CopyRefused(f"There is no database {config.database_name} to copy.")
    if file.exists():
        raise CopyRefused(f"{file} exists already. Choose another name.")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".milepost-") as folder:
        packed = Path(folder) / "packed"
        packed.touch(mode=0o600)
        with (
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
            _looking(config) as at,
            click.progressbar(length=rows_in(at), label="Copying", file=sys.stderr) as bar,
        ):
            manifest = pack(at, archive, wall_clock().isoformat(), bar.update)
        os.link(packed, file)  # in one step, and never over a file that came meanwhile
    size = file.stat().st_size // 1024
    click.echo(f"Copied {manifest['events']} events into {file} ({size} kB, SHA-256 {manifest['sha256']}).")


@click.command(short_help="Put a backup in place, and verify it.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that is there.")
@data_option
def restore(file: Path, force: bool, data: Path | None) -> int:
    """Put what a backup FILE holds into the database, then verify it. Milepost must not be running on it.

    Refuses to replace a database unless --force is given. A SQLite database that was there is kept beside the new one;
    what was in a PostgreSQL database is gone, so make a backup of it before. Exits 1 when what was restored does not
    verify.
    """
    config = settings(data)
    open_data(config)
    if has_database(config) and not force:
        raise CopyRefused(f"There is a database {config.database_name} already. To replace it, add --force.")
    with hold_data(config, alone=True):
        manifest = _restored(config, file)
    click.echo(f"Restored {manifest['events']} events, as of {manifest['made_at']}.")
    with opened(config) as app:
        verdict = verdict_of(app)
    show(verdict)
    return 0 if verdict.ok else 1


def _restored(config: Config, file: Path) -> dict[str, Any]:
    """Put a backup in place, whole or not at all; gives its manifest. Raises CopyRefused."""
    try:
        with zipfile.ZipFile(file) as archive:
            if json.loads(archive.read("manifest.json")).get("format") == OF_SQLITE:
                return _restored_file(config, archive)
            manifest = read_manifest(archive)
            total = sum(one["rows"] for one in manifest["tables"])
            with _replacing(config) as at, click.progressbar(length=total, label="Restoring", file=sys.stderr) as bar:
                unpack(at, archive, manifest, bar.update)
            return manifest
    except CopyRefused as refused:
        raise CopyRefused(f"{file}: {refused}") from None
    except (zipfile.BadZipFile, LookupError, ValueError, TypeError, AttributeError, EOFError):
        raise CopyRefused(f"{file} is no backup of Milepost, or is damaged. Nothing was changed.") from None


@contextmanager
def _looking(config: Config) -> Iterator[Connection]:
    """A transaction that sees one state of the database to its end, whoever writes meanwhile."""
    engine = open_engine(config.database)
    try:
        with only_reading(), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _replacing(config: Config) -> Iterator[Connection]:
    """A transaction on empty tables of this version; at its end they take the place of the database that was there."""
    if not config.on_file:
        with _begun(config.database) as connection:
            _alone(connection)
            if current(connection) is not None:
                downgrade_on(connection, "base")
            upgrade_on(connection)
            yield connection
        return
    with tempfile.TemporaryDirectory(dir=config.data, prefix=".restore-") as folder:
        fresh = Path(folder) / "milepost.sqlite"
        fresh.touch(mode=0o600)
        with _begun(f"sqlite:///{fresh}") as connection:
            upgrade_on(connection)
            yield connection
        _put_in_place(config, fresh)


@contextmanager
def _begun(url: str) -> Iterator[Connection]:
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()  # the last connection to close writes SQLite's log back into the file


def _alone(connection: Connection) -> None:
    """Raises CopyRefused while anybody else is connected to the PostgreSQL database."""
    others = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )
    if others:
        raise CopyRefused(f"The database is in use by {others} others. Stop every Milepost on it first.")


def _restored_file(config: Config, archive: zipfile.ZipFile) -> dict[str, Any]:
    """Put a backup of an earlier version in place, which is a SQLite database."""
    if not config.on_file:
        raise CopyRefused("It was made by an earlier version. Restore it into SQLite, and make a new backup of that.")
    manifest = json.loads(archive.read("manifest.json"))
    with tempfile.TemporaryDirectory(dir=config.data, prefix=".restore-") as folder:
        fresh = Path(folder) / "milepost.sqlite"
        fresh.touch(mode=0o600)
        with archive.open("milepost.sqlite") as source, fresh.open("wb") as out:
            shutil.copyfileobj(source, out)
        if manifest.get("sha256") != _sha256(fresh):
            raise CopyRefused("It is damaged: its database has another hash than its manifest. Nothing was changed.")
        try:
            with closing(sqlite3.connect(fresh)) as database:
                sound = database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise CopyRefused("It holds no sound database. Nothing was changed.")
        _put_in_place(config, fresh)
    return manifest


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
