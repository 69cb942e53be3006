"""One component of a form, as it is after compiling: every attribute read, checked and given its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from re import Pattern
from types import MappingProxyType
from typing import Any

from .expressions import Expression
from .values import Choice

TEXTS = frozenset({"textfield", "textarea"})
ONE_OF = frozenset({"radio", "select"})
SOME_OF = frozenset({"checklist", "taglist"})
ASKING = TEXTS | ONE_OF | SOME_OF | {"number", "datetime", "checkbox", "filepicker"}
CONTAINERS = frozenset({"group", "dynamiclist"})
SHOWING = frozenset({"text", "table", "separator", "spacer"})

MOST_LINE = 2_000
MOST_TEXT = 50_000
MOST_ROWS = 10_000

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rules:
    """What an answer must keep to. Lengths count UTF-16 units of the trimmed text, as form-js and browsers do."""

    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: Pattern[str] | None = None
    pattern_message: str = ""
    text_kind: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    digits: int | None = None
    increment: Decimal | None = None
    as_text: bool = False
    not_past: bool = False
    earliest: str = ""
    latest: str = ""
    accept: tuple[str, ...] = ()
    multiple: bool = False
    least_rows: int = 0
    most_rows: int = MOST_ROWS


@dataclass(frozen=True, slots=True)
class Component:
    """A component. `path` leads from the nearest repeating group (or the whole form) to its answer; () if it has none.

    `conditional`: it, or a group around it, may be hidden. `initial` names a context value; `choices_key` a list of
    choices; `source` the context value that a table shows.
    """

    id: str
    kind: str
    label: str = ""
    description: str = ""
    path: tuple[str, ...] = ()
    subtype: str = ""
    rules: Rules = Rules()
    hide: Expression | None = None
    conditional: bool = False
    default: Any = None
    initial: str = ""
    readonly: bool = False
    disabled: bool = False
    options: tuple[Choice, ...] = ()
    choices_key: str = ""
    prefix: str = ""
    suffix: str = ""
    columns: int = 12
    row: str = ""
    components: tuple[Component, ...] = ()
    can_change_rows: bool = True
    first_rows: int = 1
    text: str = ""
    source: str = ""
    shown_columns: tuple[tuple[str, str], ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether it takes an answer of its own (a group does not; a repeating group does)."""
        return self.kind in ASKING or self.kind == "dynamiclist"

    @property
    def fixed(self) -> bool:
        """Whether it is a repeating group whose rows come from the context and stay as they are."""
        return self.kind == "dynamiclist" and not self.can_change_rows

    def walk(self) -> Iterator[Component]:
        """This component and all inside it."""
        yield self
        for inner in self.components:
            yield from inner.walk()


def asking(components: tuple[Component, ...]) -> Iterator[Component]:
    """The components that take an answer on this level; groups are entered, repeating groups are not."""
    for component in components:
        if component.kind == "group":
            yield from asking(component.components)
        elif component.asks:
            yield component


def value_at(data: Any, path: tuple[str, ...] | list[str]) -> Any:
    """The value at the end of a path through mappings, or None."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def put_at(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at the end of a path, making the levels before it."""
    for name in path[:-1]:
        data = data.setdefault(name, {})
    data[path[-1]] = value
