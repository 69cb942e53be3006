"""Backup and restore: whole or not at all, while Milepost runs, from any database into any, verified afterwards."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, text

import engine
from engine import Unit
from tests.databases import Databases, Kept, on_sqlite, opened
from tests.factories import PROJECT, SmallProcedure, actor, add_account, small_bundle
from tests.stories.stages import Stages, closed
from web.__main__ import run
from web.secret import hold_data
from web.work import work


@pytest.fixture
def copy(app: Flask, people: dict[str, str], kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a Milepost with four people, made while somebody is writing."""
    monkeypatch.setenv("MILEPOST_DATA", str(kept.folder))
    file = tmp_path / "copy.milepost"
    with looking_at(kept.database) as other:
        other.execute(text("UPDATE account SET failures = 3"))
        assert run(["backup", str(file)]) == 0
        other.rollback()
    let_go(app)
    return file


@contextmanager
def looking_at(url: str) -> Iterator[Connection]:
    """Somebody else at the database."""
    made = opened(url)
    with made.connect() as connection:
        yield connection
    made.dispose()


def let_go(app: Flask) -> None:
    """Milepost is stopped."""
    with app.app_context():
        from web.database import db  # noqa: PLC0415

        db.session.remove()
        db.engine.dispose()


def logins(url: str) -> list[str]:
    with looking_at(url) as connection:
        return list(connection.scalars(text("SELECT login FROM account ORDER BY login")))


def damage(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def test_a_backup_is_one_file_for_its_owner_with_hashes_and_without_the_secret(copy: Path) -> None:
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with zipfile.ZipFile(copy) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        accounts = packed.read("tables/account.jsonl")
        assert {one.split("/")[0] for one in packed.namelist()} == {"manifest.json", "tables"}
    assert set(manifest) == {"format", "made_at", "version", "events", "tables", "sha256"}
    told = {one["name"]: one for one in manifest["tables"]}
    assert told["event"]["rows"] == manifest["events"] > 0
    assert told["account"]["sha256"] == hashlib.sha256(accounts).hexdigest()
    assert [json.loads(line)[told["account"]["columns"].index("failures")] for line in accounts.splitlines()] == [0] * 4


def test_a_backup_never_replaces_a_file(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = copy.read_bytes()
    assert run(["backup", str(copy)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert copy.read_bytes() == before


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_restored_into_either_database_every_row_is_the_same_and_it_goes_on(
    app: Flask,
    kept: Kept,
    people: dict[str, str],
    procedure: SmallProcedure,
    into: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with app.app_context(), work() as unit:
        live(unit, people)
    let_go(app)
    first, second = tmp_path / "first.milepost", tmp_path / "second.milepost"
    monkeypatch.setenv("MILEPOST_DATABASE", kept.database)
    assert run(["backup", str(first), "--data", str(kept.folder)]) == 0
    databases: Databases = request.getfixturevalue(into)
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    url = databases.new(other)
    monkeypatch.setenv("MILEPOST_DATABASE", url)
    assert run(["restore", str(first), "--data", str(other)]) == 0
    said = capsys.readouterr().out
    assert "Everything fits together." in said
    assert "cannot be seen" in said
    assert (other / "secret").exists()
    assert run(["backup", str(second), "--data", str(other)]) == 0
    assert tables_of(second) == tables_of(first)
    made = opened(url)
    with made.begin() as connection:
        columns = "name, correlation, payload, sent_at, status"
        again = text(f"INSERT INTO message ({columns}) SELECT {columns} FROM message RETURNING id")
        assert connection.scalar(again) == 2, "rows are numbered on"
    made.dispose()
    databases.drop(url)


def test_a_whole_project_moves_to_the_other_kind_of_database_and_fits(
    databases: Databases,
    sqlite: Databases,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With plan, baseline, signatures and an open change: days and instants, texts and lists."""
    stages, file = Stages(databases, tmp_path_factory), tmp_path / "project.milepost"
    with stages.kept_in(tmp_path / "office", stages.deciding()) as office:
        config = office.app.extensions["milepost"].config
        closed(office)
        monkeypatch.setenv("MILEPOST_DATABASE", config.database)
        assert run(["backup", str(file), "--data", str(config.data)]) == 0
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    into: Databases = request.getfixturevalue("postgresql") if databases is sqlite else sqlite
    url = into.new(other)
    monkeypatch.setenv("MILEPOST_DATABASE", url)
    assert run(["restore", str(file), "--data", str(other)]) == 0
    assert "Everything fits together." in capsys.readouterr().out
    again = tmp_path / "again.milepost"
    assert run(["backup", str(again), "--data", str(other)]) == 0
    assert tables_of(again) == tables_of(file)
    into.drop(url)


def live(unit: Unit, people: dict[str, str]) -> None:
    """Something of everything: a file, a task, a message kept, text of many kinds."""
    by = actor(people["paula"], "Paula Manager", "Project Manager")
    engine.deploy(unit, small_bundle("Grüß Gott"), by)
    engine.start(unit, "hello", PROJECT, {}, by)
    (task,) = engine.inbox(unit, by)
    engine.attach(unit, task.id, "all bytes.bin", "application/octet-stream", bytes(range(256)), by)
    engine.complete(unit, task.id, {"text": "Hello “you” \\ 'quoted' 日本 🚀"}, by)
    engine.send(unit, "nobody.waits", PROJECT, {"n": 1}, by, keep=True)


def tables_of(file: Path) -> dict[str, str]:
    """Table -> the hash of its rows."""
    with zipfile.ZipFile(file) as packed:
        return {one["name"]: one["sha256"] for one in json.loads(packed.read("manifest.json"))["tables"]}


def test_a_database_that_is_there_is_replaced_only_by_force(
    copy: Path, app: Flask, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        add_account("nina", "Nina Neu")
    let_go(app)
    assert run(["restore", str(copy)]) == 1
    assert "--force" in capsys.readouterr().err
    assert "nina" in logins(kept.database)
    assert run(["restore", str(copy), "--force"]) == 0
    assert "nina" not in logins(kept.database)


@on_sqlite
def test_a_file_that_was_replaced_is_kept(copy: Path, app: Flask, data: Path) -> None:
    with app.app_context():
        add_account("nina", "Nina Neu")
    assert run(["restore", str(copy), "--force"]) == 0
    kept = [path for path in data.glob("milepost.sqlite.2*") if not path.name.endswith(("-wal", "-shm"))]
    assert len(kept) == 1
    assert "nina" in logins(f"sqlite:///{kept[0]}")


def test_nothing_is_restored_under_a_running_milepost(
    copy: Path, app: Flask, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold_data(app.extensions["milepost"].config):
        assert run(["restore", str(copy), "--force"]) == 1
    assert "stop it first" in capsys.readouterr().err


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_nothing_is_restored_while_another_host_is_connected(
    copy: Path, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    with looking_at(kept.database) as other:
        other.execute(text("SELECT 1"))
        other.rollback()
        assert run(["restore", str(copy), "--force"]) == 1
    assert "in use by 1 others. Stop every Milepost" in capsys.readouterr().err
    assert logins(kept.database) == ["ada", "paula", "sam", "tom"]


def change(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({name: parts[name].replace(old, new)})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (change("tables/person.jsonl", b"Ada", b"Eve"), "another hash"),
        (change("manifest.json", b'"events": ', b'"events": 1'), "another hash"),
        (lambda parts: parts.pop("manifest.json"), "is no backup"),
        (lambda parts: parts.update({"manifest.json": b"[1]"}), "is no backup"),
        (lambda parts: parts.update({"manifest.json": b"{}"}), "not made by this Milepost"),
        (lambda parts: parts.update({"manifest.json": b"{"}), "is no backup"),
        (lambda parts: parts.pop("tables/event.jsonl"), "is no backup"),
    ],
)
def test_a_damaged_backup_changes_nothing(
    copy: Path, kept: Kept, change: Callable, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(copy, change)
    before = logins(kept.database)
    assert run(["restore", str(copy), "--force"]) == 1
    assert says in capsys.readouterr().err
    assert logins(kept.database) == before


@on_sqlite
def test_half_a_file_is_no_backup(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy.write_bytes(copy.read_bytes()[:5000])
    assert run(["restore", str(copy), "--data", str(tmp_path / "other")]) == 1
    assert "is no backup" in capsys.readouterr().err
    assert not (tmp_path / "other" / "milepost.sqlite").exists()


@on_sqlite
def test_a_backup_of_an_earlier_version_is_still_restored(
    app: Flask, people: dict[str, str], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    let_go(app)
    content = (data / "milepost.sqlite").read_bytes()
    manifest = {"format": "milepost backup 1", "made_at": "2026-01-01", "events": 5, "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest()}  # fmt: skip
    file = tmp_path / "old.milepost"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("manifest.json", json.dumps(manifest))
        packed.writestr("milepost.sqlite", content)
    assert run(["restore", str(file), "--data", str(tmp_path / "other")]) == 0
    assert logins(f"sqlite:///{tmp_path / 'other' / 'milepost.sqlite'}") == ["ada", "paula", "sam", "tom"]
    damage(file, change("milepost.sqlite", b"SQLite", b"sqlite"))
    assert run(["restore", str(file), "--data", str(tmp_path / "third")]) == 1
    assert "another hash" in capsys.readouterr().err


@on_sqlite
def test_a_restored_database_that_does_not_verify_is_said_so(
    copy: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(data, forged)
    with closing(sqlite3.connect(forged / "milepost.sqlite", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER personal_no_update")
        connection.execute("UPDATE personal SET content = replace(content, 'Ada', 'Eve')")
    file = tmp_path / "forged.milepost"
    assert run(["backup", str(file), "--data", str(forged)]) == 0
    assert run(["restore", str(file), "--data", str(tmp_path / "third")]) == 1
    assert "personal" in capsys.readouterr().out
    assert run(["verify", "--data", str(tmp_path / "third")]) == 1
    assert run(["verify"]) == 0
