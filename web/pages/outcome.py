"""What completing a task did, told in a sentence, and where to go on from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import flash, redirect, url_for

import engine
from engine import Actor, Completed, Unit
from web.pages.inbox import Asked
from web.pages.sight import names


def outcome(unit: Unit, done: Completed, actor: Actor) -> tuple[str, str | None]:
    """(what completing a task did, in words; the id of the task to go on with, if any).

    Only reads: it is asked for once the completion is committed, so that nobody waits for it.
    """
    task = done.task
    told = [f"“{task.name}” is done."]
    if done.document and (task.record or task.signature):
        what = f"{done.document.title}, revision {done.document.revision}"
        told.append(f"{what}, is {'sealed' if task.record else 'signed'}.")
    opened = engine.tasks(unit, instance=task.instance, status="open")
    if done.instance_ended:
        told.append(f"“{engine.instance(unit, task.instance).process_name}” has come to its end.")
    elif opened:
        told += _next_words(opened)
    mine = [one for one in opened if engine.performs(actor, one) and one.claimed_by in (None, actor.person)]
    following = mine or engine.inbox(unit, actor, limit=1)
    return " ".join(told), following[0].id if following else None


def _next_words(opened: Iterable[engine.Task]) -> Iterator[str]:
    known, by_name = names() if any(one.assignee for one in opened) else {}, {}
    for one in opened:
        by_name.setdefault(one.name, []).append(known.get(one.assignee, one.assignee) if one.assignee else one.role)
    for name, people in list(by_name.items())[:3]:
        yield f"“{name}” now waits for {', '.join(dict.fromkeys(people))}."


def onward(sentence: str, following: str | None) -> Any:
    """Say what happened and go to the next task, or to the inbox when none is left."""
    flash(sentence, "success")
    arguments = Asked.from_request().arguments(view=None)
    if following is None:
        return redirect(url_for("inbox.show", **arguments))
    return redirect(url_for("tasks.show", task_id=following, **arguments))
