"""Repairs by page: proposed by one steward, approved or refused by another; retry, skip, move, set a variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, flash, redirect, render_template, request, url_for

import engine
from engine import STEWARDS, Refused
from web.pages.instances import page as instance_page
from web.pages.instances import seen
from web.people import current_actor, needs, resumes
from web.work import reading, work

repairing = Blueprint("repairing", __name__)

KINDS = {"text": "Text", "number": "Number", "truth": "Yes or no", "nothing": "Nothing (null)", "json": "JSON"}
"""Kinds of value that a variable can be set to."""
_TRUTHS = {"yes": True, "true": True, "no": False, "false": False}


@repairing.get("/instances/<instance_id>/repair")
@needs(*STEWARDS)
def form(instance_id: str) -> str:
    """What can be repaired in an instance."""
    return page(instance_id, request.args)


def page(instance_id: str, said: Mapping[str, str], **more: Any) -> str:
    """The page on which a repair is proposed."""
    instance = seen(instance_id, current_actor())
    return render_template(
        "repairing/propose.html", instance=instance, places=engine.places(reading(), instance_id), kinds=KINDS,
        said=said, **more,
    )  # fmt: skip


@repairing.post("/instances/<instance_id>/repair")
@needs(*STEWARDS)
def propose(instance_id: str) -> Any:
    """Propose a repair; another steward approves it."""
    actor, said = current_actor(), request.form
    seen(instance_id, actor)
    kind, _, task = said.get("what", "").partition("|")
    try:
        value = _value(said) if kind == "set" else None
        with work() as unit:
            engine.propose_repair(
                unit, instance_id, kind, actor, said.get("reason", ""), task=task or None,
                target=said.get(f"target-{task}") or None, variable=said.get("variable", "").strip(), value=value,
            )  # fmt: skip
    except Refused as refused:
        return page(instance_id, said, trouble=str(refused)), 422
    flash("The repair is proposed. Another process admin or administrator has to approve it.", "success")
    return redirect(url_for("instances.show", instance_id=instance_id))


@resumes("repairing.propose")
def resume_propose(values: Any, message: str, instance_id: str) -> str:
    """What was typed before the session ran out."""
    return page(instance_id, values, trouble=message)


def _value(said: Mapping[str, str]) -> Any:
    """The value that was typed, as its kind says. Raises Refused."""
    text, kind = said.get("value", ""), said.get("kind", "text")
    if kind == "nothing":
        return None
    if kind == "truth":
        if text.strip().lower() not in _TRUTHS:
            raise Refused("Write yes or no.")
        return _TRUTHS[text.strip().lower()]
    if kind not in ("number", "json"):
        return text
    try:
        value = orjson.loads(text)  # refuses half characters, what nests too deep, and numbers that are none
    except ValueError as error:
        raise Refused(f"“{text}” is not {'a number' if kind == 'number' else 'JSON'}.") from error
    if kind == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Refused(f"“{text}” is not a number.")
    return value


@repairing.post("/instances/<instance_id>/repairs/<repair_id>/approve")
@needs(*STEWARDS)
def approve(instance_id: str, repair_id: str) -> Any:
    """Approve what somebody else has proposed; it is carried out at once."""
    seen(instance_id, current_actor())
    try:
        with work() as unit:
            done = engine.approve_repair(unit, repair_id, current_actor())
    except Refused as refused:
        return instance_page(instance_id, repair_error=str(refused), repair_of=repair_id), 422
    flash(f"Carried out: {done.sentence}. The instance says for good that it was repaired.", "success")
    return redirect(url_for("instances.show", instance_id=instance_id))


@repairing.post("/instances/<instance_id>/repairs/<repair_id>/refuse")
@needs(*STEWARDS)
def refuse(instance_id: str, repair_id: str) -> Any:
    """Refuse what somebody else has proposed, or withdraw one's own, with a reason."""
    seen(instance_id, current_actor())
    try:
        with work() as unit:
            engine.refuse_repair(unit, repair_id, current_actor(), request.form.get("reason", ""))
    except Refused as refused:
        return instance_page(instance_id, repair_error=str(refused), repair_of=repair_id), 422
    flash("Nothing was changed. The proposal and its answer stand in the log.", "success")
    return redirect(url_for("instances.show", instance_id=instance_id))
