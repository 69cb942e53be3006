"""What completing a task did, told in a sentence, and where to go on from there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, url_for

import engine
import processes
from engine import Actor, Completed, Record, Task, Unit
from web.pages.inbox import Asked
from web.pages.sight import in_zone_of, known_projects, names, titles
from web.pages.words import due_words
from web.work import milepost

NAMED = 3
"""So many of the tasks that it opened are named, by their kind."""


def outcome(unit: Unit, done: Completed, actor: Actor) -> tuple[str, str | None]:
    """(what completing a task did, in words; the id of the task to go on with, if any).

    Only reads, and that mostly what the completion gives anyway: it is asked for once that is committed, so that nobody
    waits for it.
    """
    task = done.task
    told = [f"“{task.name}” is done."]
    if done.document and (task.record or task.signature):
        what = f"{done.document.title}, revision {done.document.revision}"
        told.append(f"{what}, is {'sealed' if task.record else _signed(unit, done.document, actor)}.")
    opened = engine.tasks(unit, instance=task.instance, status="open") if done.opened is None else done.opened
    if done.instance_ended:
        told.append(f"“{engine.instance(unit, task.instance).process_name}” has come to its end.")
    opened = opened or _set_off(unit, task, actor)
    mine = [one for one in opened if engine.performs(actor, one) and one.claimed_by in (None, actor.person)]
    told += _next_words(unit, opened, mine) if opened else _by_itself(unit, task)
    following = (mine or engine.inbox(unit, actor, limit=1) or [None])[0]
    if following is not None and following.instance != task.instance:
        told.append(f"Next for you: “{following.name}” ({_where(following, task)}).")
    return " ".join(told), following.id if following else None


def _signed(unit: Unit, document: Record, actor: Actor) -> str:
    """What the actor's signature made of a document: a no is signed, too, and must not sound like a yes."""
    mine = [one.meaning for one in engine.signatures(unit, document.id) if one.person == actor.person]
    return "signed as not approved" if mine[-1:] == ["rejected"] else "signed"


def _where(following: Task, task: Task) -> str:
    """What tells a task from another of the same name: what its instance is called, and its project if that is new."""
    what = following.instance_title
    return what if following.subject == task.subject else f"{titles().get(following.subject, '')}, {what}".strip(", ")


def _set_off(unit: Unit, task: Task, actor: Actor) -> list[Task]:
    """What a task has opened elsewhere in its subject, by a message that its process has sent."""
    ended = engine.task(unit, task.id, actor).ended_at
    opened = engine.tasks(unit, subject=task.subject, status="open")
    return [one for one in opened if ended and one.created_at >= ended]


def _next_words(unit: Unit, opened: Iterable[Task], mine: Collection[Task]) -> Iterator[str]:
    by_name: dict[str, list[Task]] = {}
    for one in opened:
        by_name.setdefault(one.name, []).append(one)
    for name, found in list(by_name.items())[:NAMED]:
        people = ["you" if one in mine else _whose(unit, one) for one in found]
        due = min((one.due for one in found if one.due), default=None)
        by = f" (due {_said(due, found[0].subject)})" if due and due > milepost().clock() else ""
        yield f"“{name}” now waits for {', '.join(dict.fromkeys(people))}{by}."


def _whose(unit: Unit, task: Task) -> str:
    """The person that a task waits for, or the role, and who that is where it is one person."""
    if task.assignee:
        return names().get(task.assignee, task.assignee)
    found = processes.members(unit, task.subject, task.role)
    return f"{found[0].name}, {task.role}" if len(found) == 1 else task.role


def _by_itself(unit: Unit, task: Task) -> Iterator[str]:
    """Where nothing waits for anybody in the project: what comes next in it, or that it is closed."""
    if engine.tasks(unit, subject=task.subject, status="open", limit=1):
        return
    about = known_projects().get(task.subject)
    if about is not None and about.status == "closed":
        yield f"{about.title} is closed. Its records stay."
    for one in processes.ahead(unit, [task.subject])[:1]:
        yield f"Nothing waits for anybody now. Next comes by itself: {one.name} ({_said(one.at, task.subject)})."


def _said(moment: datetime, subject: str) -> str:
    """When something is, inside a sentence, in the zone of its project."""
    in_zone_of(subject)
    zone = ZoneInfo(g.get("zone") or milepost().config.zone)
    words, kind = due_words(moment.astimezone(zone), milepost().clock().astimezone(zone))
    return words[0].lower() + words[1:] if kind != "later" else words


def onward(sentence: str, following: str | None) -> Any:
    """Say what happened and go to the next task, or to the inbox when none is left."""
    flash(sentence, "success")
    arguments = Asked.from_request().arguments(view=None)
    if following is None:
        return redirect(url_for("inbox.show", **arguments))
    return redirect(url_for("tasks.show", task_id=following, **arguments))
