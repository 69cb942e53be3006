"""A record on paper: PDF/A-3b by Typst, with the canonical JSON attached; same record, same bytes.

What people wrote goes to the layout as JSON and is never read as markup. The layout is code, and comes with the bundle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.errors import EngineError, Refused
from engine.ledger.records import Record
from engine.ledger.signatures import Signed

ATTACH = b"""
#pdf.attach("record.json", bytes(sys.inputs.canonical), relationship: "source", mime-type: "application/json",
  description: "The canonical JSON (RFC 8785) that the record's SHA-256 and its signatures are over")
"""
"""Added to every layout, so that none can leave the attachment out."""

REMARK = b"""
#if json(bytes(sys.inputs.record)).at("remark", default: "") != "" {
  block(above: 1.6em, width: 100%, inset: 8pt, stroke: 0.8pt, json(bytes(sys.inputs.record)).remark)
}
"""
"""Added to every layout, so that none can leave out what has to be said of where the record comes from."""

PACKAGE = re.compile(rb"""["']@[\w-]+/""")
NO_GLYPH = "could not be displayed"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Controls that turn the direction of the text around them: printed, they could make it read as something else."""


class _NotCompiled(EngineError):
    """The layout cannot be compiled."""


def print_record(
    record: Record,
    signatures: Sequence[Signed],
    layout: bytes,
    *,
    names: Mapping[str, str] | None = None,
    organisation: str = "",
    project: str = "",
    remark: str = "",
    readable: Callable[[Any, str], Any] | None = None,
    beside: Sequence[Record] = (),
    behind: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The record and its signatures as a PDF/A-3b file by this layout, with its canonical JSON attached.

    The file depends on the arguments only: it is dated by the last signature, or else by the sealing. `names` gives
    the printed name of a person's id; `remark` is printed in a frame at the end, whatever the layout; `readable` says
    a value in words, given its label, its column or its heading; `beside` are records that are printed behind it, each
    under its own hash, and `behind` are sections that follow, which no hash covers. It takes some 30 ms, so keep it out
    of transactions that write.
    Raises Refused when the layout cannot print it, with the layout's own complaint.
    """
    if PACKAGE.search(layout):
        raise Refused("The layout imports a package. A layout must stand by itself: copy what it needs into it.")
    facts = {**_facts(record, signatures, names or {}, organisation, project), "remark": remark}
    facts["sections"] = [*facts["sections"], *(part for one in beside for part in _behind(one)), *behind]
    if readable is not None:
        facts["sections"] = [_read(section, readable) for section in facts["sections"]]
    dated = max([*(one.sealed_at for one in (record, *beside)), *(one.at for one in signatures)])
    try:
        return _compile(layout, _plain(facts, TURNING.findall(_words(facts))), record.text, dated)
    except _NotCompiled as error:
        if NO_GLYPH not in str(error):
            raise Refused(f"The layout cannot print this record: {error}.") from error
    strange = {one for one in _words(facts) if not _prints(one)} | set(TURNING.findall(_words(facts)))
    try:
        return _compile(layout, _plain(facts, strange), record.text, dated)
    except _NotCompiled as error:
        raise Refused(f"The layout cannot print this record: {error}.") from error


def _compile(layout: bytes, facts: Mapping[str, Any], canonical: str, dated: datetime) -> bytes:
    """Compile in an empty folder: there is nothing to read, and the fonts are those that Typst brings."""
    import typst  # noqa: PLC0415  it takes 7 MB, which a server that prints nothing need not hold

    with TemporaryDirectory(prefix="milepost-") as root:
        try:
            return typst.compile(
                layout + REMARK + ATTACH,
                root=Path(root),
                font_paths=[],
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs={"record": json.dumps(facts), "canonical": canonical},
                pdf_standards=["a-3b"],
                package_path=Path(root),
                package_cache_path=Path(root),
                timestamp=int(dated.timestamp()),
            )
        except typst.TypstError as error:
            raise _NotCompiled(error.message) from error


def _facts(
    record: Record, signatures: Sequence[Signed], names: Mapping[str, str], organisation: str, project: str
) -> dict[str, Any]:
    """Everything that a layout can print."""
    envelope = json.loads(record.text)
    return {
        "organisation": organisation,
        "project": project or record.subject,
        "type": record.type,
        "number": record.number,
        "title": record.title,
        "key": record.key,
        "revision": record.revision,
        "clauses": list(record.clauses),
        "sha256": record.sha256,
        "supersedes": envelope["supersedes"],
        "superseded": record.superseded,
        "sealed_at": _utc(record.sealed_at),
        "sealed_by": names.get(record.sealed_by, record.sealed_by)
        + (f" for {record.behalf_name}" if record.behalf else ""),
        "sections": record.content["sections"],
        "signatures": [_signature(one) for one in signatures],
        "replaced": False,
    }


def _behind(record: Record) -> list[Mapping[str, Any]]:
    """The sections of a record that is printed behind another, under its title and hash."""
    text = f"A record of its own, {record.number}, sealed {_utc(record.sealed_at)} under SHA-256\n{record.sha256}"
    return [{"heading": f"{record.title}, revision {record.revision}", "text": text}, *record.content["sections"]]


def _read(section: Mapping[str, Any], readable: Callable[[Any, str], Any]) -> dict[str, Any]:
    """A section with its values in words."""
    found = dict(section)
    if "text" in found:
        found["text"] = readable(found["text"], found["heading"])
    found["fields"] = [{**one, "value": readable(one["value"], one["label"])} for one in found.get("fields", ())]
    if table := found.get("table"):
        columns = table["columns"]
        rows = [[readable(cell, name) for cell, name in zip(row, columns, strict=True)] for row in table["rows"]]
        found["table"] = {"columns": columns, "rows": rows}
    return found


def _signature(one: Signed) -> dict[str, Any]:
    return {
        "name": one.printed,
        "role": one.role,
        "meaning": one.meaning,
        "at": _utc(one.at),
        "sha256": one.sha256,
        "comment": one.comment,
        "void": one.void,
    }


def _utc(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M:%S} UTC"


def _words(facts: Any) -> str:
    """Every character of every text that could be printed, once."""
    return "".join(sorted(set(_texts(facts))))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield from value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _plain(facts: dict[str, Any], strange: Iterable[str]) -> dict[str, Any]:
    """The facts with each strange character as its Unicode number in brackets."""
    numbers = {ord(one): f"[U+{ord(one):04X}]" for one in strange}
    return {**_without(facts, numbers), "replaced": True} if numbers else facts


def _without(value: Any, numbers: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(numbers)
    if isinstance(value, Mapping):
        return {name: _without(one, numbers) for name, one in value.items()}
    return [_without(one, numbers) for one in value] if isinstance(value, list) else value


@lru_cache(maxsize=10_000)
def _prints(character: str) -> bool:
    """Whether Typst's own fonts can print a character under PDF/A, which forbids empty boxes."""
    if (character.isascii() and character.isprintable()) or character in "\n\t":
        return True
    try:
        _compile(b"#json(bytes(sys.inputs.record)).one", {"one": character}, "{}", datetime(2026, 1, 1, tzinfo=UTC))
    except _NotCompiled:
        return False
    return True
