"""Checking and walking files and folders, whatever is in them: each file gets a verdict, and none an error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

import engine
import forms
import processes
from engine import Bundle, Finding, Unit, Walk
from web.work import wall_clock

MAXIMUM = 2 * 1024 * 1024
_DRAWN = (".bpmn", ".dmn")
_BEGINNING = 4096
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one file: `deployable` or `refused`, and all findings."""

    file: str
    verdict: str
    findings: tuple[Mapping[str, str | None], ...]


def verdicts(path: Path) -> list[Verdict]:
    """The verdict on each file at a path: a bundle as a whole, a folder of diagrams, or one file."""
    if path.is_dir() and (path / "sop.toml").is_file():
        return _of_bundle(path)
    if not path.is_dir() and (path.parent / "sop.toml").is_file():
        return [one for one in _of_bundle(path.parent) if one.file == str(path)] or _of_files(path)
    return _of_files(path)


def _of_files(path: Path) -> list[Verdict]:
    files = _files(path)
    found: list[Finding] = []
    diagrams = _contents({name: file for name, file in files.items() if file.suffix.lower() != ".form"}, found)
    for name, group in engine.neighbours(diagrams).items():
        found += [one for one in engine.check_diagrams(group) if one.file in (name, "")]
    for name, file in files.items():
        if file.suffix.lower() == ".form":
            found += _of_form(name, file)
    return _sorted_out(path, list(files), found)


def walks(path: Path, answers: Answers) -> list[Walk]:
    """How far each process of each diagram at a path comes."""
    found: list[Finding] = []
    files = {name: file for name, file in _files(path).items() if file.suffix.lower() != ".form"}
    diagrams = _contents(files, found)
    walked = [Walk(one.file, "", "refused", causes=(one.sentence,)) for one in found]
    for name, group in engine.neighbours(diagrams).items():
        walked += [one for one in engine.walk(group, answers, only=name) if one.file == name]
    return [replace(one, file=_named(path, one.file)) for one in walked]


def read_answers(path: Path) -> Answers:
    """The answers in a JSON file. Raises click.BadParameter."""
    try:
        answers = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{path} is not JSON: {error}") from error
    if not isinstance(answers, dict):
        raise click.BadParameter(f"{path} must hold a map of element and variables.")
    return answers


def _files(path: Path) -> dict[str, Path]:
    if not path.is_dir():
        return {path.name: path}
    found = (file for file in sorted(path.rglob("*")) if file.is_file() and _is_wanted(file))
    return {file.relative_to(path).as_posix(): file for file in found}


def _is_wanted(file: Path) -> bool:
    """Whether a file of a folder is a diagram, a table or a form; *.xml is one if its beginning names the standard."""
    suffix = file.suffix.lower()
    if suffix != ".xml":
        return suffix in (*_DRAWN, ".bpmn2", ".form")
    try:
        with file.open("rb") as stream:
            return b"/spec/BPMN/" in stream.read(_BEGINNING).replace(b"\0", b"")
    except OSError:
        return False


def _contents(files: Mapping[str, Path], found: list[Finding]) -> dict[str, bytes]:
    contents = {}
    for name, file in files.items():
        try:
            # One byte more than is accepted tells that there is more; nothing reads a file of any size.
            with file.open("rb") as stream:
                contents[name] = stream.read(MAXIMUM + 1)
        except OSError as error:
            sentence = f"The file cannot be read: {error.strerror}. Check its rights."
            found.append(Finding(None, "file-unreadable", "error", sentence, name))
    return contents


def _of_form(name: str, file: Path) -> list[Finding]:
    found: list[Finding] = []
    for content in _contents({name: file}, found).values():
        try:
            forms.compile_form(content)
        except forms.FormRefused as refused:
            found += [Finding(one.component, one.rule, "error", one.sentence, name) for one in refused.findings]
    return found


def _of_bundle(path: Path) -> list[Verdict]:
    try:
        bundle = Bundle.read(path)
    except engine.Refused as refused:
        return [_verdict(str(path / "sop.toml"), [Finding(None, "no-bundle", "error", str(refused), "")])]
    with Session() as session:
        found = engine.check(Unit(session=session, clock=wall_clock, procedure=processes.procedure()), bundle)
    judged = [name for name in bundle.files if name.endswith((*_DRAWN, ".form"))]
    return _sorted_out(path, judged, found)


def _sorted_out(path: Path, files: Sequence[str], found: Sequence[Finding]) -> list[Verdict]:
    judged = list(dict.fromkeys([*files, *(one.file for one in found)]))
    return [_verdict(_named(path, name), [one for one in found if one.file == name]) for name in judged]


def _verdict(name: str, found: Sequence[Finding]) -> Verdict:
    said = tuple(
        {"element": one.element, "rule": one.rule, "severity": one.severity, "sentence": one.sentence} for one in found
    )
    return Verdict(name, "refused" if any(one.refuses for one in found) else "deployable", said)


def _named(path: Path, name: str) -> str:
    return str(path / name) if path.is_dir() and name else str(path)
