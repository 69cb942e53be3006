"""Instances follow to another version by page: the plan for each, asking for it with a reason, progress and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

import engine
from engine import STEWARDS, Definition, Instance, NotFound, Plan, Refused, Unit
from web.jobs import have_followed
from web.people import current_actor, needs, resumes
from web.work import milepost, reading, work

following = Blueprint("following", __name__)

MOST = 200
"""Instances that one page plans for; the rest come when these have followed."""
OUTCOMES = ("migrated", "blocked", "moved", "failed")
GONE = ("ElementGone", "InsideGone", "MappingWrong")


@dataclass(frozen=True)
class Gap:
    """An element that is gone, at which instances stand, and the elements that could take its place."""

    element: str
    name: str
    candidates: Sequence[engine.Element]
    chosen: str


@dataclass(frozen=True)
class Preview:
    """What is asked for on the page, and what it would mean for each instance."""

    process: str
    versions: Sequence[Definition]
    target: Definition
    source: int | None
    only: str | None
    mapping: Mapping[str, str]
    lines: Sequence[tuple[Instance, Plan]]
    more: bool

    @property
    def possible(self) -> int:
        """How many instances can follow."""
        return sum(plan.possible for _, plan in self.lines)

    def gaps(self, unit: Unit) -> list[Gap]:
        """The elements for which somebody must say what takes their place."""
        found: dict[str, Gap] = {}
        new = engine.elements(unit, self.target.id)
        for one, plan in self.lines:
            old = engine.elements(unit, one.definition)
            for blocker in plan.blockers:
                drawn = old.get(blocker.element)
                if blocker.rule in GONE and drawn is not None and blocker.element not in found:
                    fitting = [other for other in new.values() if other.kind == drawn.kind and other.id not in old]
                    chosen = self.mapping.get(blocker.element, "")
                    found[blocker.element] = Gap(blocker.element, blocker.name, fitting, chosen)
        for name, to in self.mapping.items():
            if name not in found and to in new:
                found[name] = Gap(name, _called(unit, self.lines, name), [new[to]], to)
        return list(found.values())


def _called(unit: Unit, lines: Sequence[tuple[Instance, Plan]], element: str) -> str:
    for one, _ in lines:
        drawn = engine.elements(unit, one.definition).get(element)
        if drawn is not None:
            return drawn.name or element
    return element


def preview(unit: Unit, process: str, said: Mapping[str, str]) -> Preview:
    """What the page asks for. Raises NotFound for a process or version that does not exist."""
    versions = engine.definitions(unit, process)
    if not versions:
        raise NotFound
    by_number = {str(one.version): one for one in versions}
    target = by_number.get(said.get("to") or str(versions[0].version))
    if target is None:
        raise NotFound("There is no such version of this process.")
    source = by_number.get(said.get("from") or "")
    only = said.get("instance") or None
    mapping = {name.removeprefix("map-"): to for name, to in said.items() if name.startswith("map-") and to}
    if only is not None:
        one = engine.instance(unit, only)
        found = [one] if one.process == process and one.status == "running" else []
    else:
        found = engine.instances(
            unit, process=process, status="running", definition=source.id if source else None, limit=MOST * 5
        )
    found = [one for one in found if one.definition != target.id]
    lines = [(one, engine.plan(unit, one.id, target.id, mapping)) for one in found[:MOST]]
    return Preview(process, versions, target, source.version if source else None, only, mapping, lines,
                   len(found) > MOST)  # fmt: skip


@following.get("/processes/<process>/follow")
@needs(*STEWARDS)
def plan(process: str) -> str:
    """What it would mean for each running instance to follow to a version."""
    return page(process, request.args)


def page(process: str, said: Mapping[str, str], **more: Any) -> str:
    """The page with the plans."""
    unit = reading()
    seen = preview(unit, process, said)
    return render_template(
        "following/plan.html", preview=seen, gaps=seen.gaps(unit), past=engine.migrations(unit, process, limit=10),
        **more,
    )  # fmt: skip


@following.post("/processes/<process>/follow")
@needs(*STEWARDS)
def ask(process: str) -> Any:
    """Ask that the chosen instances follow."""
    said, chosen = request.form, request.form.getlist("chosen")
    reason = said.get("reason", "")
    seen = preview(reading(), process, said)
    stands = {one: said.get(f"stand-{one}", "") for one in chosen}
    try:
        with work() as unit:
            asked = engine.ask_migration(
                unit, process, seen.target.id, stands, current_actor(), reason, dict(seen.mapping)
            )
            have_followed(milepost().jobs, unit, asked, sorted(stands))
    except Refused as refused:
        trouble = str(refused)
        kind = "reason_error" if not reason.strip() else "choice_error"
        return page(process, said, reason=reason, chosen=chosen, **{kind: trouble}), 422
    return redirect(url_for("following.show", migration_id=asked))


@resumes("following.ask")
def resume_ask(values: Any, message: str, process: str) -> str:
    """The choice and the reason that were typed before the session ran out."""
    return page(process, values, reason=values.get("reason", ""), reason_error=message)


@following.post("/migrations/<migration_id>/again")
@needs(*STEWARDS)
def again(migration_id: str) -> Any:
    """Have those dealt with that still wait: for a migration whose jobs were lost, as after a restore."""
    with work() as unit:
        waiting = [instance for migration, instance in engine.unfinished(unit) if migration == migration_id]
        have_followed(milepost().jobs, unit, migration_id, waiting)
    return redirect(url_for("following.show", migration_id=migration_id))


@following.get("/migrations/<migration_id>")
@needs(*STEWARDS, "Compliance")
def show(migration_id: str) -> str:
    """How far a migration is, and what came of it for each instance."""
    unit = reading()
    found = engine.migration(unit, migration_id)
    outcomes = engine.outcomes(unit, migration_id)
    waiting = [engine.instance(unit, one) for one in found.chosen if one not in {each.instance for each in outcomes}]
    counted = {word: sum(one.outcome == word for one in outcomes) for word in OUTCOMES}
    return render_template(
        "following/migration.html", migration=found, outcomes=outcomes, waiting=waiting, counted=counted,
        definition=engine.definition(unit, found.definition), names=_names(unit, outcomes),
    )  # fmt: skip


def _names(unit: Unit, outcomes: Sequence[engine.Outcome]) -> dict[str, str]:
    return {
        one.id: one.name
        for source in {outcome.source for outcome in outcomes}
        for one in engine.elements(unit, source).values()
        if one.name
    }
