"""`migrate` as an operator meets it: what would happen, what happened, and exit codes that a script can trust."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

import engine
from engine import THE_SYSTEM
from tests.factories import DIAGRAM, PROJECT, small_bundle
from web.__main__ import run
from web.work import reading, work


@pytest.fixture
def hello(app: Flask, data: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An instance that waits on version 1, while version 2 is there."""
    monkeypatch.setenv("MILEPOST_DATA", str(data))
    with app.app_context():
        with work() as unit:
            engine.deploy(unit, small_bundle(), THE_SYSTEM)
            instance = engine.start(unit, "hello", PROJECT, {}, THE_SYSTEM)
        with work() as unit:
            engine.deploy(unit, small_bundle("Say good day"), THE_SYSTEM)
    return instance


def version(app: Flask, instance: str) -> int:
    with app.app_context():
        return engine.instance(reading(), instance).version


def test_what_would_happen_is_said_and_not_done(app: Flask, hello: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["migrate", "hello", "--to", "2", "--dry-run", "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["instance"], line["outcome"], line["version"]) == (hello, "possible", 1)
    assert line["notes"] == ["“Say hello” is called “Say good day”."]
    assert version(app, hello) == 1


def test_instances_follow_for_a_reason(app: Flask, hello: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["migrate", "hello", "--to", "2"]) == 1
    assert "Say why" in capsys.readouterr().err
    assert run(["migrate", "hello", "--to", "2", "--reason", "Good manners"]) == 0
    assert "migrated" in capsys.readouterr().out
    assert version(app, hello) == 2
    assert run(["migrate", "hello", "--to", "2", "--reason", "Good manners"]) == 0
    assert "No running instance" in capsys.readouterr().out
    assert run(["verify"]) == 0


def test_what_stays_is_an_exit_code_and_a_sentence(
    app: Flask, hello: str, capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    changed = DIAGRAM.replace('"greet"', '"salute"').replace(">greet<", ">salute<")
    bundle = small_bundle()
    with app.app_context(), work() as unit:
        files = {**bundle.files, "hello.bpmn": changed.encode()}
        engine.deploy(unit, engine.Bundle("small", "Small procedure", "1.2", files), THE_SYSTEM)
    words = ["migrate", "hello", "--to", "3", "--reason", "Salutes"]
    assert run(words) == 1
    assert "does not have" in capsys.readouterr().out
    assert version(app, hello) == 1
    assert run([*words, "--map", "greet=salute", "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert line["outcome"] == "migrated"


def test_what_makes_no_sense_is_one_sentence(hello: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words, code, sentence in (
        (["migrate", "hello", "--to", "9"], 1, "no version 9"),
        (["migrate", "nothing", "--to", "1"], 1, "no version 1 of a process called nothing"),
        (["migrate", "hello", "--to", "2", "--map", "greet"], 2, "OLD=NEW"),
    ):
        assert run(words) == code
        assert sentence in capsys.readouterr().err
