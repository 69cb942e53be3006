"""The SOP is revised: proposals judged, revisions drafted, approved by somebody else, read, in force on their day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import engine
import processes
from engine import NotAllowed
from forms import AnswersRefused
from tests.stories.office import Office, id_of
from tests.stories.test_closure import LESSONS, evaluated

DRAFT: dict[str, Any] = {
    "version": "1.1", "effective_on": "2026-04-15", "description": "Reports go out three days before.",
    "wording": "5.3b Distribute reports at least three working days before each meeting.", "running": "finish",
}  # fmt: skip


@pytest.fixture
def owned(running: Office) -> Office:
    """The SOP has an owner and an approver, and perhaps a project was closed with a proposal."""
    with running.writing() as unit:
        lena = running.actor(unit, "lena")
        processes.give_duty(unit, id_of("pavel"), "SOP Owner", lena)
        processes.give_duty(unit, id_of("dorothea"), "SOP Approver", lena)
    return running


@pytest.fixture
def proposed(owned: Office) -> Office:
    evaluated(owned, proposals=LESSONS["proposals"][:1])
    for login in ("greta", "samuel", "dorothea"):
        owned.do(login, "sign-closure", {"decision": "approved"})
    return owned


def versions(office: Office) -> list[tuple[str, str]]:
    with office.looking() as unit:
        return [(one.version, one.state) for one in processes.sop_history(unit)]


def test_an_imported_version_is_not_called_approved(owned: Office) -> None:
    with owned.looking() as unit:
        (first,) = processes.sop_history(unit)
    assert (first.version, first.author, first.approver, first.state) == ("1.0", "[Your Name]", None, "imported")


def test_a_proposal_of_a_closed_project_becomes_a_version(proposed: Office) -> None:
    assert len(proposed.tasks("pavel", "judge-proposal")) == 1
    proposed.do("pavel", "judge-proposal", {"decision": "revise", "why": "Right"})
    proposed.do("pavel", "draft-revision", DRAFT)
    with pytest.raises(AssertionError, match="nothing waits for pavel"):
        proposed.do("pavel", "approve-revision", {"decision": "approved"})
    proposed.do("dorothea", "approve-revision", {"decision": "rejected", "comment": "Say from when"})
    assert "Say from when" in proposed.page("pavel", "draft-revision").response.text
    proposed.do("pavel", "draft-revision", {**DRAFT, "description": "Reports three days before, from 15 April."})
    proposed.do("dorothea", "approve-revision", {"decision": "approved"})
    assert versions(proposed)[1] == ("1.1", "approved")
    with proposed.looking() as unit:
        asked = {one.assignee for one in engine.tasks(unit, subject="sop", status="open")}
    assert asked == {id_of("pavel"), id_of("dorothea")}, "everybody else's project is closed"
    proposed.wait(days=45)
    assert versions(proposed) == [("1.0", "imported"), ("1.1", "effective")]
    with proposed.looking() as unit:
        judged = {one.id: one.status for one in processes.proposals(unit)}
        record = engine.current(unit, "sop-revision", "sop", "R1")
    assert judged == {"P1": "accepted"}
    assert record
    assert record.data["supersedes"] == "1.0"
    assert proposed.incidents() == []
    assert proposed.verdict().findings == ()


def test_everybody_in_a_running_project_reads_it_before_it_is_in_force(owned: Office) -> None:
    with owned.writing() as unit:
        processes.ask_for_review(unit, owned.actor(unit, "pavel"))
    owned.do("pavel", "judge-proposal", {"decision": "revise", "why": "A year has passed"})
    owned.do("pavel", "draft-revision", DRAFT)
    owned.do("dorothea", "approve-revision", {"decision": "approved"})
    with owned.looking() as unit:
        waiting = engine.tasks(unit, subject="sop", status="open")
    assert len([one for one in waiting if one.element == "read-revision"]) == 8
    owned.answer("tomas", "read-revision", {"read": True})
    owned.do("mei", "read-revision", {"read": True})
    with owned.looking() as unit:
        newest = processes.sop_history(unit)[-1]
    assert (newest.readers, newest.read) == (8, 2)


def test_a_revision_is_never_approved_by_its_author(owned: Office) -> None:
    with owned.writing() as unit:
        processes.give_duty(unit, id_of("pavel"), "SOP Approver", owned.actor(unit, "lena"))
        processes.ask_for_review(unit, owned.actor(unit, "pavel"))
    owned.do("pavel", "judge-proposal", {"decision": "revise", "why": "Old"})
    owned.do("pavel", "draft-revision", DRAFT)
    with owned.looking() as unit:
        (task,) = [one for one in engine.tasks(unit, subject="sop", status="open") if one.element == "approve-revision"]
    with pytest.raises(NotAllowed), owned.writing() as unit:
        engine.complete(unit, task.id, {"decision": "approved"}, owned.actor(unit, "pavel"))


def test_nothing_changes_is_a_signed_result_and_is_looked_at_again_after_a_year(owned: Office) -> None:
    with owned.writing() as unit:
        processes.ask_for_review(unit, owned.actor(unit, "pavel"))
    with pytest.raises(AnswersRefused, match="no proposal to reject"):
        owned.do("pavel", "judge-proposal", {"decision": "reject", "why": "Nothing to do"})
    owned.do("pavel", "judge-proposal", {"decision": "no-change", "why": "It works"})
    owned.do("pavel", "record-no-change", {"statement": "Looked at every clause; none needs to change."})
    with owned.looking() as unit:
        last = processes.sop_history(unit)[-1]
        assert last.record
        assert [one.meaning for one in engine.signatures(unit, last.record)] == ["authored"]
    owned.wait(days=366)
    assert len(owned.tasks("pavel", "judge-proposal")) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"version": "1.0"}, "version"),
        ({"effective_on": "2026-03-01"}, "effective_on"),
        ({"version": "new"}, "version"),
    ],
)  # fmt: skip
def test_a_draft_with_an_old_version_or_date_is_refused_at_its_field(owned: Office, wrong, field) -> None:
    with owned.writing() as unit:
        processes.ask_for_review(unit, owned.actor(unit, "pavel"))
    owned.do("pavel", "judge-proposal", {"decision": "revise", "why": "Old"})
    with pytest.raises(AnswersRefused) as refused:
        owned.do("pavel", "draft-revision", {**DRAFT, **wrong})
    assert set(refused.value.errors) == {field}


def test_no_project_is_called_as_the_sop_and_only_its_owner_begins_a_review(owned: Office) -> None:
    with pytest.raises(processes.NotInProject), owned.writing() as unit:
        processes.ask_for_review(unit, owned.actor(unit, "ines"))
    with pytest.raises(processes.RegistrationRefused, match="the SOP itself"), owned.writing() as unit:
        processes.register(
            unit, "sop", "X", members={}, start=date(2026, 4, 1), by=owned.actor(unit, "lena")
        )  # fmt: skip


def test_a_duty_ends_with_a_reason_and_is_then_nobodys(owned: Office) -> None:
    with pytest.raises(processes.RegistrationRefused, match="Say why"), owned.writing() as unit:
        processes.end_duty(unit, id_of("pavel"), "SOP Owner", owned.actor(unit, "lena"), " ")
    with owned.writing() as unit:
        processes.end_duty(unit, id_of("pavel"), "SOP Owner", owned.actor(unit, "lena"), "He moves on")
    with owned.looking() as unit:
        assert [one.role for one in processes.sop_duties(unit)] == ["SOP Approver"]
