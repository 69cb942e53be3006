"""The SOP itself: its versions, what is proposed for it, who owns and approves it, and how a review of it begins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

import engine
import processes
from engine import Refused
from processes import SOP, SOP_ROLES
from web.pages.sight import names
from web.people import accounts, current_actor, needs, signed_in
from web.work import reading, work

sop = Blueprint("sop", __name__)


@sop.get("/sop")
@signed_in
def index() -> str:
    """Versions, proposals and duties; everybody who is signed in may read them."""
    return page()


def page(**errors: str) -> str:
    """The page of the SOP, with what was refused."""
    unit, actor = reading(), current_actor()
    return render_template(
        "sop/sop.html",
        versions=list(reversed(processes.sop_history(unit))),
        proposals=list(reversed(processes.proposals(unit))),
        duties=processes.sop_duties(unit),
        roles=SOP_ROLES,
        tasks=engine.tasks(unit, subject=SOP, status="open") if engine.may_see(actor, SOP) else [],
        owner=actor.holds(SOP_ROLES[0], SOP),
        may_change=actor.holds("Administrator", ""),
        people=[one for one in accounts(unit) if one.active],
        names=names(),
        errors=errors,
        form=request.form,
    )


@sop.post("/sop/review")
@signed_in
def review() -> Any:
    """Begin a review of the SOP, as its owner."""
    try:
        with work() as unit:
            processes.ask_for_review(unit, current_actor())
    except (Refused, processes.ProcessesError) as refused:
        return page(review=str(refused)), 422
    flash("The review has begun. Its first task stands in the inbox.", "success")
    return redirect(url_for("sop.index"))


@sop.post("/sop/duties")
@needs("Administrator")
def give() -> Any:
    """Give somebody a duty for the SOP."""
    form = request.form
    try:
        with work() as unit:
            processes.give_duty(unit, form.get("person", ""), form.get("role", ""), current_actor())
    except processes.RegistrationRefused as refused:
        return page(give=str(refused)), 422
    flash("The duty is given.", "success")
    return redirect(url_for("sop.index"))


@sop.post("/sop/duties/end")
@needs("Administrator")
def end() -> Any:
    """End somebody's duty for the SOP, with a reason."""
    form = request.form
    try:
        with work() as unit:
            processes.end_duty(
                unit, form.get("person", ""), form.get("role", ""), current_actor(), form.get("reason", "")
            )
    except processes.RegistrationRefused as refused:
        return page(end=str(refused), whom=form.get("person", "") + form.get("role", "")), 422
    flash("The duty is ended.", "success")
    return redirect(url_for("sop.index"))
