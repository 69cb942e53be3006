"""Answers that were given, as label and value: what a submission says to somebody who reads it later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import engine
import processes
from engine import NotFound, Unit
from forms import FormRefused

Line = tuple[str, Any]


def lines(
    unit: Unit, definition: str, form_id: str | None, answers: Mapping[str, Any], names: Mapping[str, str]
) -> list[Line]:
    """(label, value) for each answer, in the order of the form. Ids of people are shown as names.

    A repeating group gives one value: a list with a line for each row. Answers of a form that cannot be read any more
    are shown under their own names.
    """
    try:
        form = engine.form(unit, definition, form_id) if form_id else None
    except (NotFound, FormRefused):
        form = None
    if form is None:
        return [(name, _said(value, names)) for name, value in answers.items()]
    return list(_lines(form.components, answers, names))


def _lines(components: Sequence[Any], answers: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Line]:
    for component in components:
        if component.kind == "group":
            yield from _lines(component.components, answers, names)
        elif component.kind == "dynamiclist":
            rows = _at(answers, component.path)
            if rows:
                yield component.label, [_row(component, row, names) for row in rows if isinstance(row, Mapping)]
        elif component.asks:
            value = _at(answers, component.path)
            if value is not None:
                yield component.label, _said(value, names, {one.value: one.label for one in component.options})


def _row(component: Any, row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    parts = [(label, value) for label, value in _lines(component.components, row, names) if value not in (None, "", [])]
    return " · ".join(f"{label}: {_text(value)}" for label, value in parts)


def _said(value: Any, names: Mapping[str, str], options: Mapping[str, str] | None = None) -> Any:
    if isinstance(value, Mapping) and {"name", "sha256"} <= set(value):
        return str(value["name"])
    if isinstance(value, Mapping):
        return [f"{key}: {_text(part)}" for key, part in value.items()]
    if isinstance(value, list):
        return [_text(_said(part, names, options)) for part in value]
    if not isinstance(value, str):
        return value
    return (options or {}).get(value) or names.get(value) or processes.readable(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "; ".join(_text(part) for part in value)
    return "–" if value is None else str(value)


def _at(answers: Any, path: Sequence[str]) -> Any:
    for name in path:
        answers = answers.get(name) if isinstance(answers, Mapping) else None
    return answers
