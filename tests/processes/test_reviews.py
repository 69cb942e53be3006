"""The review cycle by its diagram: data cut, report, input, quorum, minutes, decisions and what follows."""

from datetime import UTC, date, datetime

import pytest

import engine
import processes
from engine import THE_SYSTEM, StepCall, Work
from forms import AnswersRefused
from processes.steps import STEPS
from tests.processes.stages import RUNNING, Stage, begins_at

SCHEDULE = {"date": "2026-03-27", "time": "10:00", "place": "Room 1", "agenda": "Milestones",
            "invitees": ["pm", "tom", "tia", "sue", "sam"]}  # fmt: skip
ANALYSIS = {"trends": "Flat", "bottlenecks": "None", "improvements": [
    {"text": "Answer sooner", "owner": "pm", "due": "2026-04-30", "effect": "Fewer reminders"}]}  # fmt: skip


def line(milestone: str, name: str, outcome: str = "pending"):
    return {"milestone": milestone, "name": name, "outcome": outcome, "remark": ""}


def held(**more):
    return {
        "lines": [line("M1", "Design"), line("M2", "Build"), line("M3", "Release")],
        "items": [{"kind": "risk", "text": "Parts", "disposition": "Watch"}],
        "decisions": [
            {"text": "Move the design", "decided_by": "sue", "votes": "2:0", "needs_change": True},
            {"text": "Go on", "decided_by": "sam", "votes": "2:0", "needs_change": False},
            {"text": "Add a trial", "decided_by": "sam", "votes": "1:1", "needs_change": True},
        ],
        "actions": [{"text": "Call the supplier", "owner": "tom", "due": "2026-04-01", "priority": "high"}],
    } | more  # fmt: skip


def call_for(world):
    """The first review is called for: fourteen days after the start, in the morning."""
    world.wait(days=14)


def report(world):
    """The report of a scheduled review goes out to its readers."""
    world.do("pm", "schedule-review", SCHEDULE)
    world.wait(days=9)
    world.do("pm", "analyse-performance", ANALYSIS)
    world.do("pm", "issue-report", {"note": "Please read"})


def meet(world):
    """The meeting has a quorum."""
    world.do("sue", "give-input", {"comment": "Looks late"})
    world.wait(days=3)
    world.do("pm", "open-meeting", {"attendees": ["pm", "tom", "sue"], "apologies": ["sam"]})


CALLED = Stage("a called review", RUNNING, call_for)
REPORTED = Stage("a reported review", CALLED, report)
MET = Stage("a meeting", REPORTED, meet)
called, reported, met = begins_at(CALLED, "called"), begins_at(REPORTED, "reported"), begins_at(MET, "met")


def test_the_call_comes_in_time_for_a_review_within_the_month(called):
    (task,) = called.tasks("pm", "schedule-review")
    context = engine.task_form(called.unit, task, called.actor("pm")).context
    assert context["review_by"] == "2026-04-02"
    assert called.incidents() == []


def test_a_review_that_is_cancelled_leaves_the_calendars(called):
    """Its meeting is called off with it: nobody could do that any more."""
    called.do("pm", "schedule-review", SCHEDULE)
    processes.cancel(called.unit, called.instance("review-cycle").id, called.actor("pm"), "Begun by mistake")
    called.session.commit()
    (meeting,) = processes.meetings(called.unit, "apollo")
    assert (meeting.state, meeting.moves[0].why) == ("called-off", "Begun by mistake")
    told = processes.communications(called.unit, "apollo", about="meeting-called-off")
    assert {one.recipient for one in told} >= {"sue", "sam"}
    assert processes.verify_rows(called.unit) == ()


def test_the_data_are_cut_before_the_report_and_both_records_speak_of_the_cut(reported):
    row = processes.meetings(reported.unit, "apollo")[0]
    review = engine.current(reported.unit, "performance-review", "apollo", "R1")
    report = engine.current(reported.unit, "minutes", "apollo", "R1")
    # Friday less two working days to read and one to write: Tuesday 08:00 in Prague.
    assert review.data["as_of"] == "2026-03-24"
    assert review.data["cut_sha256"] == report.data["cut_sha256"]
    assert report.data["held"] is False
    assert (row.state, row.scheduled_at) == ("scheduled", datetime(2026, 3, 27, 9, 0, tzinfo=UTC))
    told = processes.communications(reported.unit, "apollo", about="report")
    assert {one.recipient for one in told} == {"pm", "tom", "tia", "sue", "sam", "spo"}
    assert {one.record for one in told} == {report.id}


def test_a_report_in_time_is_no_breach_and_a_late_one_is(called):
    called.do("pm", "schedule-review", SCHEDULE)
    called.wait(days=8)
    called.do("pm", "analyse-performance", ANALYSIS)
    called.wait(days=2)
    called.do("pm", "issue-report", {})
    (breach,) = processes.log(called.unit, "apollo", kinds=["breach"])
    assert breach.clause == "5.3b"
    assert "went out 1 working days before" in breach.text


def test_who_does_not_answer_has_not_reviewed_and_never_agreed(met):
    unanswered = processes.log(met.unit, "apollo", kinds=["unanswered"])
    assert {one.person for one in unanswered if one.clause == "4.ST1"} == {"sam", "spo"}
    met.do("pm", "hold-review", held())
    met.do("pm", "draft-minutes", {"text": "We met", "plan_statement": "by-change-request"})
    minutes = engine.current(met.unit, "minutes", "apollo", "R1")
    table = next(one["table"]["rows"] for one in minutes.sections if one["heading"] == "Input of the readers")
    answers = [row[:3] for row in table]
    assert ["Sue Stakeholder", "commented", "Looks late"] in answers
    assert ["Sam Stakeholder", "did not answer: not reviewed", ""] in answers


def test_input_is_a_comment_or_its_explicit_absence(reported):
    for answers in ({}, {"comment": "x", "no_comment": True}):
        with pytest.raises(AnswersRefused):
            reported.do("sue", "give-input", answers)
    reported.do("sue", "give-input", {"no_comment": True})


def meet_too_few(world):
    """Two of the team and the sponsor come."""
    world.wait(days=3)
    world.do("pm", "open-meeting", {"attendees": ["pm", "tom", "spo"]})


INQUORATE = Stage("a meeting without quorum", REPORTED, meet_too_few)
inquorate = begins_at(INQUORATE, "inquorate")


def test_a_review_without_quorum_was_not_held_and_is_repeated_within_five_working_days(inquorate):
    (first,) = processes.meetings(inquorate.unit, "apollo")
    assert (first.state, first.quorum) == ("not-held", False)
    inquorate.do("pm", "settle-quorum", {"course": "reschedule"})
    with pytest.raises(AnswersRefused) as refused:
        inquorate.do("pm", "reschedule-review", SCHEDULE | {"date": "2026-04-06"})
    assert "3 April 2026" in refused.value.errors["why_late"][0]
    inquorate.do("pm", "reschedule-review", SCHEDULE | {"date": "2026-04-03"})
    second = processes.meetings(inquorate.unit, "apollo")[1]
    assert (second.id, second.state) == ("R2", "scheduled")
    (missing,) = processes.gaps(inquorate.unit, "apollo", kind="no-quorum")
    assert (missing.by, missing.about) == (THE_SYSTEM.person, "R1")
    assert "0 of 2 entitled to decide; 1 needed" in missing.text


def test_a_later_repetition_needs_a_reason_and_is_a_gap(inquorate):
    inquorate.do("pm", "settle-quorum", {"course": "reschedule"})
    late = SCHEDULE | {"date": "2026-04-10", "why_late": "Easter"}
    inquorate.do("pm", "reschedule-review", late)
    (gap,) = processes.gaps(inquorate.unit, "apollo", kind="late-meeting")
    assert "10 April 2026" in gap.text
    (move,) = processes.meetings(inquorate.unit, "apollo")[0].moves
    assert (move.why, move.by) == ("Easter", "Pat Manager")


def test_a_month_without_a_review_is_written_by_the_system_when_it_is_over_and_once(inquorate):
    inquorate.do("pm", "settle-quorum", {"course": "reschedule"})
    inquorate.do("pm", "reschedule-review", SCHEDULE | {"date": "2026-04-03"})
    assert processes.gaps(inquorate.unit, "apollo", kind="review-gap") == []
    inquorate.wait(days=40)
    (gap,) = processes.gaps(inquorate.unit, "apollo", kind="review-gap")
    # The project began on 2 March; the meeting without a quorum did not reset the clock.
    assert "2 March 2026" in gap.text
    assert gap.at == datetime(2026, 4, 2, 22, 0, tzinfo=UTC), "midnight in Prague after 2 April"
    assert gap.by == THE_SYSTEM.person


def test_a_meeting_on_the_last_day_is_waited_for_until_it_is_said_who_came(called):
    called.do("pm", "schedule-review", SCHEDULE | {"date": "2026-04-02"})
    called.wait(days=15)
    called.do("pm", "analyse-performance", ANALYSIS)
    called.do("pm", "issue-report", {})
    called.wait(days=4)
    assert processes.gaps(called.unit, "apollo", kind="review-gap") == [], "4 April: nobody has said yet who came"
    called.wait(days=4)
    assert len(processes.gaps(called.unit, "apollo", kind="review-gap")) == 1, "five days are enough to say so"


def test_time_on_hold_is_no_part_of_the_month(called):
    processes.hold(called.unit, "apollo", date(2026, 3, 26), called.actor("pm"), "No money")
    called.session.commit()
    called.wait(days=20)
    assert processes.gaps(called.unit, "apollo", kind="review-gap") == [], "2 April, ten days of them on hold"
    called.wait(days=12)
    (gap,) = processes.gaps(called.unit, "apollo", kind="review-gap")
    assert gap.at > datetime(2026, 4, 10, tzinfo=UTC)


def test_a_review_in_time_leaves_no_gap_though_its_minutes_take_their_time(met):
    met.wait(days=20)
    assert processes.gaps(met.unit, "apollo", kind="review-gap") == []


def test_who_is_informed_decides_nothing(inquorate):
    inquorate.do("pm", "settle-quorum", {"course": "information", "why": "They came from far"})
    inquorate.do("pm", "hold-review", held())  # the form does not ask for decisions, so those sent are none
    inquorate.do("pm", "draft-minutes", {"text": "We talked", "plan_statement": "no-change"})
    inquorate.wait(days=8)
    inquorate.do("pm", "confirm-minutes", {})
    (meeting,) = processes.meetings(inquorate.unit, "apollo")
    assert (meeting.state, processes.decisions(inquorate.unit, "apollo")) == ("information", [])
    assert [one.owner for one in processes.actions(inquorate.unit, "apollo")] == ["tom"]
    assert len(processes.gaps(inquorate.unit, "apollo", kind="review-gap")) == 1, "it does not count as held"
    assert inquorate.incidents() == []


def circulate(world):
    """Two decisions are put to both stakeholders in writing."""
    world.do("pm", "settle-quorum", {"course": "circulation"})
    with pytest.raises(AnswersRefused):
        world.do("pm", "hold-review", held(decisions=[]))
    world.do("pm", "hold-review", held(decisions=held()["decisions"][:2]))
    with pytest.raises(AnswersRefused):
        world.do("pm", "circulate-decisions", {"until": "2026-03-27", "note": "Today"})
    world.do("pm", "circulate-decisions", {"until": "2026-03-31", "note": "Nobody came"})


circulated = begins_at(Stage("circulated decisions", INQUORATE, circulate), "circulated")


def finished(world):
    """The minutes are drafted and confirmed; what they say is given by heading."""
    world.do("pm", "draft-minutes", {"text": "In writing", "plan_statement": "by-change-request"})
    world.wait(days=8)
    world.do("pm", "confirm-minutes", {})
    assert world.incidents() == []
    return {one["heading"]: one for one in engine.current(world.unit, "minutes", "apollo", "R1").sections}


def test_a_quorum_that_agrees_in_writing_decides(circulated):
    assert processes.decisions(circulated.unit, "apollo") == []
    circulated.do("sue", "answer-in-writing", {"decision": "agree"})
    circulated.wait(days=5)
    said = finished(circulated)
    assert [(one.id, one.change) for one in processes.decisions(circulated.unit, "apollo")] == [
        ("D1", "C1"), ("D2", None),
    ]  # fmt: skip
    (decision, _) = processes.decisions(circulated.unit, "apollo")
    assert "1 agree, 0 disagree, 0 comment, 1 did not answer; 1 of 2 entitled to decide; 1 needed" in decision.votes
    assert [row[:2] for row in said["Answers in writing"]["table"]["rows"]] == [
        ["Sue Stakeholder", "agrees"], ["Sam Stakeholder", "did not answer: this is no agreement"],
    ]  # fmt: skip
    assert {row[4] for row in said["Decisions"]["table"]["rows"]} == {"carried in writing"}
    (silent,) = processes.gaps(circulated.unit, "apollo", kind="unanswered-circulation")
    assert (silent.person, silent.by) == ("sam", THE_SYSTEM.person)
    assert processes.meetings(circulated.unit, "apollo")[0].state == "in-writing"


@pytest.mark.parametrize(
    "answers",
    [{}, {"sue": "comment"}, {"sue": "agree", "sam": "disagree"}, {"sue": "disagree"}],
    ids=["silence", "only a comment", "as many against it", "against it"],
)
def test_anything_else_decides_nothing(circulated, answers):
    for person, said in answers.items():
        circulated.do(person, "answer-in-writing", {"decision": said, "comment": "" if said == "agree" else "Why"})
    circulated.wait(days=5)
    said = finished(circulated)
    assert processes.decisions(circulated.unit, "apollo") == []
    assert processes.changes(circulated.unit, "apollo") == []
    assert {row[4] for row in said["Decisions"]["table"]["rows"]} == {"not carried"}


def test_the_whole_review_ends_in_decisions_actions_and_changes(met):
    met.do("pm", "hold-review", held())
    met.do(
        "pm", "draft-minutes", {"text": "We met", "plan_statement": "by-change-request", "next_meeting": "2026-04-20"}
    )
    met.do("tom", "comment-minutes", {"decision": "correction", "comment": "I was late"})
    met.do("sue", "comment-minutes", {"decision": "agree"})
    met.do("pm", "comment-minutes", {"decision": "agree"})
    (task,) = met.tasks("pm", "draft-minutes")
    form = engine.task_form(met.unit, task, met.actor("pm"))
    assert form.values["text"] == "We met"
    assert {"name": "Tom Team", "decision": "correction", "comment": "I was late"} in form.context["minutes_remarks"]
    met.do("pm", "draft-minutes", {"text": "We met, Tom later", "plan_statement": "by-change-request"})
    met.do("tom", "comment-minutes", {"decision": "agree"})
    met.wait(days=5)
    assert met.tasks("pm", "confirm-minutes") == [], "five working days from a Saturday end on Friday"
    met.wait(days=1)
    met.do("pm", "confirm-minutes", {})
    unit = met.unit
    assert [(one.id, one.change) for one in processes.decisions(unit, "apollo")] == [
        ("D1", "C1"),
        ("D2", None),
        ("D3", "C2"),
    ]
    assert [(one.id, one.owner, one.due) for one in processes.actions(unit, "apollo")] == [
        ("A1", "tom", date(2026, 4, 1))
    ]
    assert [(one.id, one.source, one.raised_by) for one in processes.changes(unit, "apollo")] == [
        ("C1", "D1", "pm"), ("C2", "D3", "pm"),
    ]  # fmt: skip
    assert len(met.tasks("pm", "describe-change")) == 2
    assert len(processes.communications(unit, "apollo", about="minutes")) == 6
    meeting = processes.meetings(unit, "apollo")[0]
    assert (meeting.state, len(meeting.lines), meeting.items) == ("held", 3, (("risk", "Parts", "Watch"),))
    minutes = engine.current(unit, "minutes", "apollo", "R1")
    assert (minutes.revision, set(engine.approvals(unit, minutes.id))) == (4, {"pm"})
    said = {one["heading"]: one for one in minutes.sections}
    silence = "did not answer: confirmed by silence, which holds for minutes only"
    assert {row[0]: row[1] for row in said["Comments on the draft (revision 3)"]["table"]["rows"]} == {
        "Tom Team": "agrees", "Sue Stakeholder": silence, "Pat Manager": silence,
    }  # fmt: skip
    sent = said["Distribution of the status report"]["table"]["rows"]
    assert ["Sue Stakeholder", "Stakeholder", "2026-03-25 10:00 (Europe/Prague)", "inbox", "delivered"] in sent
    assert len(sent) == 6
    assert met.incidents() == []
    assert "5.4c" in processes.compliance(unit, met.instance("review-cycle").id).clauses


def test_a_review_that_needs_no_change_just_ends(met):
    met.do("pm", "hold-review", held(decisions=[], actions=[], items=[], no_items=True))
    met.do("pm", "draft-minutes", {"text": "We met", "plan_statement": "no-change"})
    for person in ("pm", "tom", "sue"):
        met.do(person, "comment-minutes", {"decision": "agree"})
    met.do("pm", "confirm-minutes", {})
    assert processes.changes(met.unit, "apollo") == []
    assert met.instance("review-cycle").status == "completed"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"lines": [line("M1", "Design")]}, "lines.1.outcome"),
        ({"items": []}, "no_items"),
        ({"no_items": True}, "no_items"),
        ({"actions": [{"text": "x", "owner": "tom", "due": "2026-03-01"}]}, "actions.0.due"),
    ],
)
def test_what_a_review_leaves_open_is_refused(met, more, field):
    with pytest.raises(AnswersRefused) as refused:
        met.do("pm", "hold-review", held(**more))
    assert field in refused.value.errors


def test_a_review_is_scheduled_for_the_future(called):
    with pytest.raises(AnswersRefused) as refused:
        called.do("pm", "schedule-review", SCHEDULE | {"date": "2026-03-01"})
    assert "date" in refused.value.errors


def test_nobody_is_present_and_excused(reported):
    reported.wait(days=3)
    with pytest.raises(AnswersRefused) as refused:
        reported.do("pm", "open-meeting", {"attendees": ["pm", "sue"], "apologies": ["sue"]})
    assert "apologies" in refused.value.errors


def test_unsigned_minutes_conclude_nothing(met):
    met.do("pm", "hold-review", held())
    met.do("pm", "draft-minutes", {"text": "We met", "plan_statement": "no-change"})
    one = met.instance("review-cycle")
    call = StepCall("conclude", "review.conclude", {}, {})
    work = Work(met.unit, one.id, one.process, one.definition, "apollo", call, THE_SYSTEM)
    with pytest.raises(processes.ApprovalMissing):
        STEPS["review.conclude"](work)
    assert processes.decisions(met.unit, "apollo") == []
