"""Settles what is asked before anything is validated: which fields are hidden, which values fixed, which rows exist.

Conditions see the answers as they were given (numbers as numbers, boxes as true or false, blanks as null), above them
the context; inside a repeating group also the row's own answers, `this` and `parent`. A value that does not belong to a
component of the form is never seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import Surroundings, read_amount, ticked
from .components import SOME_OF, TEXTS, Component, asking, put_at, value_at
from .dates import as_iso, iso_moment
from .errors import ExpressionFailed
from .values import Upload


@dataclass(frozen=True, slots=True)
class Unusable:
    """Stands for rows that cannot be read, with the sentence that says so."""

    sentence: str


class _Hidden:
    """Stands for the answer of a field that is not asked."""

    def __repr__(self) -> str:
        return "HIDDEN"


HIDDEN = _Hidden()


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer as given, with what its rules may look at."""

    raw: Any
    around: Surroundings


@dataclass(slots=True)
class Settled:
    """The tree of answers to validate, and the components that are hidden, by (name of the row, component id)."""

    data: dict[str, Any] = field(default_factory=dict)
    hidden: set[tuple[str, str]] = field(default_factory=set)
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)


def settle(
    components: tuple[Component, ...], raw: Mapping[str, Any], given: Mapping[str, Any], around: Surroundings
) -> Settled:
    """Settle the whole form; `given` are the values that the form itself begins with (for read-only fields)."""
    settled = Settled()
    settled.data = _scope(components, raw, given, _Level(raw, given, around, "", {}), "", settled)
    return settled


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of answers: the form itself, or one row; `seen` is what its conditions see of it."""

    raw: Any
    given: Any
    around: Surroundings
    prefix: str
    seen: Mapping[str, Any]


def _scope(
    components: tuple[Component, ...], raw: Any, given: Any, above: _Level, prefix: str, settled: Settled
) -> dict[str, Any]:
    seen = look(components, raw, given)
    around = above.around
    names = {**around.names, **seen, "this": seen, "parent": above.seen}
    level = _Level(raw, given, Surroundings(names, around.context, around.choices), prefix, seen)
    out: dict[str, Any] = {}
    _fill(components, level, settled, out, inside_hidden=False)
    return out


def _fill(
    components: tuple[Component, ...], level: _Level, settled: Settled, out: dict[str, Any], inside_hidden: bool
) -> None:
    for component in components:
        hidden = inside_hidden or _is_hidden(component, level, settled)
        if hidden:
            settled.hidden.add((level.prefix, component.id))
        if component.kind == "group":
            _fill(component.components, level, settled, out, hidden)
        elif component.asks:
            if hidden or component.disabled:
                value: Any = HIDDEN
            elif component.kind == "dynamiclist":
                value = Asked(_rows(component, level, settled), level.around)
            else:
                value = Asked(value_at(level.given if component.readonly else level.raw, component.path), level.around)
            put_at(out, component.path, value)


def _is_hidden(component: Component, level: _Level, settled: Settled) -> bool:
    if component.hide is None:
        return False
    try:
        return component.hide.evaluate(level.around.names) is True
    except ExpressionFailed as fault:
        # Shown rather than dropped: nothing a person wrote is lost because a condition could not be worked out.
        name = level.prefix + ".".join(component.path or (component.id,))
        settled.faults[name] = (f"Whether to show this could not be decided. {fault.detail[:200]}",)
        return False


def _rows(component: Component, level: _Level, settled: Settled) -> list[dict[str, Any]] | Unusable:
    rows, first = value_at(level.raw, component.path), value_at(level.given, component.path)
    most, name = component.rules.most_rows, level.prefix + ".".join(component.path)
    first = first if isinstance(first, list) else []
    rows = [] if rows is None or rows == "" else rows
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return Unusable("This could not be read. Reload the page and try again.")
    if component.fixed:
        if len(rows) > len(first):
            return Unusable("These rows are fixed. Reload the page and try again.")
        rows = [*rows, *({} for _ in first[len(rows):])]
    elif len(rows) > most:
        return Unusable(f"Keep at most {most:,} rows.")
    return [
        _scope(component.components, row, first[at] if component.fixed else {}, level, f"{name}.{at}.", settled)
        for at, row in enumerate(rows)
    ]


def look(components: tuple[Component, ...], raw: Any, given: Any) -> dict[str, Any]:
    """The answers of one level as conditions see them."""
    seen: dict[str, Any] = {}
    for component in asking(components):
        value = value_at(given if component.readonly or component.disabled else raw, component.path)
        if component.kind == "dynamiclist":
            rows = value if isinstance(value, list) else []
            first = value_at(given, component.path)
            starts = first if component.fixed and isinstance(first, list) else []
            value = [look(component.components, row, starts[at] if at < len(starts) else {})
                     for at, row in enumerate(rows[:component.rules.most_rows])]
        else:
            value = _plain(component, value)
        put_at(seen, component.path, value)
    return seen


def _plain(component: Component, raw: Any) -> Any:
    kind = component.kind
    if kind == "checkbox":
        return ticked(raw)
    if kind in SOME_OF:
        items = [raw] if isinstance(raw, str) else raw
        return [item for item in items if isinstance(item, str) and item] if isinstance(items, (list, tuple)) else []
    if kind == "number":
        amount = read_amount(raw)
        return None if amount is None else int(amount) if amount == amount.to_integral_value() else float(amount)
    if kind == "datetime":
        return iso_moment(component.subtype, raw)
    text = raw.name if isinstance(raw, Upload) else as_iso(raw)
    return (text.strip() if kind in TEXTS else text) or None if isinstance(text, str) else None
