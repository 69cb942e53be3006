"""Absences, holds, claims and settings against one another and against signatures, in forced orders on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

import engine
import processes
from engine import AbsenceRefused, Unit
from engine.tables import TimerRow
from tests.databases import Databases
from tests.stories.attacks import YES, approvers, instance_of, signed
from tests.stories.office import APOLLO, Office, id_of
from tests.stories.task_page import problems
from tests.stories.test_at_the_same_time import fires, one_after_the_other, signs


@pytest.fixture
def databases(postgresql: Databases) -> Databases:
    """SQLite lets one writer in at a time, whatever it writes."""
    return postgresql


def names_a_deputy(office: Office, deputy: str, by: str = "greta", subject: str = "") -> Callable[[Unit], str]:
    """What records that Greta is away."""

    def act(unit: Unit) -> str:
        first = office.clock().date()
        return engine.record_absence(
            unit, office.actor(unit, "greta"), office.actor(unit, deputy), office.actor(unit, by), subject=subject,
            first_day=first, last_day=first + timedelta(days=5), zone="Europe/Prague", reason="Holiday",
        ).id  # fmt: skip

    return act


def away(office: Office) -> str:
    with office.writing() as unit:
        return names_a_deputy(office, "dorothea")(unit)


def in_own(office: Office, act: Callable[[Unit], object]) -> Callable[[], object]:
    """The same in a unit of work of its own; what it is refused with is given."""

    def go() -> object:
        try:
            with office.writing() as unit:
                return act(unit)
        except (engine.EngineError, processes.ProcessesError) as refused:
            return refused

    return go


def sends(office: Office, login: str) -> Callable[[], TestResponse]:
    """What signs a decision from a page that was opened before."""
    page = office.page(login, "decide-change").fill(YES)
    return lambda: signed(page)


def test_of_two_deputies_for_one_person_the_second_is_refused(deciding: Office) -> None:
    mine, manager_s = names_a_deputy(deciding, "dorothea"), names_a_deputy(deciding, "samuel", "ines", APOLLO)
    refused = one_after_the_other(deciding, mine, in_own(deciding, manager_s))
    assert isinstance(refused, AbsenceRefused)
    assert "Dorothea Brandt stands in" in str(refused)
    with deciding.looking() as unit:
        assert len(engine.absences_of(unit, [id_of("greta")])) == 1


def test_an_absence_that_ends_first_takes_the_signature_along(deciding: Office) -> None:
    found, late = away(deciding), sends(deciding, "dorothea")

    def back(unit: Unit) -> None:
        engine.end_absence(unit, found, deciding.actor(unit, "greta"), "Back early")

    assert one_after_the_other(deciding, back, late).status_code == 403
    assert approvers(deciding) == set()
    assert deciding.verdict().findings == ()


def test_a_deputy_who_signs_first_has_signed(deciding: Office) -> None:
    found, task = away(deciding), deciding.task("dorothea", "decide-change")

    def for_greta(unit: Unit) -> None:
        by = deciding.actor(unit, "dorothea")
        shown = engine.preview(unit, task, YES, by)
        engine.complete(unit, task.id, YES, by, signature=engine.Signature(
            by.person, "approved", shown.sha256, absence=found,
        ))  # fmt: skip

    def back(unit: Unit) -> None:
        engine.end_absence(unit, found, deciding.actor(unit, "greta"), "Back early")

    assert one_after_the_other(deciding, for_greta, in_own(deciding, back)) is None
    assert approvers(deciding) == {id_of("greta")}
    assert deciding.verdict().findings == (), "it ended after it was used"


def test_the_absent_person_is_faster_than_the_deputy(deciding: Office) -> None:
    away(deciding)
    late = sends(deciding, "dorothea")
    assert one_after_the_other(deciding, signs(deciding, "greta", "decide-change", YES), late).status_code == 409
    with deciding.looking() as unit:
        record = engine.current(unit, "change-request", APOLLO, "C1")
        given = [one.printed for one in engine.signatures(unit, record.id) if one.meaning == "approved"]
    assert given == ["Greta Holm"]


def test_a_hold_that_comes_first_lets_no_timer_elapse(deciding: Office) -> None:
    deciding.clock.now += timedelta(days=9)
    with deciding.looking() as unit:
        of = instance_of(deciding).id
        mine = select(TimerRow.id).where(TimerRow.instance_id == of, TimerRow.due <= deciding.clock.now)
        timer = unit.session.scalars(mine).first()

    def holds(unit: Unit) -> None:
        until = deciding.clock().date() + timedelta(days=20)
        processes.hold(unit, APOLLO, until, deciding.actor(unit, "ines"), "The crane is gone")

    assert one_after_the_other(deciding, holds, fires(deciding, timer)) is False
    with deciding.looking() as unit:
        assert processes.project(unit, APOLLO).status == "on-hold"
        assert unit.session.get_one(TimerRow, timer).due > deciding.clock.now
    assert deciding.incidents() == []


def test_of_two_claims_of_a_milestone_one_is_made(running: Office) -> None:
    def claims(unit: Unit) -> str:
        return processes.claim_milestone(unit, APOLLO, "M1", running.actor(unit, "tomas"))

    refused = one_after_the_other(running, claims, in_own(running, claims))
    assert isinstance(refused, processes.StepRefused)
    assert "is claimed already" in str(refused)
    with running.looking() as unit:
        assert [one.id for one in processes.claims(unit, APOLLO)] == ["Q1"]


def test_a_setting_that_is_declined_first_is_not_agreed_to(running: Office) -> None:
    with running.writing() as unit:
        (made,) = processes.adjust(unit, APOLLO, {"preread_days": 1}, running.actor(unit, "ines"), "Quicker")
        processes.add_member(unit, APOLLO, id_of("samuel"), "Sponsor", running.actor(unit, "lena"))

    def declines(unit: Unit) -> None:
        processes.decide_setting(unit, APOLLO, made.id, False, running.actor(unit, "dorothea"), "No")

    browser = running.browser("samuel")
    browser.get(f"/projects/{APOLLO}/settings")
    sent = one_after_the_other(
        running, declines, lambda: browser.post(f"/projects/{APOLLO}/settings/{made.id}", {"decision": "agree"})
    )
    assert sent.status_code == 422, problems(sent)
    with running.looking() as unit:
        assert processes.project(unit, APOLLO).settings.preread_days == 2
        assert processes.verify_rows(unit) == ()
