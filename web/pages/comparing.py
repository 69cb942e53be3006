"""What differs between two revisions of a record, place by place, for people who sign the newer one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Sections = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """One place that differs: what stood there and what stands there now; "" where nothing does."""

    place: str
    old: str
    new: str


def changes(before: Sections, after: Sections) -> list[Change]:
    """Every place where the revisions differ, in the order of the newer one, then what is gone."""
    old, new = dict(_places(before)), dict(_places(after))
    changed = [Change(place, old.get(place, ""), text) for place, text in new.items() if old.get(place, "") != text]
    return changed + [Change(place, text, "") for place, text in old.items() if place not in new and text]


def _places(sections: Sections) -> Iterator[tuple[str, str]]:
    for section in sections:
        heading = section["heading"]
        if section.get("text"):
            yield heading, section["text"]
        for field in section.get("fields", ()):
            yield f"{heading} › {field['label']}", _text(field["value"])
        if "table" in section:
            yield from _cells(heading, section["table"])


def _cells(heading: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Cells by the text of their row's first column, which names the row; its number when two rows share it."""
    seen: dict[str, int] = {}
    for row in table["rows"]:
        seen[row[0]] = seen.get(row[0], 0) + 1
        name = row[0] if seen[row[0]] == 1 else f"{row[0]} ({seen[row[0]]})"
        for column, cell in zip(table["columns"], row, strict=True):
            yield f"{heading} › {name} › {column}", cell


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else str(value)
