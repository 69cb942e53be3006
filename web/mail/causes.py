"""Why people are told: what a transaction has logged, turned into one mail for each person whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

import engine
from engine import THE_SYSTEM, EngineError, Event, Task, Unit
from web.config import Config
from web.mail import invitations, wording
from web.mail.outbox import Mail, reachable
from web.mail.wording import About, Line

Roles = Callable[[Unit, str], Mapping[str, frozenset[str]]]
"""Which roles a person holds in which project."""

ABSENCES = ("absence.recorded", "absence.ended")
KINDS = frozenset({"task.opened", "task.reassigned", "communication.added", *ABSENCES, *invitations.KINDS})


def mails(unit: Unit, config: Config, roles: Roles) -> list[Mail]:
    """The mails that follow from what this transaction has logged. Asks no database where nobody is to be told."""
    found = engine.logged(unit.session, KINDS)
    if not found:
        return []
    named = [(person, one) for one in found for person in recipients(unit, one, roles)]
    reached = reachable(unit.session, {person for person, _one in named}) if named else {}
    concerned = [(person, one) for person, one in named if person in reached]
    abouts: dict[str, About] = {}
    made = list(invitations.mails(unit, config, found, lambda subject: about(unit, config, subject, abouts)))
    order = sorted(concerned, key=lambda pair: (pair[0], pair[1].subject, pair[1].seq))
    for (person, subject), group in groupby(order, key=lambda pair: (pair[0], pair[1].subject)):
        project = about(unit, config, subject, abouts)
        events = [one for _person, one in group]
        lines = [line for one in events for line in _lines(unit, one, project, person)]
        if lines:
            made.append(_mail(config, person, project, events[0].seq, lines))
    return made


def recipients(unit: Unit, event: Event, roles: Roles) -> Iterator[str]:
    """Whom an event concerns by name, and who stands in for them at a task; nobody in particular, mostly."""
    if event.kind in ABSENCES:
        yield from (event.said[whose] for whose in ("person", "deputy") if event.said[whose] != event.person)
    elif event.kind == "communication.added":
        if (event.new or {}).get("about") not in invitations.TOLD_BY_CALENDAR and event.said.get("recipient"):
            yield event.said["recipient"]
    elif person := event.said.get("assignee" if event.kind == "task.opened" else "to"):
        yield person
        reaching = ("", event.subject), ("", event.role)
        for one in engine.absent_now(unit, [person]):
            if one.subject in reaching[0] and one.role in reaching[1] and roles(unit, one.deputy).get(event.subject):
                yield one.deputy


def _lines(unit: Unit, event: Event, project: About, person: str) -> Iterator[Line]:
    if event.kind in ABSENCES:
        yield wording.away(engine.absence(unit, event.entity_id), person)
        return
    if event.kind == "communication.added":
        line = wording.told(event.new["about"], event.new.get("key") or "", project, event.new.get("record"))
        task = _awaited(unit, event, person) if line.duty else None
        title = engine.instance(unit, event.instance).title if event.instance and not task else ""
        yield wording.awaited(line, task, project.zone) if task else wording.titled(line, title)
        return
    task = engine.task(unit, event.entity_id, THE_SYSTEM)
    if task.open:
        whose = "" if person == task.assignee else engine.person(unit, task.assignee or person).name
        yield wording.assigned(task, project.zone, whose)


def _awaited(unit: Unit, event: Event, person: str) -> Task | None:
    """The open task of an instance that waits for a person by name; of several, the one that is due first."""
    found = engine.tasks(unit, instance=event.instance, status="open") if event.instance else []
    mine = [one for one in found if person in (one.assignee, one.claimed_by)]
    return min(mine, key=lambda one: (one.due is None, one.due or one.created_at), default=None)


def _mail(config: Config, person: str, project: About, seq: int, lines: list[Line]) -> Mail:
    return Mail(
        cause=f"event:{seq}:{person}",
        person=person,
        subject=project.id,
        title=wording.heading(lines, project),
        text=wording.body(lines, config, project),
        duty=any(one.duty for one in lines),
    )


def about(unit: Unit, config: Config, subject: str, known: dict[str, About]) -> About:
    """The project with this id; one that the procedure does not keep has its id for a title."""
    import processes  # noqa: PLC0415  reads the whole bundle; an app that brings its own procedure does without

    if subject not in known:
        try:
            found = processes.project(unit, subject)
            known[subject] = About(found.id, found.title, found.zone)
        except (processes.ProcessesError, EngineError):
            title = "The SOP" if subject == processes.SOP else subject or config.organisation
            known[subject] = About(subject, title, config.zone)
    return known[subject]
