"""Records: the list, one revision as people read it, as PDF, and as the canonical JSON that its hash covers."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound as NoSuchPage

import engine
import processes
from engine import Actor, Record
from web.database import db
from web.pages import paging
from web.pages.comparing import changes
from web.pages.sight import in_zone_of, must_see, names, sees, titles, visible
from web.people import current_actor, signed_in
from web.work import milepost, reading

records = Blueprint("records", __name__)

PRINT = 2
"""Counted up when records are printed otherwise than before, so that browsers ask anew."""
LAYOUT = "layouts/record.typ"
"""The file of a bundle that lays a record out for print."""
REPAIRED = (
    "The process instance that this record comes from was repaired, for the first time on {:%Y-%m-%d %H:%M} UTC: it"
    " went otherwise than its diagram says. The instance's page tells by whom and why."
)


@records.get("/records")
@signed_in
def index() -> str:
    """The newest revision of every document that the actor sees, last sealed first; all revisions if asked."""
    unit, actor = reading(), current_actor()
    kind, project = request.args.get("type") or None, request.args.get("project") or None
    subjects = visible(actor)
    if project:
        subjects = [project] if sees(actor, project) else []
    begin = paging.offset()
    found = engine.records(
        unit,
        subjects=subjects,
        type=kind,
        newest=request.args.get("revisions") != "all",
        limit=paging.SIZE + 1,
        offset=begin,
    )
    sheet = paging.sheet(found, begin)
    signed = engine.signatures_on(unit, [one.id for one in sheet.lines])
    return render_template("records/list.html", sheet=sheet, signed=signed, project=project)


@records.get("/records/<record_id>")
@signed_in
def show(record_id: str) -> str:
    """One revision of a record, with its signatures and its place among the revisions."""
    unit = reading()
    record = seen(record_id, current_actor())
    revisions = engine.revisions(unit, record.type, record.subject, record.key)
    before = next((one for one in revisions if one.id == record.supersedes), None)
    task = engine.task(unit, record.task, current_actor()) if record.task else None
    return render_template(
        "records/record.html",
        record=record,
        revisions=revisions,
        newest=revisions[-1],
        before=before,
        differences=changes(before.sections, record.sections) if before else [],
        signatures=engine.signatures(unit, record_id),
        instance=engine.instance(unit, record.instance),
        definition=engine.definition(unit, record.definition),
        task=task,
        decision=processes.decision_on(unit, record),
        provenance=processes.provenance(unit, record),
        events=engine.events(unit, entity="record", entity_id=record_id),
    )


@records.get("/records/<record_id>.json")
@signed_in
def as_json(record_id: str) -> Response:
    """The canonical JSON of the record, byte for byte what its hash covers."""
    record = seen(record_id, current_actor())
    return _sent(Response(record.text.encode(), mimetype="application/json"), record, "json", record.sha256)


@records.get("/records/<record_id>.pdf")
@signed_in
def as_pdf(record_id: str) -> Response:
    """The record as PDF/A with its JSON attached, laid out as its own bundle says. No transaction is open meanwhile."""
    unit = reading()
    record = seen(record_id, current_actor())
    signatures = engine.signatures(unit, record_id)
    repaired = engine.instance(unit, record.instance).repaired_at
    void = sum(not one.valid for one in signatures)
    decision = processes.decision_on(unit, record)
    provenance = processes.provenance(unit, record)
    around = sha256(repr((decision and decision.sha256, provenance)).encode()).hexdigest()[:16]
    tag = f"{PRINT}-{record.sha256}-{len(signatures)}-{void}{'-r' if repaired else ''}-{around}"
    if tag in request.if_none_match:
        return _sent(Response(status=304), record, "pdf", tag)
    bundle = engine.bundle(unit, engine.definition(unit, record.definition).bundle)
    layout = bundle.files.get(LAYOUT)
    if layout is None:
        raise NoSuchPage("The bundle of this record has no layout for print.")
    project, people = titles().get(record.subject, record.subject), dict(names())
    db.session.rollback()
    content = engine.print_record(
        record, signatures, layout, names=people, organisation=milepost().config.organisation, project=project,
        remark=REPAIRED.format(repaired) if repaired else "", readable=processes.readable,
        beside=[decision] if decision else [], behind=provenance,
    )  # fmt: skip
    return _sent(Response(content, mimetype="application/pdf"), record, "pdf", tag)


def seen(record_id: str, actor: Actor) -> Record:
    """A record that the actor sees. Raises NotFound for any other."""
    found = engine.record(reading(), record_id)
    must_see(actor, found.subject)
    in_zone_of(found.subject)
    return found


def _sent(response: Response, record: Record, ending: str, tag: str) -> Response:
    """A download that browsers may keep but must ask about, since signatures can be added or become void."""
    name = f"{record.subject}-{record.number}".replace("/", "-")
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name)
    response.headers.set(
        "Content-Disposition", "inline" if ending == "pdf" else "attachment", filename=f"{safe}.{ending}"
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag)
    return response.make_conditional(request)
