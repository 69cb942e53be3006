"""Checking a bundle, and deploying it as the next version of its processes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import func, select

from engine import bpmn
from engine.bundle import MAXIMUM, Bundle
from engine.definitions import keep
from engine.errors import DiagramRefused, Refused
from engine.ledger import log
from engine.schedule import arm
from engine.tables import BundleFileRow, BundleRow, DefinitionRow
from engine.unit import Unit
from engine.values import Actor, Finding
from forms import FormRefused, compile_form


@dataclass(frozen=True)
class Deployed:
    """What a deployment made: the bundle's id, its version, and the definition of each process."""

    bundle: str
    version: int
    definitions: Mapping[str, str]
    findings: tuple[Finding, ...] = ()


def check(unit: Unit, bundle: Bundle) -> tuple[Finding, ...]:
    """All that is wrong with a bundle, at once: its diagrams, tables and forms, and what the procedure itself says."""
    findings = [
        Finding(None, "too-large", "error", f"{path} is larger than 2 MB. Split it.", path)
        for path, content in bundle.files.items()
        if len(content) > MAXIMUM
    ]
    if findings:
        return tuple(findings)
    procedure = unit.procedure
    findings += bpmn.check(
        bundle.diagrams,
        forms={name: _fields(bundle.files[path]) for name, path in bundle.forms.items()},
        steps=procedure.steps.keys(),
        functions=procedure.functions.keys(),
    )
    for path in bundle.forms.values():
        try:
            compile_form(bundle.files[path])
        except FormRefused as refused:
            findings += [Finding(one.component, one.rule, "error", one.sentence, path) for one in refused.findings]
    findings += procedure.check(bundle.files)
    return tuple(findings)


def _fields(content: bytes) -> tuple[str, ...] | None:
    """The names of the answers that a form asks for, None when it cannot be read."""
    try:
        return compile_form(content).names()
    except FormRefused:
        return None


def deploy(unit: Unit, bundle: Bundle, by: Actor) -> Deployed:
    """Make the bundle the newest version of each of its processes. Running instances stay on theirs.

    Raises DiagramRefused with all findings, and Refused when these very bytes are the newest version already.
    """
    findings = check(unit, bundle)
    if any(finding.refuses for finding in findings):
        raise DiagramRefused(findings)
    prepared = bpmn.prepare(bundle.diagrams)
    if not prepared:
        raise Refused("There is no executable process in this bundle. Mark one as executable.")
    digest = bundle.digest
    session, now = unit.session, unit.clock()
    last = session.scalars(
        select(BundleRow).where(BundleRow.key == bundle.key).order_by(BundleRow.version.desc()).limit(1)
    ).first()
    if last is not None and last.digest == digest:
        raise Refused(f"Nothing has changed: this is version {last.version}, which is deployed already.")
    highest = session.scalar(
        select(func.max(DefinitionRow.version)).where(DefinitionRow.process.in_(list(prepared)))
    )
    version = max(last.version if last else 0, highest or 0) + 1
    row = BundleRow(
        id=uuid4().hex,
        key=bundle.key,
        version=version,
        title=bundle.title,
        edition=bundle.edition,
        reason=bundle.reason,
        digest=digest,
        deployed_at=now,
    )
    files = [
        BundleFileRow(bundle_id=row.id, path=path, sha256=hashlib.sha256(content).hexdigest(), content=content)
        for path, content in sorted(bundle.files.items())
    ]
    definitions = [
        DefinitionRow(
            id=uuid4().hex,
            bundle_id=row.id,
            process=one.process,
            version=version,
            name=one.name,
            file=one.file,
            digest=hashlib.sha256(f"{digest}:{one.process}".encode()).hexdigest(),
            deployed_at=now,
        )
        for one in prepared.values()
    ]
    log(
        unit,
        "bundle.deployed",
        "bundle",
        row.id,
        by,
        new={"version": version, "digest": digest, "processes": sorted(prepared)},
        reason=bundle.reason,
        row=[row, *files, *definitions],
    )
    session.flush()
    arm(unit, [(one, prepared[one.process]) for one in definitions])
    keep(row.id, bundle, prepared)
    return Deployed(row.id, version, {one.process: one.id for one in definitions}, findings)
