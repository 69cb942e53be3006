"""The demo's command and other people's folders: it empties what it has made itself, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import on_sqlite
from web.__main__ import run
from web.commands.demo import WORDS
from web.people.passwords import check_new_password


@on_sqlite
def test_a_folder_that_is_not_a_demos_is_left_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(data.iterdir())
    for arguments in (["demo", "--data", str(data)], ["demo", "--reset", "--data", str(data)]):
        assert run(arguments) == 1
        assert "is not the folder of a demo" in capsys.readouterr().err
    assert sorted(data.iterdir()) == before


def test_a_damaged_demo_says_how_to_start_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    folder.mkdir(mode=0o700)
    (folder / "demo.begun").touch()
    (folder / "demo.json").write_text("{")
    assert run(["demo", "--data", str(folder), "--port", "0"]) == 1
    assert "--reset" in capsys.readouterr().err


def test_the_demos_passphrases_are_passwords_that_people_may_have() -> None:
    shortest = sorted(WORDS, key=len)[:4]
    assert check_new_password("-".join(shortest), "ines", "Ines Okafor")
    assert len(WORDS) == len(set(WORDS)) >= 60


def test_the_demo_is_prepared_by_a_process_that_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    folder.mkdir(mode=0o700)
    assert run(["demo", "--prepare", "--data", str(folder)]) == 0
    assert "Preparing" in capfd.readouterr().out
    assert (folder / "demo.json").exists()
    assert "is at http" not in capfd.readouterr().out
