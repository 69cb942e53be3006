"""Why people are told: what a transaction has logged, turned into one mail for each person whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import engine
from engine import THE_SYSTEM, EngineError, Event, Unit
from web.config import Config
from web.mail import invitations, wording
from web.mail.outbox import Mail, reachable
from web.mail.wording import About, Line

KINDS = frozenset({"task.opened", "task.reassigned", "communication.added", *invitations.KINDS})


def mails(unit: Unit, config: Config) -> list[Mail]:
    """The mails that follow from what this transaction has logged. Asks no database where nobody is to be told."""
    found = engine.logged(unit.session, KINDS)
    if not found:
        return []
    named = [(person, one) for one in found if (person := recipient(one))]
    reached = reachable(unit.session, {person for person, _one in named}) if named else {}
    concerned = [(person, one) for person, one in named if person in reached]
    abouts: dict[str, About] = {}
    made = list(invitations.mails(unit, config, found, lambda subject: about(unit, config, subject, abouts)))
    order = sorted(concerned, key=lambda pair: (pair[0], pair[1].subject, pair[1].seq))
    for (person, subject), group in groupby(order, key=lambda pair: (pair[0], pair[1].subject)):
        project = about(unit, config, subject, abouts)
        events = [one for _person, one in group]
        lines = [line for one in events for line in _lines(unit, one, project)]
        if lines:
            made.append(_mail(config, person, project, events[0].seq, lines))
    return made


def recipient(event: Event) -> str | None:
    """Whom an event concerns by name; nobody in particular, mostly."""
    if event.kind == "task.opened":
        return event.said.get("assignee")
    if event.kind == "task.reassigned":
        return event.said.get("to")
    if event.kind == "communication.added" and (event.new or {}).get("about") not in invitations.ABOUT:
        return event.said.get("recipient")
    return None


def _lines(unit: Unit, event: Event, project: About) -> Iterator[Line]:
    if event.kind == "communication.added":
        yield wording.told(event.new["about"], event.new.get("key") or "", project, event.new.get("record"))
        return
    task = engine.task(unit, event.entity_id, THE_SYSTEM)
    if task.open:
        yield wording.assigned(task.name, task.instance_title, task.id, task.due, project.zone)


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
