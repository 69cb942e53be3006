"""The marshmallow schema of a compiled form: one nested schema for each level, every error gathered at its field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing

from .answers import read_answer
from .components import Component, asking, put_at
from .settling import HIDDEN, Asked, Unusable


class _Answer(fields.Field):
    """One answer, read by the rules of its component."""

    def __init__(self, component: Component) -> None:
        super().__init__()
        self.component = component

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        if value is HIDDEN or not isinstance(value, Asked):
            return missing
        return read_answer(self.component, value.raw, value.around)


class _Rows(fields.List):
    """The rows of a repeating group."""

    def __init__(self, component: Component) -> None:
        super().__init__(fields.Nested(schema_of(component.components)))
        self.component = component

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        if value is HIDDEN or not isinstance(value, Asked):
            return missing
        rows, rules = value.raw, self.component.rules
        if isinstance(rows, Unusable):
            raise ValidationError([rows.sentence])
        answers = self._deserialize(rows, attr, data, **kwargs)
        if len(rows) < rules.least_rows:
            raise ValidationError([f"Add at least {rules.least_rows} row{'s' if rules.least_rows > 1 else ''}."])
        return answers


def schema_of(components: tuple[Component, ...]) -> Schema:
    """The schema of one level; it holds no state, so one instance serves every request."""
    tree: dict[str, Any] = {}
    for component in asking(components):
        put_at(tree, component.path, _Rows(component) if component.kind == "dynamiclist" else _Answer(component))
    return _level(tree)


def _level(tree: Mapping[str, Any]) -> Schema:
    made = {name: fields.Nested(_level(part)) if isinstance(part, dict) else part for name, part in tree.items()}
    return Schema.from_dict(made)(unknown=EXCLUDE)


def flat_errors(messages: Any, name: str = "") -> dict[str, tuple[str, ...]]:
    """The errors of marshmallow by dotted name: {"milestones.0.name": ("Fill this in.",)}."""
    if isinstance(messages, Mapping):
        found: dict[str, tuple[str, ...]] = {}
        for key, part in messages.items():
            inner = name if key == "_schema" else f"{name}.{key}" if name else str(key)
            for place, lines in flat_errors(part, inner).items():
                found[place] = found.get(place, ()) + lines
        return found
    lines = messages if isinstance(messages, list) else [messages]
    return {name: tuple(str(line) for line in lines)}
