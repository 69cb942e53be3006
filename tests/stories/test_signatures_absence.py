"""Deputies sign “B for A” while an absence holds, and no further: each way around two people, or around time, fails."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

import pytest

import engine
import processes
from engine import AbsenceRefused, Actor, NotAllowed, Refused, Signature, SignatureRefused, StandIn, deputies
from engine.tables import ActingRow
from tests.databases import on_sqlite
from tests.factories import PASSWORD
from tests.stories.attacks import AFTER, YES, approvers, refused, signed
from tests.stories.office import APOLLO, CHANGE, Office, id_of
from tests.stories.task_page import send_form
from web.people import set_active

TODAY = date(2026, 3, 2)


def away(office: Office, login: str = "greta", deputy: str = "dorothea", days: int = 5, **more: str) -> str:
    """Somebody is away from today for some days, both ends included; gives the absence's id."""
    with office.writing() as unit:
        first = office.clock().date()
        return engine.record_absence(
            unit, office.actor(unit, login), office.actor(unit, deputy), office.actor(unit, more.pop("by", login)),
            first_day=first, last_day=first + timedelta(days=days - 1), zone="Europe/Prague",
            reason=more.pop("reason", "Holiday"), **more,
        ).id  # fmt: skip


def test_a_deputy_signs_for_the_absent_person_and_everything_says_so(deciding: Office) -> None:
    office = deciding
    sent = send_form(office.browser("greta"), "/absences", {
        "deputy": id_of("dorothea"), "first_day": "2026-03-02", "last_day": "2026-03-06", "reason": "Skiing",
    })  # fmt: skip
    assert sent.status_code == 302
    (task,) = office.tasks("dorothea", "decide-change")
    assert task.assignee == id_of("greta"), "the task has not moved"
    assert office.tasks("greta", "decide-change") == [task], "Greta can still do it herself"
    browser = office.browser("dorothea")
    assert "For Greta" in browser.get("/inbox").text
    page = office.page("dorothea", "decide-change").fill(YES)
    assert "Dorothea Brandt for Greta" in " ".join(page.response.text.split())
    assert signed(page).status_code == 302
    office.decide("samuel")
    assert office.targets()["M1"] == AFTER
    with office.looking() as unit:
        record = engine.current(unit, "change-request", office.project, "C1")
        mark = next(one for one in engine.signatures(unit, record.id) if one.behalf)
        (absence,) = engine.absences_of(unit, [id_of("greta")])
        (event,) = [one for one in engine.events(unit, kind="record.signed", limit=9) if one.facts.get("absence")]
        plan = engine.current(unit, "milestone-plan", office.project)
    assert (mark.person, mark.counts_for, mark.absence) == (id_of("dorothea"), id_of("greta"), absence.id)
    assert event.facts["absence"] == absence.id
    assert event.said["for"] == id_of("greta")
    assert mark.printed in plan.text, "the plan that the change made names the deputy and for whom"
    assert mark.printed in browser.get(f"/records/{record.id}").text
    assert office.verdict().findings == ()


@on_sqlite
def test_what_a_deputy_writes_is_sealed_for_the_absent_person(running: Office) -> None:
    """The project manager is away, and the change that he asked for is described by his deputy: neither may decide."""
    office = running
    away(office, "ines", "greta")
    with office.writing() as unit:
        change = processes.request_change(unit, APOLLO, office.actor(unit, "ines"))
    browser = office.browser("greta")
    sent = office.page("greta", "describe-change", browser).fill(CHANGE).finish()
    assert sent.status_code == 302
    with office.looking() as unit:
        record = engine.current(unit, "change-request", APOLLO, change)
    assert (record.sealed_by, record.behalf) == (id_of("greta"), id_of("ines"))
    assert record.intact
    assert '"acting"' in record.text, "it is under the hash"
    assert office.open("decide-change") == [id_of("samuel")], "who wrote it does not decide on it"
    assert office.verdict().findings == ()


# never


@on_sqlite
def test_the_requester_stands_in_for_nobody_who_decides(attacked: Office) -> None:
    office = attacked
    sent = send_form(office.browser("greta"), "/absences", {
        "deputy": id_of("tomas"), "first_day": "2026-03-02", "last_day": "2026-03-06", "reason": "Skiing",
    })  # fmt: skip
    told = office.browser("greta").get(sent.location).text
    assert "has to wait" in told
    assert "made or asked for what is decided here" in told
    (task,) = office.tasks("tomas", "decide-change")
    page = office.browser("tomas").get(f"/inbox/{task.id}").text
    assert "You cannot do this for Greta" in page
    assert "name=\"password\"" not in page
    with office.looking() as unit:
        (absence,) = engine.absences_of(unit, [id_of("greta")])
    sent = {"decision": "approved", "_signing": "1", "_do": "complete", "password": PASSWORD, "_for": absence.id}
    office.browser("tomas").get("/inbox")
    assert office.browser("tomas").post(f"/tasks/{task.id}", sent).status_code == 403
    with pytest.raises(SignatureRefused, match="made or asked for"), office.writing() as unit:
        deputies.refuse(unit, task, office.actor(unit, "tomas"), office.actor(unit, "tomas").stands_in[0])
    assert approvers(office) == set()


@on_sqlite
def test_one_person_is_not_two_by_standing_in(attacked: Office) -> None:
    """Greta and Samuel decide. Samuel stands in for Greta: he signs once, before and after his own signature."""
    office = attacked
    away(office, deputy="samuel")
    mine, hers = sorted(office.tasks("samuel", "decide-change"), key=lambda one: one.assignee != id_of("samuel"))
    assert (mine.assignee, hers.assignee) == (id_of("samuel"), id_of("greta"))
    _forced(office, "samuel", hers)
    with office.writing() as unit:
        by = office.actor(unit, "samuel")
        engine.complete(unit, mine.id, YES, by, signature=office.signature(unit, mine, YES, by))
    _forced(office, "samuel", hers)
    assert approvers(office) == {id_of("samuel")}


def test_one_deputy_does_not_sign_for_two(attacked: Office) -> None:
    office = attacked
    away(office, "greta", "dorothea")
    away(office, "samuel", "dorothea")
    first, second = office.tasks("dorothea", "decide-change")
    _sign_for(office, "dorothea", first)
    _forced(office, "dorothea", second)
    assert len(approvers(office)) == 1


@on_sqlite
def test_what_is_lent_is_not_lent_on(attacked: Office) -> None:
    office = attacked
    away(office, "greta", "dorothea")
    away(office, "dorothea", "ines")
    assert office.tasks("ines", "decide-change") == []
    browser, task = office.browser("ines"), office.task("greta", "decide-change")
    browser.get("/inbox")
    sent = {"decision": "approved", "_signing": "1", "_do": "complete", "password": PASSWORD}
    assert browser.post(f"/tasks/{task.id}", sent).status_code == 403


@on_sqlite
def test_who_takes_no_part_any_more_stands_in_for_nobody(attacked: Office) -> None:
    office = attacked
    away(office, "greta", "mei")
    (task,) = office.tasks("mei", "decide-change")
    page = office.page("mei", "decide-change").fill(YES)
    with office.writing() as unit:
        processes.remove_member(unit, APOLLO, id_of("mei"), "Project Team", office.actor(unit, "lena"), "Elsewhere")
    assert office.tasks("mei", "decide-change") == []
    assert signed(page).status_code in (403, 404)
    assert "takes no part in Apollo, The SOP: tasks there wait" in office.browser("greta").get("/absences").text
    assert approvers(office) == set()
    assert office.open("decide-change").count(task.assignee) == 1


@on_sqlite
def test_an_absence_holds_for_its_days_only(attacked: Office) -> None:
    """Its last day counts whole in the project's zone; from midnight there it is over."""
    office = attacked
    away(office, days=2)
    task = office.task("dorothea", "decide-change")
    office.clock.turn(days=1, hours=13, minutes=59)  # 22:59 UTC on the second day: 23:59 in Prague
    assert office.tasks("dorothea", "decide-change") == [task]
    page = office.page("dorothea", "decide-change").fill(YES)
    office.clock.turn(minutes=2)
    assert signed(page).status_code == 403
    assert office.tasks("dorothea", "decide-change") == []


@on_sqlite
def test_an_absence_covers_nothing_that_was_before(attacked: Office) -> None:
    office = attacked
    with pytest.raises(AbsenceRefused) as caught, office.writing() as unit:
        engine.record_absence(
            unit, office.actor(unit, "greta"), office.actor(unit, "dorothea"), office.actor(unit, "greta"),
            first_day=TODAY - timedelta(days=1), last_day=TODAY, zone="Europe/Prague", reason="I forgot",
        )  # fmt: skip
    assert set(caught.value.errors) == {"first_day"}
    task = office.task("greta", "decide-change")
    found = away(office)
    with office.looking() as unit:
        assert engine.absence(unit, found).begins_at == office.clock(), "it does not reach back to the morning"
    coming = Actor(id_of("dorothea"), "Dorothea Brandt", {APOLLO: frozenset({"Sponsor"})}, (
        StandIn("0" * 32, id_of("greta"), "Greta", {APOLLO: frozenset({"Stakeholder"})}),
    ))  # fmt: skip
    refused(office, NotAllowed, lambda unit: engine.complete(unit, task.id, YES, coming))


def test_an_absence_that_ends_in_another_tab_takes_the_signature_along(attacked: Office) -> None:
    office = attacked
    found = away(office)
    page = office.page("dorothea", "decide-change").fill(YES)
    office.browser("greta").get("/absences")
    assert office.browser("greta").post(f"/absences/{found}/end", {"reason": "Back early"}).status_code == 302
    assert signed(page).status_code == 403
    with office.looking() as unit:
        (one,) = engine.absences_of(unit, [id_of("greta")])
    assert (one.ended_early, one.state(office.clock())) == (True, "past")
    assert office.browser("greta").post(f"/absences/{found}/end", {"reason": "Again"}).status_code == 422
    refused(office, Refused, lambda unit: engine.end_absence(unit, found, office.actor(unit, "greta"), "Again"))


@on_sqlite
def test_whoever_is_faster_signs_and_the_other_hears_of_it(attacked: Office) -> None:
    office = attacked
    away(office)
    page = office.page("dorothea", "decide-change").fill(YES)
    office.decide("greta")
    assert signed(page).status_code == 409
    with office.looking() as unit:
        record = engine.current(unit, "change-request", office.project, "C1")
        given = [one.printed for one in engine.signatures(unit, record.id) if one.meaning == "approved"]
    assert given == ["Greta Holm"]


@on_sqlite
def test_nobody_signs_for_somebody_without_having_been_told(attacked: Office) -> None:
    """A page that did not say for whom, or a form sent by hand, signs for nobody."""
    office = attacked
    away(office)
    page = office.page("dorothea", "decide-change").fill(YES)
    assert signed(page, _for="").status_code == 422
    assert approvers(office) == set()


@on_sqlite
def test_standing_in_gives_no_role(attacked: Office) -> None:
    """A deputy does tasks, and neither hands them on nor claims them, nor closes the project."""
    office = attacked
    away(office, "ines", "tomas")
    browser, task = office.browser("tomas"), office.task("greta", "decide-change")
    browser.get("/inbox")
    assert browser.post(f"/tasks/{task.id}/reassign", {"to": id_of("dorothea"), "reason": "x"}).status_code == 403
    assert browser.post("/projects/apollo/close", {"reason": "x"}).status_code in (403, 404)
    away(office, "greta", "dorothea")
    browser = office.browser("dorothea")
    browser.get("/inbox")
    assert browser.post(f"/tasks/{task.id}/claim").status_code == 403
    with office.looking() as unit:
        assert engine.task(unit, task.id, office.actor(unit, "greta")).claimed_by is None


@on_sqlite
def test_for_who_was_deactivated_nobody_stands_in(attacked: Office) -> None:
    office = attacked
    away(office)
    page = office.page("dorothea", "decide-change").fill(YES)
    with office.writing() as unit:
        set_active(unit, id_of("greta"), False, office.actor(unit, "lena"), "Left")
    assert signed(page).status_code == 403
    assert office.tasks("dorothea", "decide-change") == []


@on_sqlite
@pytest.mark.parametrize(
    ("deputy", "more", "field"),
    [
        ("greta", {}, "deputy"),
        ("amina", {}, "deputy"),
        ("rahul", {}, "deputy"),
        ("dorothea", {"role": "Sponsor"}, "role"),
        ("dorothea", {"reason": " "}, "reason"),
        ("dorothea", {"subject": "zeus"}, "subject"),
    ],
    ids=["oneself", "nobody of the project", "deactivated", "a role not held", "no reason", "no such project"],
)
def test_an_absence_that_does_not_fit_is_refused(
    attacked: Office, deputy: str, more: dict[str, str], field: str
) -> None:
    office = attacked
    with office.writing() as unit:
        set_active(unit, id_of("rahul"), False, office.actor(unit, "lena"), "Left")
    with pytest.raises(AbsenceRefused) as caught:
        away(office, "greta", deputy, **more)
    assert field in caught.value.errors


@on_sqlite
def test_two_deputies_for_the_same_days_contradict_each_other(attacked: Office) -> None:
    office = attacked
    away(office, subject=APOLLO)
    with pytest.raises(AbsenceRefused, match="stands in from"):
        away(office, deputy="ines")
    with office.looking() as unit:
        assert len(engine.absences_of(unit, [id_of("greta")])) == 1
    away(office, "samuel", "ines")


@on_sqlite
def test_nobody_names_themselves_as_the_deputy_of_somebody_else(attacked: Office) -> None:
    """Administrators, and managers in their project, record for others, but not in their own favour."""
    office = attacked
    with pytest.raises(AbsenceRefused, match="cannot stand in"):
        away(office, deputy="ines", by="ines", subject=APOLLO)
    for by, more in (("tomas", {}), ("ines", {}), ("samuel", {"subject": APOLLO})):
        with pytest.raises(NotAllowed):
            away(office, by=by, **more)
    away(office, by="ines", subject=APOLLO)
    browser = office.browser("tomas")
    browser.get("/absences")
    sent = {"person": id_of("samuel"), "deputy": id_of("tomas"), "first_day": "2026-03-02", "last_day": "2026-03-03",
            "reason": "x"}  # fmt: skip
    assert browser.post("/absences", sent).status_code == 403


def test_a_forged_deputy_is_found(deciding: Office) -> None:
    """“For Greta” with no absence of hers that names the signer, even if it is in the log: verify names it."""
    office = deciding
    task = office.task("greta", "decide-change")
    with office.writing() as unit:
        by = office.actor(unit, "samuel")
        row = ActingRow(
            task_id=task.id, absence_id=away_id(unit, office), person=by.person, absent=id_of("greta"),
            absent_name="Greta Holm", instance_id=task.instance, at=unit.clock(), salt=secrets.token_hex(16),
        )  # fmt: skip
        engine.log(unit, "record.signed", "signature", "forged", by, row=row)
    (found,) = office.verdict().findings
    assert found.table == "acting"
    assert "No absence" in found.what


def away_id(unit: engine.Unit, office: Office) -> str:
    """An absence of Greta's that names Dorothea, not Samuel."""
    return engine.record_absence(
        unit, office.actor(unit, "greta"), office.actor(unit, "dorothea"), office.actor(unit, "greta"),
        first_day=TODAY, last_day=TODAY, zone="UTC", reason="Holiday",
    ).id  # fmt: skip


def _signature(office: Office, unit: engine.Unit, task: engine.Task, by: Actor) -> Signature:
    shown = engine.preview(unit, task, YES, by)
    behalf = engine.standing_in(by, task)
    return Signature(by.person, "approved", shown.sha256, absence=behalf.absence if behalf else "")


def _sign_for(office: Office, login: str, task: engine.Task) -> None:
    with office.writing() as unit:
        by = office.actor(unit, login)
        engine.complete(unit, task.id, YES, by, signature=_signature(office, unit, task, by))


def _forced(office: Office, login: str, task: engine.Task) -> None:
    """Nobody gets through: neither by the page nor by calling the engine with everything that a signature takes."""
    with pytest.raises(SignatureRefused, match="two people"):
        _sign_for(office, login, task)
    page = office.browser(login).get(f"/inbox/{task.id}").text
    assert "You cannot do this for" in page
