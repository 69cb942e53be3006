"""What goes wrong around a review meeting, and what there is to show for it: troubles 5, 8, 9, 10 and 20."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

import engine
import processes
from engine import THE_SYSTEM
from tests.databases import Databases
from tests.stories.office import Office, id_of
from tests.stories.reviews import (
    ALL,
    ANALYSIS,
    called_off,
    confirmed,
    day,
    held,
    meeting,
    met,
    moved,
    reported,
    scheduled,
    sections,
    until,
)
from tests.stories.task_page import send_form
from web.mail import MailRow, mails_of


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: the same steps are played on both elsewhere."""
    return sqlite


def gaps(office: Office, kind: str) -> list[processes.Gap]:
    """The gaps of a kind; each was written by the program."""
    with office.looking() as unit:
        found = processes.gaps(unit, office.project, kind=kind)
    assert {one.by for one in found} <= {THE_SYSTEM.person}
    return found


def entries(office: Office, login: str) -> list[tuple[str, str, str, Any]]:
    """What a person's calendar was told: UID, method, sequence, beginning."""
    with office.looking() as unit:
        kept: list[MailRow] = mails_of(unit, id_of(login))[::-1]
        said = [one.calendar for one in kept if one.calendar is not None]
    calendars = [Calendar.from_ical(one) for one in said]
    events = [(one, one.walk("VEVENT")[0]) for one in calendars]
    return [(str(e["uid"]), str(c["method"]), str(e["sequence"]), e.decoded("dtstart")) for c, e in events]


def test_trouble_5_a_stakeholder_never_answers_a_report(running: Office) -> None:
    """5: a stakeholder never answers a report: not reviewed, never agreed; the meeting takes place."""
    scheduled(running)
    reported(running)
    running.do("greta", "give-input", {"comment": "M2 looks late"})
    met(running, ALL)
    assert {(one.person, one.clause) for one in gaps(running, "not-reviewed")} == {
        (id_of("samuel"), "4.ST1"), (id_of("dorothea"), "4.ST1"),
    }  # fmt: skip
    held(running)
    confirmed(running)
    said = {row[0]: row[1] for row in sections(running)["Input of the readers"]["table"]["rows"]}
    assert said.pop("Greta Holm") == "commented"
    assert list(said.values()) == ["did not answer: not reviewed"] * 2
    with running.looking() as unit:
        record = processes.minutes(unit, running.project, "R1")
        assert record
        assert set(engine.approvals(unit, record.id)) == {id_of("ines")}, "nobody else has agreed to anything"
    assert running.verdict().findings == ()


def test_trouble_8_a_quorum_is_missed_and_the_decisions_are_made_in_writing(running: Office) -> None:
    """8: quorum missed. Nothing is decided there; what is, is signed by a quorum in writing, on pages."""
    scheduled(running)
    reported(running)
    met(running, ("ines", "tomas", "dorothea"))
    (gap,) = gaps(running, "no-quorum")
    assert "0 of 2 entitled to decide; 1 needed" in gap.text
    assert "0 of 2 entitled to decide; 1 needed" in running.page("ines", "settle-quorum").response.text
    running.answer("ines", "settle-quorum", {"course": "circulation", "why": "M1 cannot wait"})
    decision = {"text": "Move M1", "decided_by": id_of("ines"), "votes": "", "needs_change": True}
    held(running, decisions=[decision])
    with running.looking() as unit:
        assert processes.decisions(unit, running.project) == []
    running.answer("ines", "circulate-decisions", {"until": day(running, 5).isoformat(), "note": "Only two came"})
    assert "Move M1" in running.page("greta", "answer-in-writing").response.text, "what is signed is read there"
    running.answer("greta", "answer-in-writing", {"decision": "agree"})
    until(running, "draft-minutes")
    (silent,) = gaps(running, "unanswered-circulation")
    assert silent.person == id_of("samuel")
    confirmed(running, "by-change-request")
    with running.looking() as unit:
        (decided,) = processes.decisions(unit, running.project)
        (change,) = processes.changes(unit, running.project)
        standing = {one.clause: one.state for one in processes.standings(unit, running.project)}
    assert (decided.change, change.source) == ("C1", "D1")
    assert meeting(running).state == "in-writing"
    assert standing["5.3a"] == "missed", "it does not count as held"
    assert running.verdict().findings == ()


def test_trouble_8_what_is_only_informed_cannot_decide_by_whatever_is_posted(running: Office) -> None:
    """8: quorum missed. Decisions that are posted past the form are not taken, and nothing follows from them."""
    scheduled(running)
    reported(running)
    met(running, ("ines",))
    running.do("ines", "settle-quorum", {"course": "information"})
    page = running.page("ines", "hold-review")
    assert "Nothing can be decided in it" in page.response.text
    assert 'name="decisions' not in page.response.text
    decision = {"text": "All of it", "decided_by": id_of("ines"), "votes": "", "needs_change": True}
    held(running, decisions=[decision])
    confirmed(running)
    with running.looking() as unit:
        assert (processes.decisions(unit, running.project), processes.changes(unit, running.project)) == ([], [])
    assert meeting(running).state == "information"


def test_trouble_9_the_meeting_is_moved_after_the_report_was_sent(running: Office) -> None:
    """9: meeting moved after the pre-read was sent: on a page; timers, calendars and the minutes follow."""
    scheduled(running)
    until(running, "analyse-performance")
    reported(running)
    running.do("greta", "give-input", {"no_comment": True})
    before, to = meeting(running), day(running, 5)
    address = f"/projects/apollo/meetings/{before.id}"
    assert f'href="{address}"' in running.browser("ines").get("/projects/apollo/meetings").text
    assert "Move the meeting" in running.browser("ines").get(address).text
    assert "Move the meeting" not in running.browser("tomas").get(address).text
    new = {"date": to.isoformat(), "time": "15:00", "why": "The room is taken"}
    for missing in new:
        wrong = send_form(running.browser("ines"), address, {**new, missing: ""}, f"{address}/move")
        assert wrong.status_code == 422
        assert f'id="move-{missing}-e"' in wrong.text
    assert send_form(running.browser("ines"), address, new, f"{address}/move").status_code == 302
    after = meeting(running)
    assert (after.id, after.scheduled_at.date()) == (before.id, to)
    assert after.distributed_at == before.distributed_at
    assert running.open("give-input") == sorted([id_of("samuel"), id_of("dorothea")]), "Greta has read this very report"
    calendar = entries(running, "greta")
    assert [one[1:3] for one in calendar] == [("REQUEST", "0"), ("REQUEST", "1")]
    assert len({one[0] for one in calendar}) == 1
    assert calendar[-1][3] == after.scheduled_at
    running.wait(hours=(before.scheduled_at - running.clock.now) / timedelta(hours=1) + 1)
    assert running.open("open-meeting") == [], "the old time has passed and nothing began"
    met(running, ALL)
    assert running.clock.now - after.scheduled_at < timedelta(hours=7)
    held(running)
    confirmed(running)
    (row,) = sections(running)["Moved or called off"]["table"]["rows"]
    assert row[3:5] == ["The room is taken", "stays the one to read, with its data as they were"]
    assert meeting(running).state == "held"


def test_trouble_9_data_that_would_be_too_old_are_cut_anew(running: Office) -> None:
    """9: meeting moved after the pre-read was sent, by weeks: data cut anew, a new report, everybody is asked again."""
    scheduled(running)
    reported(running)
    for login in ("greta", "samuel", "dorothea"):
        running.do(login, "give-input", {"no_comment": True})
    with running.looking() as unit:
        first = processes.minutes(unit, running.project, "R1")
    after = moved(running, 25)
    assert after.distributed_at is None
    until(running, "analyse-performance")
    assert after.scheduled_at - running.clock.now < timedelta(days=6)
    running.do("ines", "analyse-performance", ANALYSIS)
    running.do("ines", "issue-report", {})
    assert len(running.open("give-input")) == 3
    with running.looking() as unit:
        second = processes.minutes(unit, running.project, "R1")
    assert first
    assert second
    assert first.data["cut_sha256"] != second.data["cut_sha256"]
    assert "is made anew" in str(second.sections)


def test_trouble_9_a_meeting_is_called_off_with_and_without_another_date(running: Office) -> None:
    """9, its other half: called off with a replacement, then for good, which is a gap; calendars are told."""
    first = scheduled(running)
    second = called_off(running, 13)
    assert (meeting(running, 0).state, second.state, second.id) == ("called-off", "scheduled", "R2")
    assert gaps(running, "review-cancelled") == []
    called_off(running)
    (gap,) = gaps(running, "review-cancelled")
    assert gap.about == "R2"
    told: dict[str, list[str]] = {}
    for uid, method, _sequence, _at in sorted(entries(running, "greta"), key=lambda one: one[2]):
        told.setdefault(uid, []).append(method)
    assert list(told.values()) == [["REQUEST", "CANCEL"], ["REQUEST", "CANCEL"]]
    with running.looking() as unit:
        (cycle,) = engine.instances(unit, process="review-cycle")
        assert cycle.status == "completed"
        to, ines = processes.Appointment(day(running, 20), first.scheduled_at.time()), running.actor(unit, "ines")
        with pytest.raises(processes.MeetingRefused):
            processes.move_meeting(unit, running.project, "R2", to, "Once more", ines)
    page = running.browser("greta").get("/projects/apollo/meetings").text
    assert "Half of us are ill" in page


def test_only_the_manager_moves_a_meeting(running: Office) -> None:
    """Nobody else by whatever is posted, and nobody once it has begun."""
    one = scheduled(running)
    sent = {"date": day(running, 20).isoformat(), "time": "10:00", "why": "Because"}
    for login in ("tomas", "greta", "lena"):
        browser = running.browser(login)
        browser.get("/inbox")
        assert browser.post(f"/projects/apollo/meetings/{one.id}/move", sent).status_code == 403
        assert browser.post(f"/projects/apollo/meetings/{one.id}/call-off", sent).status_code == 403
    until(running, "analyse-performance")
    reported(running)
    until(running, "open-meeting")
    browser = running.browser("ines")
    browser.get(f"/projects/apollo/meetings/{one.id}")
    later = {**sent, "date": day(running, 20).isoformat()}
    assert browser.post(f"/projects/apollo/meetings/{one.id}/move", later).status_code == 422
    assert meeting(running).scheduled_at == one.scheduled_at


def test_trouble_10_the_report_is_sent_too_late(running: Office) -> None:
    """10: report sent too late: recorded as a breach, and the meeting proceeds."""
    one = scheduled(running)
    until(running, "analyse-performance")
    running.wait(hours=(one.scheduled_at - running.clock.now) / timedelta(hours=1) - 20)
    running.do("ines", "analyse-performance", ANALYSIS)
    running.do("ines", "issue-report", {})
    (gap,) = gaps(running, "late-report")
    assert (gap.clause, gap.about) == ("5.3b", "R1")
    assert re.search(r"went out [01] working days before the meeting .* not 2\.", gap.text)
    met(running, ALL)
    held(running)
    assert confirmed(running).state == "held"


def test_trouble_20_the_sop_is_revised_while_a_review_is_under_way(running: Office) -> None:
    """20: SOP revised while a meeting cycle is in flight: it ends as it began; the next one is on the new version."""
    scheduled(running)
    with running.looking() as unit:
        newest = engine.newest(unit, "review-cycle")
        (cycle,) = engine.instances(unit, process="review-cycle")
    browser = running.browser("pavel")
    diagram = browser.get(f"/definitions/{newest.id}/diagram.bpmn").text
    edited = diagram.replace('id="draft-minutes" name="', 'id="draft-minutes" name="New: ')
    assert edited != diagram
    browser.get("/processes/review-cycle/edit")
    sent = {"xml": edited, "reason": "Another name.", "base": newest.bundle}
    assert browser.post("/processes/review-cycle/deploy", sent).status_code == 302
    reported(running)
    moved(running, 5)
    met(running, ALL)
    held(running)
    assert running.task("ines", "draft-minutes").name == "Draft the minutes"
    confirmed(running)
    until(running, "schedule-review")
    with running.looking() as unit:
        found = {one.id: (one.version, one.status) for one in engine.instances(unit, process="review-cycle")}
    assert found.pop(cycle.id) == (1, "completed")
    assert list(found.values()) == [(2, "running")]


def test_what_was_decided_on_a_change_comes_back_to_the_next_review(running: Office) -> None:
    """A decision asks for a change; what the approvers say to it, and the open action, stand on the next agenda."""
    scheduled(running)
    reported(running)
    met(running, ALL)
    decision = {"text": "Move M1", "decided_by": id_of("greta"), "votes": "all", "needs_change": True}
    action = {"text": "Call the supplier", "owner": id_of("tomas"), "due": day(running, 60).isoformat()}
    held(running, decisions=[decision], actions=[{**action, "priority": "normal"}])
    confirmed(running, "by-change-request")
    change = {"reason": "Parts come late", "cause": "external", "urgency": "normal", "options": "Wait.",
              "items": [{"action": "move", "milestone": "M1", "target": "2026-07-20"}],
              "impact_schedule": "M1 later"}  # fmt: skip
    running.do("ines", "describe-change", change)
    for login in ("greta", "samuel", "dorothea"):
        for _ in running.tasks(login, "decide-change"):
            running.decide(login, "rejected")
    until(running, "schedule-review")
    with running.looking() as unit:
        task = running.task("ines", "schedule-review")
        agenda = engine.task_form(unit, task, running.actor(unit, "ines")).values["agenda"]
    assert "Open action items: A1" in agenda
    assert "Decided changes: C1" in agenda
    scheduled(running, agenda="As always")
    reported(running)
    said = sections(running, "R2")
    assert "Carried over. Open action items: A1" in said["Agenda"]["text"]
    (row,) = said["Changes decided since the last review"]["table"]["rows"]
    assert (row[0], row[2]) == ("C1", "D1")
