"""Definitions: the processes that are deployed, read from their rows and kept parsed in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from engine import bpmn
from engine.bundle import Bundle
from engine.errors import NotFound
from engine.tables import BundleFileRow, BundleRow, DefinitionRow
from engine.unit import Unit
from forms import Form, compile_form

KEPT = 64
"""Bundles whose parsed diagrams stay in memory."""


@dataclass(frozen=True)
class Definition:
    """One process of a bundle at one version."""

    id: str
    bundle: str
    process: str
    version: int
    name: str
    file: str
    digest: str
    edition: str
    reason: str
    deployed_at: datetime


@dataclass(frozen=True)
class _Parts:
    """A bundle in use: itself, and its processes ready to run."""

    bundle: Bundle
    prepared: Mapping[str, bpmn.Prepared]
    forms: dict[str, Form] = field(default_factory=dict)
    """Those that have been asked for, by their ids."""


_lock = threading.Lock()
_parts: OrderedDict[str, _Parts] = OrderedDict()
_places: dict[str, tuple[str, str, str]] = {}


def keep(bundle_id: str, bundle: Bundle, prepared: Mapping[str, bpmn.Prepared]) -> None:
    """Keep a deployed bundle parsed; the one used longest ago makes room."""
    with _lock:
        _parts[bundle_id] = _Parts(bundle, prepared)
        _parts.move_to_end(bundle_id)
        while len(_parts) > KEPT:
            _parts.popitem(last=False)


def _loaded(unit: Unit, bundle_id: str) -> _Parts:
    """The parts of a bundle; parsed once in each process of the server, since a deployed bundle never changes."""
    with _lock:
        parts = _parts.get(bundle_id)
    if parts is None:
        row = unit.session.get(BundleRow, bundle_id)
        if row is None:
            raise NotFound
        files = unit.session.execute(
            select(BundleFileRow.path, BundleFileRow.content).where(BundleFileRow.bundle_id == bundle_id)
        )
        bundle = Bundle(row.key, row.title, row.edition, {row.path: row.content for row in files}, row.reason)
        parts = _Parts(bundle, bpmn.prepare(bundle.diagrams))
        keep(bundle_id, parts.bundle, parts.prepared)
    return parts


def _place(unit: Unit, definition_id: str) -> tuple[str, str, str]:
    """(bundle id, process id, digest) of a definition."""
    place = _places.get(definition_id)
    if place is None:
        row = unit.session.get(DefinitionRow, definition_id)
        if row is None:
            raise NotFound
        place = _places[definition_id] = (row.bundle_id, row.process, row.digest)
    return place


def prepared(unit: Unit, definition_id: str) -> bpmn.Prepared:
    """A definition, ready to run. Raises NotFound."""
    bundle_id, process, _ = _place(unit, definition_id)
    return _loaded(unit, bundle_id).prepared[process]


def digest(unit: Unit, definition_id: str) -> str:
    """The digest of a definition: of the bytes of its whole bundle, and which process of it."""
    return _place(unit, definition_id)[2]


def elements(unit: Unit, definition_id: str) -> Mapping[str, bpmn.Element]:
    """The nodes of a definition's diagram, by their ids."""
    return prepared(unit, definition_id).elements


def processes_of(bundle: Bundle) -> Mapping[str, bpmn.Prepared]:
    """The processes of a bundle that need not be deployed. Raises DiagramRefused."""
    return bpmn.prepare(bundle.diagrams)


def bundle(unit: Unit, bundle_id: str) -> Bundle:
    """A deployed bundle, byte for byte. Raises NotFound."""
    return _loaded(unit, bundle_id).bundle


def diagram(unit: Unit, definition_id: str) -> bytes:
    """The BPMN file of a definition, as it was deployed."""
    bundle_id, process, _ = _place(unit, definition_id)
    parts = _loaded(unit, bundle_id)
    return parts.bundle.files[parts.prepared[process].file]


def form(unit: Unit, definition_id: str, form_id: str) -> Form:
    """A form of the bundle that a definition belongs to. Raises NotFound."""
    parts = _loaded(unit, _place(unit, definition_id)[0])
    if form_id not in parts.forms:
        path = parts.bundle.forms.get(form_id)
        if path is None:
            raise NotFound(f"The form {form_id} is not part of this bundle.")
        parts.forms[form_id] = compile_form(parts.bundle.files[path])
    return parts.forms[form_id]


def _definition(row: DefinitionRow, head: BundleRow) -> Definition:
    return Definition(
        row.id, row.bundle_id, row.process, row.version, row.name, row.file, row.digest,
        head.edition, head.reason, row.deployed_at,
    )  # fmt: skip


def definitions(unit: Unit, process: str | None = None) -> list[Definition]:
    """Definitions, newest first; of one process, or of all."""
    query = select(DefinitionRow, BundleRow).join(BundleRow, BundleRow.id == DefinitionRow.bundle_id)
    if process is not None:
        query = query.where(DefinitionRow.process == process)
    rows = unit.session.execute(query.order_by(DefinitionRow.process, DefinitionRow.version.desc()))
    return [_definition(row, head) for row, head in rows]


def definition(unit: Unit, definition_id: str) -> Definition:
    """One definition. Raises NotFound."""
    row = unit.session.get(DefinitionRow, definition_id)
    if row is None:
        raise NotFound
    head = unit.session.get(BundleRow, row.bundle_id)
    assert head is not None
    return _definition(row, head)


def newest(unit: Unit, process: str) -> Definition:
    """The newest version of a process, which new instances run on. Raises NotFound."""
    found = definitions(unit, process)
    if not found:
        raise NotFound(f"No process called {process} is deployed.")
    return found[0]


def newest_ids(unit: Unit) -> Sequence[str]:
    """The ids of the newest definition of each process."""
    top = select(DefinitionRow.process, func.max(DefinitionRow.version).label("version")).group_by(
        DefinitionRow.process
    ).subquery()
    return unit.session.scalars(
        select(DefinitionRow.id).join(
            top, (top.c.process == DefinitionRow.process) & (top.c.version == DefinitionRow.version)
        )
    ).all()
