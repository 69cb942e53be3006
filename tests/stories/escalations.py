"""Stories of people who do not answer: wherever their word is waited for, it is brought up, and each step is a gap."""

from __future__ import annotations

from datetime import timedelta

import engine
import processes
from tests.stories.acceptance import MEASURED, claim, give_evidence, run_contractual, standing
from tests.stories.office import Office, id_of
from tests.stories.reviews import ALL, held, met, reported, scheduled, until
from tests.stories.test_closure import evaluated
from tests.stories.test_revision import DRAFT


def told(office: Office, about: str, key: str | None = None) -> list[str]:
    """Who was told about something, each as often as they were; with a key only about that document."""
    with office.looking() as unit:
        found = processes.communications(unit, office.project, about=about)
    return sorted(one.recipient for one in found if key in (None, one.key))


def gaps(office: Office, kind: str, clause: str) -> list[str]:
    """Whose gaps of a kind there are; each was written by the program under this clause."""
    with office.looking() as unit:
        found = processes.gaps(unit, office.project, kind=kind)
        assert all(engine.record(unit, one.record).intact for one in found)
    assert {(one.by, one.clause) for one in found} <= {(engine.SYSTEM, clause)}
    return [one.person for one in found]


def an_acceptance_that_is_never_given(office: Office) -> None:
    """A contractual milestone is not achieved by silence, whoever hears of it."""
    run_contractual(office)
    claim(office)
    give_evidence(office)
    office.do("ines", "verify-claim", MEASURED)
    office.do("greta", "accept-milestone", {"decision": "approved"})
    samuel = id_of("samuel")
    office.wait(days=3, hours=1)
    assert told(office, "reminder") == [samuel]
    assert gaps(office, "unanswered-acceptance", "5.5d") == []
    office.wait(days=4)
    assert gaps(office, "unanswered-acceptance", "5.5d") == [samuel]
    office.wait(days=2)
    assert told(office, "approval-unanswered") == [id_of("ines")]
    office.wait(days=4)
    assert told(office, "approval-unanswered") == sorted([id_of("ines"), id_of("dorothea")])
    assert gaps(office, "unanswered-acceptance", "5.5d") == [samuel] * 3
    assert standing(office)[1] is None
    office.do("samuel", "accept-milestone", {"decision": "approved"})
    assert standing(office)[0] == "achieved"
    with office.looking() as unit:
        assert engine.instances(unit, process="milestone-acceptance")[0].status == "completed"
    assert office.verdict().findings == ()


def a_claim_that_nobody_verifies(office: Office) -> None:
    """The manager is silent, then sends it back three times; then the sponsor is slow, too."""
    office.run()
    claim(office)
    give_evidence(office)
    ines = id_of("ines")
    office.wait(days=3, hours=1)
    assert told(office, "reminder") == [ines]
    office.wait(days=6)
    assert gaps(office, "unanswered-acceptance", "5.5d") == [ines] * 2
    assert told(office, "approval-unanswered") == [], "there is no other manager who could be told"
    office.wait(days=4)
    assert told(office, "approval-unanswered") == [id_of("dorothea")]
    for number in (1, 2, 3):
        office.do("ines", "verify-claim", {"decision": "rejected", "findings": f"Test {number} fails."})
        give_evidence(office)
    office.wait(days=5)
    assert set(told(office, "reminder", "Q1")) == {id_of("dorothea")}
    office.do("dorothea", "verify-for-manager", MEASURED)
    assert standing(office)[0] == "achieved"


def a_closure_that_nobody_signs(office: Office) -> None:
    """It is brought up, and the project stays open."""
    office.run()
    evaluated(office, proposals=[], no_proposal=True)
    office.do("greta", "sign-closure", {"decision": "approved"})
    silent = sorted([id_of("samuel"), id_of("dorothea")])
    office.wait(days=3, hours=1)
    assert told(office, "reminder") == silent
    office.wait(days=10)
    assert sorted(gaps(office, "unanswered-approval", "7a")) == sorted(silent * 3)
    assert told(office, "approval-unanswered") == [id_of("ines")], "the sponsor herself has not signed"
    for login in ("samuel", "dorothea"):
        office.do(login, "sign-closure", {"decision": "approved"})
    with office.looking() as unit:
        assert engine.instances(unit, process="closure")[0].status == "completed"
        assert processes.project(unit, "apollo").status == "closed"


def minutes_that_nobody_confirms(office: Office) -> None:
    """They stay a draft, and that is a gap."""
    office.run()
    scheduled(office)
    reported(office)
    met(office, ALL)
    held(office)
    office.do("ines", "draft-minutes", {"text": "We met", "plan_statement": "no-change"})
    for login in ALL:
        office.do(login, "comment-minutes", {"decision": "agree"})
    office.wait(days=5)
    assert told(office, "reminder", "R1").count(id_of("ines")) == 1
    office.wait(days=10)
    assert gaps(office, "unconfirmed-minutes", "5.4a") == [id_of("ines")] * 3
    assert told(office, "approval-unanswered") == [id_of("dorothea")]
    office.do("ines", "confirm-minutes", {})
    with office.looking() as unit:
        record = processes.minutes(unit, "apollo", "R1")
        assert record is not None
        assert set(engine.approvals(unit, record.id)) == {id_of("ines")}
    office.wait(days=5)
    assert len(gaps(office, "unconfirmed-minutes", "5.4a")) == 3
    with office.looking() as unit:
        assert engine.instances(unit, process="review-cycle")[-1].status == "completed"


def a_report_that_two_have_not_read(office: Office) -> None:
    """They are reminded the working day before."""
    office.run()
    scheduled(office)
    reported(office)
    office.do("greta", "give-input", {"no_comment": True})
    with office.looking() as unit:
        (meeting,) = processes.meetings(unit, "apollo")
    office.wait(hours=(meeting.scheduled_at - office.clock.now) / timedelta(hours=1) - 27)
    assert told(office, "reminder", "R1") == []
    office.wait(hours=2)
    assert told(office, "reminder", "R1") == sorted([id_of("samuel"), id_of("dorothea")])
    until(office, "open-meeting")
    assert told(office, "reminder", "R1") == sorted([id_of("samuel"), id_of("dorothea")])


def a_written_decision_that_one_has_not_answered(office: Office) -> None:
    """He is reminded the working day before the time is up."""
    office.run()
    scheduled(office)
    reported(office)
    met(office, ("ines", "tomas"))
    office.do("ines", "settle-quorum", {"course": "circulation"})
    held(office, decisions=[{"text": "Go on", "decided_by": id_of("ines"), "votes": "", "needs_change": False}])
    by = (office.clock.now + timedelta(days=7)).date().isoformat()
    office.do("ines", "circulate-decisions", {"until": by, "note": "Too few came"})
    before = told(office, "reminder", "R1")
    office.do("greta", "answer-in-writing", {"decision": "agree"})
    until(office, "draft-minutes")
    after = told(office, "reminder", "R1")
    assert len(after) == len(before) + 1
    assert after.count(id_of("samuel")) == before.count(id_of("samuel")) + 1


def revise(office: Office, effective_on: str) -> None:
    """A revision of the SOP, drafted by Pavel, waits for Lena's approval while a project runs."""
    office.run()
    with office.writing() as unit:
        lena = office.actor(unit, "lena")
        processes.give_duty(unit, id_of("pavel"), "SOP Owner", lena)
        processes.give_duty(unit, id_of("lena"), "SOP Approver", lena)
        processes.ask_for_review(unit, office.actor(unit, "pavel"))
    office.do("pavel", "judge-proposal", {"decision": "revise", "why": "A year has passed"})
    office.do("pavel", "draft-revision", {**DRAFT, "effective_on": effective_on})


def a_revision_that_somebody_has_not_read(office: Office) -> None:
    """Reminded before it is in force; afterwards it is a gap of the project."""
    revise(office, "2026-03-11")
    office.do("lena", "approve-revision", {"decision": "approved"})
    for login in ("ines", "mei", "rahul", "greta", "samuel", "dorothea"):
        office.do(login, "read-revision", {"read": True})
    tomas = id_of("tomas")
    office.wait(days=4)
    assert told(office, "reminder", "R1") == []
    office.wait(days=2)
    assert told(office, "reminder", "R1") == [tomas], "before it is in force"
    assert gaps(office, "not-read", "8a") == []
    office.wait(days=3)
    assert gaps(office, "not-read", "8a") == [tomas]
    office.wait(days=7)
    assert gaps(office, "not-read", "8a") == [tomas] * 3
    assert told(office, "approval-unanswered") == sorted([id_of("ines"), id_of("dorothea")])
    with office.looking() as unit:
        standings = {one.clause: one for one in processes.standings(unit, "apollo")}
        gap = processes.gaps(unit, "apollo", kind="not-read")[0]
        assert "Tomas" in gap.text
        assert "has not read" in gap.text
    assert (standings["8a"].state, standings["8a"].missed) == ("missed", 3)
    assert office.browser("ines").get(f"/records/{gap.record}").status_code == 200
    office.do("tomas", "read-revision", {"read": True})
    office.wait(days=10)
    assert len(gaps(office, "not-read", "8a")) == 3
    assert office.incidents() == []
    assert office.verdict().findings == ()


def a_revision_that_nobody_approves(office: Office) -> None:
    """Its approver takes part in no project; it is brought up all the same, as any other approval, and counts."""
    revise(office, "2026-06-11")
    silent = id_of("lena")
    office.wait(days=3, hours=1)
    assert (told(office, "reminder", "R1"), gaps(office, "unanswered-approval", "8a")) == ([silent], [])
    office.wait(days=4)
    assert gaps(office, "unanswered-approval", "8a") == [silent]
    office.wait(days=6)
    assert gaps(office, "unanswered-approval", "8a") == [silent] * 3
    assert told(office, "approval-unanswered", "R1") == sorted(map(id_of, ("pavel", "ines", "dorothea")))
    with office.looking() as unit:
        standing = next(one for one in processes.standings(unit, office.project) if one.clause == "8a")
        assert "has not decided on" in processes.gaps(unit, office.project, kind="unanswered-approval")[0].text
    assert (standing.state, standing.missed) == ("missed", 3)
    office.do("lena", "approve-revision", {"decision": "approved"})
    office.wait(days=10)
    assert len(gaps(office, "unanswered-approval", "8a")) == 3


SILENCES = (
    an_acceptance_that_is_never_given,
    a_claim_that_nobody_verifies,
    a_closure_that_nobody_signs,
    minutes_that_nobody_confirms,
    a_report_that_two_have_not_read,
    a_written_decision_that_one_has_not_answered,
    a_revision_that_somebody_has_not_read,
    a_revision_that_nobody_approves,
)
