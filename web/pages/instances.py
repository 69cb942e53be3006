"""Instances: the list, one with its path on the diagram and its story, and cancelling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

import engine
import processes
from engine import STEWARDS, Actor, Instance, NotAllowed, NotFound, Refused, Unit
from web.pages import paging, story
from web.pages.sight import in_zone_of, may_oversee, must_see, sees, visible
from web.people import current_actor, resumes, signed_in
from web.work import reading, work

instances = Blueprint("instances", __name__)

STATUSES = ("running", "completed", "cancelled")


@instances.get("/instances")
@signed_in
def index() -> str:
    """The instances that the actor sees, the newest first."""
    unit, actor = reading(), current_actor()
    status, process, project = (request.args.get(name) or None for name in ("status", "process", "project"))
    subjects = visible(actor)
    if project:
        subjects = [project] if sees(actor, project) else []
    begin = paging.offset()
    found = engine.instances(
        unit, subjects=subjects, process=process, status=status if status in STATUSES else None,
        limit=paging.SIZE + 1, offset=begin,
    )  # fmt: skip
    troubles = engine.incidents(unit, subjects=visible(actor))
    return render_template(
        "instances/list.html", sheet=paging.sheet(found, begin), statuses=STATUSES, incidents=troubles,
        processes={one.process: one.name for one in reversed(engine.definitions(unit))}, project=project,
    )  # fmt: skip


@instances.get("/instances/<instance_id>")
@signed_in
def show(instance_id: str) -> str:
    """One instance: where it stands, what it waits for, what happened, what came out."""
    return page(instance_id)


def page(instance_id: str, **more: Any) -> str:
    """The page of an instance."""
    unit, actor = reading(), current_actor()
    instance = seen(instance_id, actor)
    stays = engine.stays(unit, instance_id)
    stay = _stay(stays)
    records = engine.records(unit, instance=instance_id, limit=500)
    every = engine.elements(unit, instance.definition)
    return render_template(
        "instances/instance.html",
        instance=instance,
        definition=engine.definition(unit, instance.definition),
        overlay=story.overlay(unit, instance_id, stay=stay),
        stays=list(enumerate(stays, 1)),
        stay=stay,
        newest=engine.newest(unit, instance.process),
        story=story.story(unit, instance),
        tasks=engine.tasks(unit, instance=instance_id, status="open"),
        waiting=_waiting(unit, instance),
        incidents=engine.incidents(unit, status=None, instance=instance_id),
        stuck=engine.stuck_timers(unit, instance=instance_id),
        records=records,
        comments=engine.comments(unit, instance_id),
        element_names={one.id: one.name or one.id for one in every.values()},
        steward=may_oversee(actor, *STEWARDS),
        me=actor.person,
        repairs=engine.repairs(unit, instance_id),
        failed=_failed(unit, instance),
        may_cancel=may_cancel(actor, instance),
        **more,
    )


def _failed(unit: Unit, instance: Instance) -> dict[str, str]:
    """Element -> task of what has failed: what a retry is proposed for."""
    if not instance.incidents:
        return {}
    return {one.element: one.task for one in engine.places(unit, instance.id) if one.failed}


def _stay(stays: list[engine.Stay]) -> engine.Stay:
    """The version whose part of the way is asked for; the one that the instance is on unless the address says so."""
    asked = request.args.get("stay")
    if asked is None:
        return stays[-1]
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:6]) <= len(stays)):
        raise NotFound("The instance was never on such a version.")
    return stays[int(asked) - 1]


def _waiting(unit: Unit, instance: Instance) -> list[tuple[engine.Waiting, datetime | None]]:
    """What the instance waits for besides people, each with the instant at which a flow last led there, if one did."""
    every, passed = engine.elements(unit, instance.definition), engine.trail(unit, instance.id)
    found = []
    for one in engine.waiting(unit, instance.id):
        leading = set(every[one.element].incoming) if one.element in every else set()
        found.append((one, max((step.at for step in passed if leading & set(step.flows)), default=None)))
    return found


def seen(instance_id: str, actor: Actor) -> Instance:
    """An instance that the actor sees. Raises NotFound for any other."""
    found = engine.instance(reading(), instance_id)
    must_see(actor, found.subject)
    in_zone_of(found.subject)
    return found


def may_cancel(actor: Actor, instance: Instance) -> bool:
    """Whether the actor may end the instance before its time."""
    return instance.status == "running" and may_oversee(actor, *STEWARDS)


@instances.post("/instances/<instance_id>/cancel")
@signed_in
def cancel(instance_id: str) -> Any:
    """End an instance before its time, with a reason."""
    actor, reason = current_actor(), request.form.get("reason", "")
    instance = seen(instance_id, actor)
    if not may_oversee(actor, *STEWARDS):
        raise NotAllowed("Only a process admin or an administrator can cancel an instance.")
    try:
        with work() as unit:
            processes.cancel(unit, instance_id, actor, reason)
    except Refused as refused:
        return page(instance_id, cancel_error=str(refused), cancel_reason=reason), 422
    flash(f"“{instance.title or instance.process_name}” is cancelled. Its open tasks are withdrawn.", "success")
    return redirect(url_for("instances.show", instance_id=instance_id))


@resumes("instances.cancel")
def resume_cancel(values: Any, message: str, instance_id: str) -> str:
    """The reason that was typed before the session ran out."""
    return page(instance_id, cancel_error=message, cancel_reason=values.get("reason", ""))
