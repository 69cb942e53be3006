"""Search over projects, instances, records and people; each person finds only what they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup, escape

import engine
import processes
from engine import Actor, Unit
from web.pages.sight import names, sees, titles, visible
from web.people import current_actor, signed_in
from web.work import reading

search = Blueprint("search", __name__)

LONGEST = 100
MOST = 20
"""Hits shown of each kind."""
LOOKED_AT = 2000
"""Instances and records that a search goes through, newest first."""


@dataclass(frozen=True)
class Hit:
    """One thing found: where it is, its title, and a line about it."""

    address: str
    title: str
    about: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `count` is all of it, `hits` what is shown."""

    title: str
    count: int
    hits: Sequence[Hit]


@search.get("/search")
@signed_in
def show() -> str:
    """What was found, by kind, with counts."""
    text = " ".join(request.args.get("q", "")[:LONGEST].split())
    groups = found(reading(), current_actor(), text) if text else []
    return render_template("search/search.html", text=text, groups=groups, total=sum(one.count for one in groups))


def found(unit: Unit, actor: Actor, text: str) -> list[Group]:
    """Everything that holds all words of the text, without regard to case, among what the actor sees."""
    words = text.casefold().split()
    kinds = {
        "Projects": _projects(unit, actor),
        "Records": _records(unit, actor),
        "Instances": _instances(unit, actor),
        "People": _people(unit, actor),
    }
    groups = []
    for title, hits in kinds.items():
        fitting = [one for one in hits if all(word in f"{one.title} {one.about}".casefold() for word in words)]
        if fitting:
            groups.append(Group(title, len(fitting), fitting[:MOST]))
    return groups


def _projects(unit: Unit, actor: Actor) -> list[Hit]:
    return [
        Hit(url_for("projects.show", project=one.id), one.title, f"{one.id} · {one.purpose[:200]}")
        for one in processes.projects(unit)
        if sees(actor, one.id)
    ]


def _records(unit: Unit, actor: Actor) -> list[Hit]:
    return [
        Hit(url_for("records.show", record_id=one.id), f"{one.title}, revision {one.revision}",
            f"{titles().get(one.subject, one.subject)} · {one.number} · {one.sha256}")
        for one in engine.records(unit, subjects=visible(actor), limit=LOOKED_AT)
    ]  # fmt: skip


def _instances(unit: Unit, actor: Actor) -> list[Hit]:
    return [
        Hit(url_for("instances.show", instance_id=one.id), one.title or one.process_name,
            f"{titles().get(one.subject, one.subject)} · {one.process_name} · {one.key or ''} · {one.status}")
        for one in engine.instances(unit, subjects=visible(actor), limit=LOOKED_AT)
    ]  # fmt: skip


def _people(unit: Unit, actor: Actor) -> list[Hit]:
    """People who take part in a project that the actor sees, under each of those projects."""
    hits = []
    for one in processes.projects(unit):
        if sees(actor, one.id):
            hits += [
                Hit(
                    url_for("registration.team", project=one.id),
                    names().get(member.person, member.name),
                    f"{member.role} · {one.title}",
                )
                for member in processes.members(unit, one.id)
            ]
    return hits


@search.app_template_filter("marked")
def marked(line: str, text: str) -> Markup:
    """A line with the words that were searched for marked; everything in it is escaped."""
    lowered, places = line.casefold(), []
    if len(lowered) == len(line):
        for word in text.casefold().split():
            at = lowered.find(word)
            while at >= 0:
                places.append((at, at + len(word)))
                at = lowered.find(word, at + len(word))
    made, end = Markup(""), 0
    for start, stop in sorted(places):
        if start >= end:
            made += escape(line[end:start]) + Markup("<mark>") + escape(line[start:stop]) + Markup("</mark>")
            end = stop
    return made + escape(line[end:])
