"""Steps of the milestone acceptance: a claim with its evidence, its verification, who accepts it, what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import engine
from engine import Work
from forms import AnswersRefused
from processes import acceptance
from processes.acceptance import CONTRACTUAL, LOOPS, document, milestone_of
from processes.approvals import require, resolve
from processes.calendar import in_words
from processes.claims import BEGUN, STATED, VERIFIED, of_instance, open_claims
from processes.communication import tell
from processes.errors import ApprovalMissing, StepRefused
from processes.gaps import write_gap
from processes.log import write
from processes.own_matters import not_yours
from processes.people import everybody, holders
from processes.projects import project
from processes.steps.concluding import next_action
from processes.steps.earlier import times
from processes.tables import ClaimRow
from processes.updates import day_or_none
from processes.vocabulary import MANAGER, SPONSOR, STAKEHOLDER, STAKEHOLDERS
from processes.writing import Writing


def next_claim(work: Work) -> dict[str, str]:
    """Take the next of the milestones that were reported complete, and that nobody judges yet."""
    if (pending := work.call.data.get("pending_claims")) is None:
        rows = open_claims(work.unit, work.subject).values()
        pending = " ".join(row.id for row in rows if row.state == BEGUN and row.instance is None)
    first, _, rest = str(pending).partition(" ")
    return {"next_claim": first, "pending_claims": rest}


def opened(work: Work) -> dict[str, Any]:
    """Hand the claim to the owner of its milestone. Raises StepRefused for one that is judged already, or over."""
    claim = str((work.call.data.get("message") or {}).get("claim") or "")
    row = work.unit.session.get(ClaimRow, (work.subject, claim))
    if row is None or row.instance is not None or row.ended_at is not None:
        raise StepRefused(f"There is no claim “{claim}” in this project that waits to be judged.")
    Writing.of(work).change(row, instance=work.instance)
    _entitle(work, row)
    return {"owner": milestone_of(work.unit, row).owner}


def _entitle(work: Work, row: ClaimRow) -> None:
    """Say in the instance's title which milestone is claimed, by the name that it has now."""
    milestone = milestone_of(work.unit, row)
    engine.entitle(work.unit, work.instance, f"Claim {row.id}: {milestone.id} {milestone.name}")


def state(work: Work) -> None:
    """Take the owner's evidence, or the claim back. Raises AnswersRefused."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    said, writing = str(answers.get("text") or "").strip(), Writing.of(work)
    if answers.get("decision") == "withdraw":
        if not said:
            raise AnswersRefused({"text": ("Say why the claim is taken back.",)})
        acceptance.take_back(writing, row, said)
        return
    link = str(answers.get("link") or "").strip()
    met_on = day_or_none(answers.get("met_on"))
    found = _evidence_faults(work, row, said, link, met_on)
    if found or met_on is None:
        raise AnswersRefused({name: (sentence,) for name, sentence in found.items()})
    acceptance.state(writing, row, work.whose, met_on, said, link)


def _evidence_faults(work: Work, row: ClaimRow, said: str, link: str, met_on: date | None) -> dict[str, str]:
    about, found = project(work.unit, work.subject), {}
    if milestone_of(work.unit, row).dropped_on is not None:
        found["decision"] = "A change has taken this milestone out of the plan: take the claim back."
    if not said:
        found["text"] = "Say what shows that the criterion is met."
    if link and urlsplit(link).scheme not in ("http", "https"):
        found["link"] = "Give an address that begins with https:// or http://, or leave it empty."
    if met_on is None:
        found["met_on"] = "Say on which day the criterion was met."
    elif met_on > about.day(work.unit.clock()):
        found["met_on"] = "A criterion cannot have been met in the future. Claim it when it is."
    elif met_on < about.began_on:
        found["met_on"] = f"The project began on {in_words(about.began_on)}: nothing was met before that."
    return found


def verifier(work: Work) -> dict[str, Any]:
    """Say whose turn it is to verify, and whether the milestone is contractual; the fourth time the sponsor is told."""
    row, about = of_instance(work.unit, work.instance), project(work.unit, work.subject)
    milestone = milestone_of(work.unit, row)
    role = acceptance.verifier_role(work.unit, row)
    _entitle(work, row)
    if row.loops == LOOPS:
        text = f"The claim {row.id} on {milestone.id} {milestone.name} was sent back {LOOPS} times."
        write(Writing.of(work), about.zone, "escalation", f"{text} The sponsor decides.", clause="5.1a",
              milestone=milestone.id)  # fmt: skip
        told = dict.fromkeys([*holders(work.unit, work.subject, SPONSOR), *holders(work.unit, work.subject, MANAGER)])
        tell(Writing.of(work), "claim-escalated", key=row.id, to=told)
    return {"verifier": "sponsor" if role == SPONSOR else "manager", "contractual": milestone.type == CONTRACTUAL}


def verify(work: Work) -> None:
    """Check what the verifier says; the record is made from it. Raises AnswersRefused."""
    answers, row = work.answers or {}, of_instance(work.unit, work.instance)
    approved, milestone = answers.get("decision") == "approved", milestone_of(work.unit, row)
    if row.state != STATED:
        raise StepRefused(f"The claim {row.id} is not one that waits to be verified.")
    own = bool(acceptance.parties(work.unit, row) & {work.actor.person, work.whose})
    if own and not acceptance.stands_alone(work.unit, row):
        raise AnswersRefused({"decision": (not_yours(work.unit, row),)})
    elsewhere = milestone.type == CONTRACTUAL and work.actor.person in holders(work.unit, work.subject, STAKEHOLDER)
    if approved and work.behalf and elsewhere:
        said = "You are asked to accept it as a stakeholder, too, and nobody signs twice: somebody else verifies it."
        raise AnswersRefused({"decision": (said,)})
    if not approved and not str(answers.get("findings") or "").strip():
        raise AnswersRefused({"findings": ("Say what is missing, so that the owner can go on.",)})
    if approved and milestone.dropped_on is not None:
        said = "A change has taken this milestone out of the plan: send the claim back with that."
        raise AnswersRefused({"decision": (said,)})
    points = answers.get("points") or ()
    if points and not approved:
        raise AnswersRefused({"points": ("Points are left where the criterion is met. Name what is missing above.",)})
    if found := _point_faults(work, points):
        raise AnswersRefused(found)
    if approved:
        writing = Writing.of(work)
        acceptance.say(writing, row, VERIFIED, str(answers.get("findings") or "").strip())
        writing.change(row, state=VERIFIED)
        if own:
            text = f"{milestone.id} {milestone.name} was verified by who claimed or owns it: nobody else is there."
            write_gap(work, "self-verified", row.id, text, milestone=milestone.id, cause=f"{row.id}:{row.loops}")


def _point_faults(work: Work, points: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    today, members = project(work.unit, work.subject).day(work.unit.clock()), everybody(work.unit, work.subject)
    found: dict[str, tuple[str, ...]] = {}
    for at, one in enumerate(points):
        due = day_or_none(one.get("due"))
        if not str(one.get("text") or "").strip():
            found[f"points.{at}.text"] = ("Say what is still to be done.",)
        if one.get("owner") not in members:
            found[f"points.{at}.owner"] = ("Choose who does it.",)
        if due is None or due < today:
            found[f"points.{at}.due"] = ("Give a date, today or later.",)
    return found


def signers(work: Work) -> dict[str, Any]:
    """Name the stakeholders who must accept this verification. Raises NobodyToApprove."""
    unit, row = work.unit, of_instance(work.unit, work.instance)
    record, _ = acceptance.verification(unit, row)
    people = resolve(unit, work.subject, STAKEHOLDERS, floor=STAKEHOLDERS, without=acceptance.parties(unit, row))
    asked = require(Writing.of(work), record, people, STAKEHOLDERS)
    return {"signers": asked, "decisions": {}, **times(work)}


def decide(work: Work) -> None:
    """Check that whoever does not accept says why. Raises AnswersRefused."""
    answers = work.answers or {}
    if answers.get("decision") != "approved" and not str(answers.get("comment") or "").strip():
        raise AnswersRefused({"comment": ("Say what is missing, so that the owner can go on.",)})


def outcome(work: Work) -> dict[str, Any]:
    """Whether every stakeholder has accepted exactly this verification, of a milestone that is still in the plan."""
    row = of_instance(work.unit, work.instance)
    try:
        acceptance.accepted(work.unit, row)
    except ApprovalMissing:
        return {"accepted": False}
    return {"accepted": milestone_of(work.unit, row).dropped_on is None}


def send_back(work: Work) -> dict[str, Any]:
    """Return the claim to whoever owns the milestone now, with what was found."""
    row = of_instance(work.unit, work.instance)
    acceptance.send_back(Writing.of(work), row, _findings(work, row))
    _entitle(work, row)
    return {"owner": milestone_of(work.unit, row).owner}


def _findings(work: Work, row: ClaimRow) -> dict[str, str]:
    """What those who said no to the newest verification, or in it, have found."""
    record = document(work.unit, row)
    if record.data["decision"] != "approved":
        return {str(record.data["verified_by"]): str(record.data["findings"])}
    against = [one for one in engine.signatures(work.unit, record.id) if one.valid and one.meaning == "rejected"]
    said = {one.task: str(one.answers.get("comment") or "") for one in engine.submissions(work.unit, work.instance)}
    found = {one.person: said.get(one.task, "") for one in against}
    return found or {engine.THE_SYSTEM.person: "A change has taken this milestone out of the plan meanwhile."}


def achieve(work: Work) -> dict[str, Any]:
    """Make the milestone achieved, and its points actions. Raises ApprovalMissing, StepRefused."""
    row, writing = of_instance(work.unit, work.instance), Writing.of(work)
    milestone, about = milestone_of(work.unit, row), project(work.unit, work.subject)
    given = acceptance.achieve(writing, row)
    text = f"{milestone.id} {milestone.name} is accepted as complete (claim {row.id})."
    write(writing, about.zone, "achievement", text, clause="5.2c", milestone=row.milestone, event_on=row.met_on)
    everyone = None if milestone.type == CONTRACTUAL else [milestone.owner]
    tell(writing, "milestone-accepted", key=row.milestone, record=document(work.unit, row).id, to=everyone)
    return {"next_action": given[0] if given else "", "pending_actions": " ".join(given[1:])}


STEPS = {
    "acceptance.next_claim": next_claim,
    "acceptance.open": opened,
    "acceptance.state": state,
    "acceptance.verifier": verifier,
    "acceptance.verify": verify,
    "acceptance.signers": signers,
    "acceptance.decide": decide,
    "acceptance.outcome": outcome,
    "acceptance.send_back": send_back,
    "acceptance.achieve": achieve,
    "acceptance.next_action": next_action,
}
