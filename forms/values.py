"""The values that pass between this room and the others: choices, uploads, findings, and what a page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list: the value that is stored and the label that people read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that the caller has stored; `size` in bytes, `sha256` in lower-case hexadecimal digits."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FormFinding:
    """What is wrong with one component of a form-js schema; `rule` is a short fixed word, `sentence` is for people."""

    component: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Option:
    """One option as a page shows it, with the id of its input."""

    id: str
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, bold or not."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text component. `kind` is paragraph, heading, list or numbers; each line is a tuple of spans."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a repeating group: `name` is “milestones.0”, `index` counts from 0."""

    name: str
    id: str
    index: int
    label: str
    fields: tuple[Field, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """What the page shows of one component.

    `kind` is the form-js type. `name` is the dotted name of the answer, “” where there is none; `id` is unique on the
    page. `control` is the type of an input element. `attributes` are HTML attributes that say the same as the server's
    rules. `columns` counts twelfths of the width. `row` is equal for fields that stand side by side. `place` names the
    row of a repeating group that the field is in; `row_label` names one row of such a group. `whole` counts the rows of
    a group with more of them than people change on a page: it is shown by its first rows as a table, with every fault,
    and whoever takes the answers adds the rows that are kept; `carried` are the names and values of those that are not.
    """

    kind: str
    name: str
    id: str
    label: str = ""
    description: str = ""
    value: Any = None
    errors: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    required: bool = False
    readonly: bool = False
    disabled: bool = False
    hidden: bool = False
    control: str = ""
    prefix: str = ""
    suffix: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Field, ...] = ()
    rows: tuple[Row, ...] = ()
    can_change_rows: bool = False
    row_label: str = ""
    whole: int = 0
    carried: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    headers: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    columns: int = 12
    row: str = ""
    place: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def described_by(self) -> str:
        """The ids for aria-describedby: prefix, suffix, description and error, as far as there are any."""
        parts = {"p": self.prefix, "s": self.suffix, "d": self.description, "e": self.errors}
        return " ".join(f"{self.id}-{mark}" for mark, there in parts.items() if there)

    def everything(self) -> Iterator[Field]:
        """This field and every shown field inside it, in the order of the page."""
        if self.hidden:
            return
        yield self
        for inner in (*self.children, *(f for row in self.rows for f in row.fields)):
            yield from inner.everything()
