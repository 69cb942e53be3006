"""Turns components and values into the fields that a page shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from .answers import options_of, ticked
from .components import MOST_LINE, MOST_TEXT, ONE_OF, SOME_OF, TEXTS, Component, asking, value_at
from .dates import as_iso, iso_moment
from .errors import ExpressionFailed
from .expressions import feel
from .patterns import MOST_PATTERN_TEXT
from .prose import blocks, shown
from .rows import flatten
from .settling import Settled
from .values import Choice, Field, Option, Row, Upload

_CONTROLS = {"date": "date", "time": "time", "datetime": "datetime-local", "email": "email", "phone": "tel"}
MOST_TABLE_ROWS = 1_000
MOST_EDITED = 400
"""Rows of a group that are shown as fields; more are shown as a whole."""
MOST_OFFERED = 200_000
"""Options in all the lists of a group's rows; with more, it is shown as a whole, too."""
MOST_SHOWN, MOST_FAULTS = 20, 100
"""Rows, and faults, of such a whole that a page shows."""


class Viewing:
    """One page: what was settled, the errors by name, the lists of choices, the context, and which names were typed."""

    def __init__(
        self, settled: Settled, errors: Mapping[str, tuple[str, ...]], choices: Mapping[str, Sequence[Choice]],
        context: Mapping[str, Any], typed: Collection[str],
    ) -> None:
        self.settled = settled
        self.typed = typed
        self.errors = errors
        self.choices = choices
        self.context = context

    def fields(
        self, components: tuple[Component, ...], raw: Any, given: Any, prefix: str = "", place: str = ""
    ) -> tuple[Field, ...]:
        """The fields of one level; `prefix` is the name of the row they are in, with its dot."""
        return tuple(self._field(component, raw, given, prefix, place) for component in components)

    def _field(self, component: Component, raw: Any, given: Any, prefix: str, place: str) -> Field:
        name = prefix + ".".join(component.path) if component.asks else ""
        rules, properties = component.rules, component.properties
        known = {
            "kind": component.kind, "name": name, "id": _id(name or f"{prefix}{component.id}-shown"),
            "label": component.label, "description": component.description, "columns": component.columns,
            "row": component.row, "place": place, "properties": properties, "readonly": component.readonly,
            "disabled": component.disabled, "required": rules.required, "errors": self.errors.get(name, ()),
            "hidden": (prefix, component.id) in self.settled.hidden or properties.get("hidden") == "true",
            "prefix": component.prefix, "suffix": component.suffix,
        }
        if component.kind == "group":
            return Field(**known, children=self.fields(component.components, raw, given, prefix, place))
        if component.kind == "dynamiclist":
            return self._repeating(component, known, raw, given)
        if not component.asks:
            return Field(**known, **self._showing(component))
        fixed = component.readonly or component.disabled
        return self._asking(component, known, value_at(given if fixed else raw, component.path))

    def _repeating(self, component: Component, known: dict[str, Any], raw: Any, given: Any) -> Field:
        first = value_at(given, component.path)
        first = first if isinstance(first, list) else []
        rows = value_at(raw, component.path)
        rows = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        if component.fixed:
            rows = [*rows, *({} for _ in first[len(rows):])][:len(first)]
        known["required"] = component.rules.least_rows > 0
        known["row_label"] = component.properties.get("rowLabel") or component.label
        lists = [part.choices_key for part in component.walk() if part.choices_key]
        offered = len(rows) * sum(len(self.choices.get(key, ())) for key in lists)
        too_many = len(rows) > MOST_EDITED or offered > MOST_OFFERED
        if too_many and component.can_change_rows and "." not in known["name"]:
            return self._whole(component, known, rows)
        return Field(**known, can_change_rows=component.can_change_rows, rows=tuple(
            self._row(component, known, at, row, first[at] if component.fixed else {})
            for at, row in enumerate(rows[:component.rules.most_rows])
        ))

    def _whole(self, component: Component, known: dict[str, Any], rows: list[Any]) -> Field:
        """A group with too many rows to be changed on the page. What was typed goes back with it; the rest is kept."""
        carried = tuple(flatten(rows, known["name"])) if known["name"] in self.typed else ()
        parts = [part for part in asking(component.components) if part.kind != "dynamiclist"]
        labels = {".".join(part.path): part.label for part in parts}
        faults = []
        for name, sentences in self.errors.items():
            top, _, rest = name.partition(".")
            at, _, inner = rest.partition(".")
            if top == known["name"] and at.isdigit():
                place = f"{known['row_label']} {int(at) + 1}" + (f", {labels.get(inner, inner)}" if inner else "")
                faults += [f"{place}{'' if place.endswith('?') else ':'} {said}" for said in sentences]
        more = [f"And {len(faults) - MOST_FAULTS} more like these."] if len(faults) > MOST_FAULTS else []
        known["errors"] = (*known["errors"], *faults[:MOST_FAULTS], *more)
        return Field(
            **known, whole=len(rows), carried=carried, headers=tuple(labels.values()),
            cells=tuple(tuple(shown(value_at(row, part.path)) for part in parts) for row in rows[:MOST_SHOWN]),
        )  # fmt: skip

    def _row(self, component: Component, known: dict[str, Any], at: int, row: Any, given: Any) -> Row:
        name, label = f"{known['name']}.{at}", f"{known['row_label']} {at + 1}"
        fields = self.fields(component.components, row, given, f"{name}.", label)
        return Row(name, _id(name), at, label, fields, self.errors.get(name, ()))

    def _showing(self, component: Component) -> dict[str, Any]:
        if component.kind == "text":
            return {"blocks": blocks(component.text, self.context)}
        if component.kind != "table":
            return {}
        try:
            rows = feel(component.source).evaluate(self.context)
        except ExpressionFailed:
            rows = None
        paths = [key.split(".") for _, key in component.shown_columns]
        return {
            "headers": tuple(label for label, _ in component.shown_columns),
            "cells": tuple(
                tuple(shown(value_at(row, path)) for path in paths)
                for row in (rows if isinstance(rows, (list, tuple)) else [])[:MOST_TABLE_ROWS]
            ),
        }

    def _asking(self, component: Component, known: dict[str, Any], value: Any) -> Field:
        kind = component.kind
        if kind == "checkbox":
            return Field(**known, value=bool(ticked(value)), control="checkbox", attributes=_demand(component))
        if kind in ONE_OF | SOME_OF:
            return self._choosing(component, known, value)
        if kind == "filepicker":
            items = value if isinstance(value, (list, tuple)) else [value]
            files = tuple(file for file in map(_file, items) if file)
            attributes = {} if files else _demand(component)
            attributes |= {"accept": ",".join(component.rules.accept)} if component.rules.accept else {}
            attributes |= {"multiple": "multiple"} if component.rules.multiple else {}
            return Field(**known, value=files, control="file", attributes=attributes)
        control = {"number": "number", "datetime": _CONTROLS.get(component.subtype, "")}.get(
            kind, _CONTROLS.get(component.rules.text_kind, "text")
        )
        return Field(**known, value=_typed(value), control=control, attributes=self._attributes(component))

    def _choosing(self, component: Component, known: dict[str, Any], value: Any) -> Field:
        values = value if isinstance(value, (list, tuple)) else [value]
        picked = {part for part in values if isinstance(part, str)}
        try:
            options: Sequence[Choice] = options_of(component, self.choices)
        except ValidationError as missing:
            options = ()
            known["errors"] = (*known["errors"], *(line for line in missing.messages if line not in known["errors"]))
        shown_value: Any = sorted(picked) if component.kind in SOME_OF else next(iter(picked), None)
        demand = {} if component.kind in SOME_OF else _demand(component)
        return Field(**known, value=shown_value, attributes=demand, options=tuple(
            Option(f"{known['id']}-o{at}", option.value, option.label, option.value in picked)
            for at, option in enumerate(options)
        ))

    def _attributes(self, component: Component) -> dict[str, str]:
        """HTML attributes that never refuse what the server accepts, nor promise what it refuses."""
        rules, found = component.rules, _demand(component)
        if component.kind in TEXTS:
            most = rules.max_length or (MOST_LINE if component.kind == "textfield" else MOST_TEXT)
            found["maxlength"] = str(min(most, MOST_PATTERN_TEXT) if rules.pattern else most)
            if rules.min_length:
                found["minlength"] = str(rules.min_length)
            if rules.pattern:
                # Browsers match the whole text, form-js searches in it.
                found |= {"pattern": f".*(?:{rules.pattern.pattern}).*"} | (
                    {"title": rules.pattern_message} if rules.pattern_message else {})
        elif component.kind == "number":
            found |= _number_attributes(component)
        elif component.kind == "datetime":
            found |= self._date_attributes(component)
        return found

    def _date_attributes(self, component: Component) -> dict[str, str]:
        """Limits that the context gives; those that other answers give may change while the page is open."""
        if component.subtype != "date":
            return {}
        rules, found = component.rules, {}
        for attribute, name in (("min", rules.earliest), ("max", rules.latest)):
            edge = as_iso(value_at(self.context, name.split("."))) if name else None
            day = iso_moment("date", edge[:10]) if isinstance(edge, str) and not self._is_answer(name) else None
            if day:
                found[attribute] = day
        today = iso_moment("date", self.context.get("today")) if rules.not_past else None
        if today:
            found["min"] = max(today, found.get("min", today))
        return found

    def _is_answer(self, name: str) -> bool:
        return name.partition(".")[0] in self.settled.data


def _demand(component: Component) -> dict[str, str]:
    """`required` for the browser, unless a condition may hide the field before the page is sent."""
    return {"required": "required"} if component.rules.required and not component.conditional else {}


def _number_attributes(component: Component) -> dict[str, str]:
    rules, found = component.rules, {}
    for attribute, edge in (("min", rules.minimum), ("max", rules.maximum)):
        if edge is not None:
            found[attribute] = f"{edge:f}"
    step = rules.increment or (Decimal(1) if rules.digits == 0 else None)
    # A browser counts steps from `min`, the server from 0.
    found["step"] = f"{step:f}" if step and not (rules.minimum or 0) % step else "any"
    return found


def _id(name: str) -> str:
    return "f-" + re.sub(r"[^A-Za-z0-9_-]", "-", name)


def _typed(value: Any) -> str:
    """A value as it stands in an input: what was typed comes back as it was."""
    value = as_iso(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    return "".join(letter for letter in text[:100_000] if not "\ud800" <= letter <= "\udfff")


def _file(value: Any) -> dict[str, Any] | None:
    if isinstance(value, Upload):
        return {"name": value.name, "size": value.size, "sha256": value.sha256}
    if isinstance(value, Mapping) and {"name", "size", "sha256"} <= set(value):
        return {key: value[key] for key in ("name", "size", "sha256")}
    return None
