"""Troubles with people: who never answers, is away, asks and decides, leaves, or is everybody at once."""

from __future__ import annotations

from datetime import timedelta

import engine
import processes
from tests.databases import on_sqlite
from tests.stories.office import PLAN, Office, id_of


def told(office: Office, about: str) -> set[str]:
    """Who was told about something."""
    with office.looking() as unit:
        return {one.recipient for one in processes.communications(unit, office.project, about=about)}


def unanswered(office: Office) -> list[tuple[str, str]]:
    """The gaps of approvals that nobody gave: whose, and who wrote it."""
    with office.looking() as unit:
        return [(one.person, one.by) for one in processes.gaps(unit, office.project, kind="unanswered-approval")]


def away(office: Office, login: str, deputy: str, days: int = 30) -> None:
    """Somebody is away from today."""
    first = office.clock().date()
    with office.writing() as unit:
        who = office.actor(unit, login)
        engine.record_absence(
            unit, who, office.actor(unit, deputy), who, first_day=first, last_day=first + timedelta(days=days),
            zone="Europe/Prague", reason="Parental leave",
        )  # fmt: skip


@on_sqlite
def test_an_approval_that_is_never_given_goes_up_step_by_step(signing: Office) -> None:
    """Trouble 5: a stakeholder never answers an approval. Reminder, deputy, project manager, sponsor; it stays a no."""
    office = signing
    office.do("greta", "sign-baseline", {"decision": "approved"})
    away(office, "samuel", "tomas")
    assert told(office, "reminder") == set()
    office.wait(days=3)  # Thursday
    assert told(office, "reminder") == {id_of("samuel")}
    assert unanswered(office) == []
    office.wait(days=3)
    assert told(office, "deputy-asked") == set(), "five working days are a week, not five days"
    office.wait(days=1)
    assert told(office, "deputy-asked") == {id_of("tomas")}
    assert unanswered(office) == [(id_of("samuel"), "system")]
    office.wait(days=2)
    assert told(office, "approval-unanswered") == {id_of("ines")}
    office.wait(days=4)
    assert told(office, "approval-unanswered") == {id_of("ines"), id_of("dorothea")}
    assert unanswered(office) == [(id_of("samuel"), "system")] * 3
    assert office.baseline() is None
    office.wait(days=3)
    assert office.open("chase-sign-off") != []
    assert office.verdict().findings == ()


@on_sqlite
def test_an_approval_that_is_given_is_escalated_no_further(signing: Office) -> None:
    """Trouble 5, ended: when the last one signs, the procedure ends with its escalation still waiting."""
    office = signing
    office.wait(days=3)
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})
    with office.looking() as unit:
        (setup,) = engine.instances(unit, process="milestone-setup")
        assert engine.waiting(unit, setup.id) == []
    assert setup.status == "completed"
    office.wait(days=30)
    assert unanswered(office) == []


@on_sqlite
def test_after_a_rejection_the_old_round_escalates_nothing(signing: Office) -> None:
    office = signing
    office.wait(days=3)
    office.do("greta", "sign-baseline", {"decision": "rejected", "comment": "Too early"})
    office.wait(days=10)
    assert unanswered(office) == []
    office.do("ines", "revise-plan", PLAN)
    office.accept_all()
    office.wait(days=7)
    assert {one for one, _ in unanswered(office)} == {id_of("greta"), id_of("samuel")}
