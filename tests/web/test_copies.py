"""Backup and restore: whole or not at all, while Milepost runs, and verified afterwards."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import on_sqlite
from tests.factories import add_account
from web.__main__ import run
from web.secret import hold_data

pytestmark = on_sqlite


@pytest.fixture
def copy(app: Flask, people: dict[str, str], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a Milepost with four people, made while somebody is writing."""
    monkeypatch.setenv("MILEPOST_DATA", str(data))
    file = tmp_path / "copy.milepost"
    with closing(sqlite3.connect(data / "milepost.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE account SET failures = 3")
        assert run(["backup", str(file)]) == 0
        other.execute("ROLLBACK")
    return file


def logins(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT login FROM account ORDER BY login")]


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
        assert sorted(packed.namelist()) == ["manifest.json", "milepost.sqlite"]
        manifest = json.loads(packed.read("manifest.json"))
    assert set(manifest) == {"format", "made_at", "version", "events", "bytes", "sha256"}
    assert manifest["events"] > 0


def test_a_backup_never_replaces_a_file(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = copy.read_bytes()
    assert run(["backup", str(copy)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert copy.read_bytes() == before


def test_restored_elsewhere_everything_is_there_and_verifies(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert run(["restore", str(copy), "--data", str(other)]) == 0
    said = capsys.readouterr().out
    assert "Everything fits together." in said
    assert "cannot be seen" in said
    assert logins(other / "milepost.sqlite") == ["ada", "paula", "sam", "tom"]
    assert (other / "secret").exists()


def test_a_database_that_is_there_is_replaced_only_by_force_and_kept(
    copy: Path, app: Flask, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        add_account("nina", "Nina Neu")
    assert run(["restore", str(copy)]) == 1
    assert "--force" in capsys.readouterr().err
    assert "nina" in logins(data / "milepost.sqlite")
    assert run(["restore", str(copy), "--force"]) == 0
    assert "nina" not in logins(data / "milepost.sqlite")
    kept = [path for path in data.glob("milepost.sqlite.2*") if not path.name.endswith(("-wal", "-shm"))]
    assert len(kept) == 1
    assert "nina" in logins(kept[0])


def test_nothing_is_restored_under_a_running_milepost(
    copy: Path, app: Flask, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold_data(app.extensions["milepost"].config):
        assert run(["restore", str(copy), "--force"]) == 1
    assert "stop it first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda parts: parts.update({"milepost.sqlite": parts["milepost.sqlite"] + b"x"}), "another hash"),
        (lambda parts: parts.pop("manifest.json"), "is no backup"),
        (lambda parts: parts.update({"manifest.json": b"[1]"}), "not made by this Milepost"),
        (lambda parts: parts.update({"manifest.json": b"{"}), "is no backup"),
        (lambda parts: parts.pop("milepost.sqlite"), "is no backup"),
    ],
)
def test_a_damaged_backup_changes_nothing(
    copy: Path, data: Path, change: Callable, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(copy, change)
    before = logins(data / "milepost.sqlite")
    assert run(["restore", str(copy), "--force"]) == 1
    assert says in capsys.readouterr().err
    assert logins(data / "milepost.sqlite") == before


def test_half_a_file_is_no_backup(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy.write_bytes(copy.read_bytes()[:5000])
    assert run(["restore", str(copy), "--data", str(tmp_path / "other")]) == 1
    assert "is no backup" in capsys.readouterr().err
    assert not (tmp_path / "other" / "milepost.sqlite").exists()


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
