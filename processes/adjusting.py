"""Changing the settings of a project: with a reason, and with others' agreement to what asks less.

A sponsor agrees to what asks less than before, every stakeholder to what asks less than the SOP.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

import engine
from engine import Actor, NobodyWaits, Unit, names
from processes import deciding
from processes.communication import tell
from processes.errors import NotInProject, RegistrationRefused
from processes.people import holders, members
from processes.projects import project, project_row, strangers
from processes.readings import OPTIONS
from processes.settings import RARE_STEPS, Settings, asks_everybody, weakens
from processes.tables import ProjectRow, SettingAgreementRow, SettingChangeRow
from processes.vocabulary import MANAGER, SPONSOR, STAKEHOLDER
from processes.writing import Writing

IN_FORCE, PROPOSED, DECLINED, REPLACED = "in-force", "proposed", "declined", "replaced"


@dataclass(frozen=True)
class SettingChange:
    """A setting that was changed, or that somebody wants to change: who, when, why, and what was said to it."""

    id: str
    setting: str
    old: str
    new: str
    reason: str
    by: str
    name: str
    at: datetime
    state: str
    decided_by: str | None
    decided_by_name: str
    decided_at: datetime | None
    remark: str
    everybody: bool
    """Whether every stakeholder has to agree."""
    agreed: tuple[str, ...]
    """Who has agreed so far, where all have to: person ids."""


def may_adjust(actor: Actor, project_id: str) -> bool:
    """Whether somebody may change the settings: the project's manager, and an administrator."""
    return actor.holds(MANAGER, project_id) or actor.holds("Administrator", "")


def may_agree(unit: Unit, actor: Actor, project_id: str, change: SettingChange) -> bool:
    """Whether somebody may decide on what is proposed: a sponsor, never who proposed it.

    Where nobody else is a sponsor, a stakeholder decides; and where all stakeholders have to agree, each decides once.
    """
    return actor.person in _deciders(unit, project_id, change)


def _deciders(unit: Unit, project_id: str, change: SettingChange) -> set[str]:
    """Who can decide on what is proposed, and has not yet."""
    stakeholders = set(holders(unit, project_id, STAKEHOLDER)) - {change.by}
    if change.everybody:
        return stakeholders - set(change.agreed)
    return set(holders(unit, project_id, SPONSOR)) - {change.by} or stakeholders


def settings_awaited(unit: Unit, projects: Collection[str]) -> list[tuple[str, SettingChange, tuple[str, ...]]]:
    """(project, what is proposed in it, whom that waits for), of what nobody has decided on yet."""
    table = SettingChangeRow
    query = select(table.project).where(table.project.in_(list(projects)), table.state == PROPOSED).distinct()
    return [
        (project_id, one, tuple(sorted(_deciders(unit, project_id, one))))
        for project_id in sorted(unit.session.scalars(query))
        for one in setting_changes(unit, project_id)
        if one.state == PROPOSED
    ]


def adjust(unit: Unit, project_id: str, values: Mapping[str, Any], by: Actor, reason: str) -> list[SettingChange]:
    """Change settings, or propose what asks less than before; give what was changed or proposed, in no special order.

    What is proposed again takes the place of what was proposed. Raises NoSuchProject, NotInProject, and
    RegistrationRefused by setting, and for `reason`.
    """
    row = project_row(unit, project_id)
    if not may_adjust(by, project_id):
        raise NotInProject("Only a project manager of the project or an administrator may change its settings.")
    before = Settings(**row.settings)
    errors = {name: (f"There is no setting “{name}”.",) for name in values if name not in OPTIONS}
    if row.status == "closed":
        errors["reason"] = ("The project is closed.",)
    elif not reason.strip():
        errors["reason"] = ("Say why, so that the project's history can be read.",)
    if errors:
        raise RegistrationRefused(errors)
    after = replace(before, **values)
    _sound(unit, project_id, after)
    changed = [name for name in values if getattr(before, name) != getattr(after, name)]
    weaker = [name for name in changed if weakens(name, before, after)]
    writing = Writing(unit, by, project_id)
    made = [_write(writing, name, before, after, reason.strip(), name in weaker) for name in changed]
    firm = {name: getattr(after, name) for name in changed if name not in weaker}
    if firm:
        _put(writing, row, firm, reason)
    if weaker:
        asked = {STAKEHOLDER if asks_everybody(name, before, after) else SPONSOR for name in weaker}
        told = dict.fromkeys(one for role in sorted(asked) for one in holders(unit, project_id, role))
        tell(writing, "setting-proposed", key=", ".join(one.id for one in made if one.state == PROPOSED), to=told)
    unit.session.flush()
    known = {one.id for one in made}
    return [one for one in setting_changes(unit, project_id) if one.id in known]


def decide_setting(unit: Unit, project_id: str, change_id: str, agreed: bool, by: Actor, remark: str) -> None:
    """Agree to what is proposed, or decline it, with a remark. It holds as soon as whoever has to agree has agreed.

    Raises NoSuchProject, NotInProject, and RegistrationRefused for a change that is decided, or that no longer fits.
    """
    row = project_row(unit, project_id)
    change = unit.session.get(SettingChangeRow, (project_id, change_id))
    found = next((one for one in setting_changes(unit, project_id) if one.id == change_id), None)
    if change is None or found is None or change.state != PROPOSED or row.status == "closed":
        raise RegistrationRefused({"decision": ("This is decided already. Look at the settings again.",)})
    if not may_agree(unit, by, project_id, found):
        who = "Every stakeholder decides on this, each once" if found.everybody else "A sponsor decides on this"
        raise NotInProject(f"{who}, and never the person who proposed it.")
    if not agreed and not remark.strip():
        raise RegistrationRefused({"remark": ("Say why not.",)})
    writing = Writing(unit, by, project_id)
    if agreed and found.everybody:
        writing.add(SettingAgreementRow(
            project=project_id, change=change_id, person=by.person, remark=remark.strip(), at=unit.clock(),
        ))  # fmt: skip
        if _deciders(unit, project_id, found) - {by.person}:
            return
    if agreed:
        value = _read(change.setting, change.new)
        _sound(unit, project_id, replace(Settings(**row.settings), **{change.setting: value}))
        _put(writing, row, {change.setting: value}, change.comment)
    state = IN_FORCE if agreed else DECLINED
    writing.change(
        change, reason=remark.strip(), state=state, decided_by=by.person, decided_at=unit.clock(), remark=remark.strip()
    )


def setting_changes(unit: Unit, project_id: str) -> list[SettingChange]:
    """Everything that was changed or proposed, the first one first."""
    query = select(SettingChangeRow).where(SettingChangeRow.project == project_id).order_by(SettingChangeRow.sequence)
    rows = list(unit.session.scalars(query))
    printed = names(unit, {one for row in rows for one in (row.by, row.decided_by) if one})
    agreed = _agreed(unit, project_id)
    return [
        SettingChange(
            row.id, row.setting, row.old, row.new, row.comment, row.by, printed[row.by], row.at, row.state,
            row.decided_by, printed.get(row.decided_by or "", ""), row.decided_at, row.remark,
            row.setting == "review_step" and row.new in RARE_STEPS, tuple(agreed.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def _agreed(unit: Unit, project_id: str) -> dict[str, list[str]]:
    """Change -> who has agreed to it, in that order."""
    table = SettingAgreementRow
    found: dict[str, list[str]] = {}
    for row in unit.session.scalars(select(table).where(table.project == project_id).order_by(table.at, table.person)):
        found.setdefault(row.change, []).append(row.person)
    return found


def _sound(unit: Unit, project_id: str, after: Settings) -> None:
    errors = {name: (said,) for name, said in after.faults().items()}
    team: dict[str, list[str]] = {}
    for one in members(unit, project_id):
        team.setdefault(one.role, []).append(one.person)
    errors |= dict.fromkeys(strangers(after, team), ("Choose people of the project.",))
    if said := deciding.too_few(after.change_completion, len(team.get(STAKEHOLDER, ()))):
        errors["change_completion"] = (said,)
    if errors:
        raise RegistrationRefused(errors)


def _write(
    writing: Writing, name: str, before: Settings, after: Settings, reason: str, needs_agreement: bool
) -> SettingChangeRow:
    """The row of one change; what was proposed for this setting before is replaced by it."""
    unit, table = writing.unit, SettingChangeRow
    waiting = select(table).where(table.project == writing.project, table.setting == name, table.state == PROPOSED)
    for old in unit.session.scalars(waiting).all():
        writing.change(old, reason=reason, state=REPLACED)
    number = 1 + (unit.session.scalar(select(func.max(table.sequence)).where(table.project == writing.project)) or 0)
    row = SettingChangeRow(
        project=writing.project, id=f"S{number}", sequence=number, setting=name, old=str(getattr(before, name)),
        new=str(getattr(after, name)), comment=reason, by=writing.by.person, at=unit.clock(),
        state=PROPOSED if needs_agreement else IN_FORCE, decided_by=None, decided_at=None, remark="",
    )  # fmt: skip
    writing.add(row, reason=reason)
    unit.session.flush()
    return row


def _put(writing: Writing, row: ProjectRow, values: Mapping[str, Any], reason: str) -> None:
    """Let settings come to hold; a project that runs sets its cadence anew."""
    writing.change(row, reason=reason, settings=asdict(replace(Settings(**row.settings), **values)))
    writing.unit.session.flush()
    if project(writing.unit, row.id).status == "running":
        try:
            engine.send(writing.unit, "settings.changed", row.id, {}, writing.by)
        except NobodyWaits:
            return  # its closure is under way, or it runs on a version of the SOP that reads them as it goes


def _read(name: str, text: str) -> Any:
    """The value of a setting as it stands in a row."""
    return int(text) if isinstance(getattr(Settings(), name), int) else text
