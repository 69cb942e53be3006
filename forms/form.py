"""A compiled form: what it asks, what it begins with, which answers it accepts, and what a page shows of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError

from .answers import Surroundings, ticked
from .components import SOME_OF, Component, asking, put_at, value_at
from .dates import as_iso
from .errors import AnswersRefused
from .expressions import feel
from .prose import places
from .schema import flat_errors
from .settling import Settled, settle
from .values import Choice, Field
from .viewing import Viewing

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Form:
    """One form at one content; `digest` is the SHA-256 of its canonical JSON. Made by compile_form."""

    id: str
    title: str
    digest: str
    components: tuple[Component, ...] = field(repr=False, compare=False)
    _schema: Schema = field(repr=False, compare=False)

    def names(self) -> tuple[str, ...]:
        """The top-level names of the answers, in the order of the form."""
        return tuple(dict.fromkeys(component.path[0] for component in asking(self.components)))

    def choices(self) -> frozenset[str]:
        """The lists of choices that it takes from the project."""
        return frozenset(part.choices_key for part in self._every() if part.choices_key)

    def tables(self) -> frozenset[str]:
        """The context values that its tables and texts show."""
        shown = {name for part in self._every() if part.source for name in feel(part.source).names}
        return frozenset(shown.union(*(place.names for part in self._every() for place in places(part.text))))

    def context_names(self) -> frozenset[str]:
        """Every context value it may look at: shown, begun with, compared with or used by a condition."""
        wanted = set(self.tables())
        for part in self._every():
            wanted |= {name.split(".")[0] for name in (part.initial, part.rules.earliest, part.rules.latest) if name}
            wanted |= part.hide.names if part.hide else set()
            wanted |= {"today"} if part.rules.not_past else set()
        own = {name for part in self._every() for name in part.path[:1] if part.asks}
        begun = {part.initial.split(".")[0] for part in self._every() if part.initial}
        return frozenset((wanted - own | begun) - {"this", "parent"})

    def initial(self, context: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
        """The values it begins with: defaults, and the context values that the custom property `initial` names."""
        return _initial(self.components, context)

    def load(
        self, raw: Mapping[str, Any], *, choices: Mapping[str, Sequence[Choice]] = _NOTHING,
        context: Mapping[str, Any] = _NOTHING,
    ) -> dict[str, Any]:
        """The validated answers, ready for JSON; hidden and disabled fields are left out, read-only ones keep theirs.

        Raises:
            AnswersRefused: with every error by dotted field name.
        """
        settled = self._settled(raw, choices, context)
        errors: dict[str, tuple[str, ...]] = dict(settled.faults)
        answers: dict[str, Any] = {}
        try:
            answers = self._schema.load(settled.data)
        except ValidationError as refusal:
            errors |= flat_errors(refusal.messages)
        if errors:
            raise AnswersRefused(errors)
        return answers

    def fields(
        self, values: Mapping[str, Any] | None = None, *, errors: Mapping[str, Sequence[str]] = _NOTHING,
        choices: Mapping[str, Sequence[Choice]] = _NOTHING, context: Mapping[str, Any] = _NOTHING,
        typed: Collection[str] = (),
    ) -> tuple[Field, ...]:
        """What a page shows of the values given (as typed, or a draft), or of the initial values if None.

        `typed` are the names at the top whose values stand nowhere yet but on the page itself.
        """
        given = self.initial(context)
        raw = given if values is None else values
        settled = self._settled(raw, choices, context)
        lines = {name: tuple(part) for name, part in errors.items()}
        return Viewing(settled, lines, choices, context, typed).fields(self.components, raw, given)

    def _settled(self, raw: Any, choices: Mapping[str, Sequence[Choice]], context: Mapping[str, Any]) -> Settled:
        around = Surroundings(context, context, choices)
        return settle(self.components, raw if isinstance(raw, Mapping) else {}, self.initial(context), around)

    def _every(self) -> list[Component]:
        return [part for component in self.components for part in component.walk()]


def _initial(components: tuple[Component, ...], context: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for component in asking(components):
        named = _plain(value_at(context, component.initial.split("."))) if component.initial else None
        if component.kind == "dynamiclist":
            value: Any = _initial_rows(component, named, context)
        elif named is not None:
            value = named
        else:
            value = deepcopy(component.default)
        if component.kind == "checkbox":
            value = bool(ticked(value))
        elif component.kind in SOME_OF and value is None:
            value = []
        put_at(values, component.path, value)
    return values


def _initial_rows(component: Component, named: Any, context: Mapping[str, Any]) -> list[dict[str, Any]]:
    blank = _initial(component.components, context)
    if not isinstance(named, list):
        # A group whose rows are given by the context has none until the context gives them.
        return [deepcopy(blank) for _ in range(0 if component.initial and component.fixed else component.first_rows)]
    return [_over(blank, row) for row in named if isinstance(row, dict)][:component.rules.most_rows]


def _over(blank: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the context in the shape that the group asks for; other values of the row are left out."""
    made: dict[str, Any] = {}
    for name, value in blank.items():
        own = row.get(name)
        if isinstance(value, dict):
            made[name] = _over(value, own if isinstance(own, Mapping) else {})
        else:
            made[name] = deepcopy(value if own is None else own)
    return made


def _plain(value: Any) -> Any:
    """A context value as answers hold it: dates as ISO text, mappings and lists copied."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return as_iso(value)
