"""Closing a project as people live it: what is open, feedback, evaluation, signatures, and proposals that go on."""

from __future__ import annotations

from typing import Any

import pytest

import engine
import processes
from engine import Record
from forms import AnswersRefused
from tests.stories.office import Office, id_of

OPINION = {"tracking": "helped", "reviews": "partly", "changes": "helped", "keep": "", "change": "Fewer questions."}
EVALUATION = {"verdict": "partly", "tracking": "Slips were seen.", "reviews": "One decision.", "changes": "None."}
LESSONS: dict[str, Any] = {
    "lessons": [{"kind": "keep", "text": "Forecasts are free."}],
    "proposals": [
        {"text": "Reports go out three days before.", "reason": "Two were short.", "clause": "5.3b"},
        {"text": "Updates may be spoken.", "reason": "Typing takes long.", "clause": "5.2b"},
    ],
    "no_proposal": False,
}
YES = {"decision": "approved"}


def ask_to_close(office: Office, reason: str = "It is done") -> None:
    with office.writing() as unit:
        processes.close(unit, office.project, office.actor(unit, "ines"), reason)


def evaluated(office: Office, **lessons: Any) -> None:
    """Closed with what is open, everybody has given feedback, the evaluation is sealed."""
    ask_to_close(office)
    office.do("ines", "settle-gaps", {"next": "close", "reason": "The rest moves to the next project"})
    for login in ("tomas", "mei", "rahul", "greta", "samuel"):
        office.do(login, "give-feedback", OPINION)
    office.do("ines", "evaluate-procedure", EVALUATION)
    office.do("ines", "draw-lessons", {**LESSONS, **lessons})


def status(office: Office) -> str:
    with office.looking() as unit:
        return processes.project(unit, office.project).status


def evaluation(office: Office) -> Record:
    with office.looking() as unit:
        found = engine.current(unit, "closure-evaluation", office.project, "K1")
    assert found
    return found


def test_a_project_ends_with_the_last_signature_under_its_evaluation(running: Office) -> None:
    evaluated(running)
    for login in ("greta", "samuel"):
        running.do(login, "sign-closure", YES)
    assert status(running) == "running", "the sponsor has not signed yet"
    running.do("dorothea", "sign-closure", YES)
    assert status(running) == "closed"
    assert running.incidents() == []
    data = evaluation(running).data
    assert [one["id"] for one in data["gaps"]] == ["M1", "M2", "M3"]
    assert {one["change"] for one in data["feedback"]} == {"Fewer questions."}
    with running.looking() as unit:
        assert [(one.id, one.clause, one.status) for one in processes.proposals(unit)] == [
            ("P1", "5.3b", "proposed"), ("P2", "5.2b", "proposed"),
        ]  # fmt: skip
        told = {one.recipient for one in processes.communications(unit, "apollo", about="closure")}
    assert id_of("tomas") in told
    assert running.verdict().findings == ()


def test_one_no_sends_the_evaluation_back_and_voids_what_was_signed(running: Office) -> None:
    evaluated(running)
    running.do("samuel", "sign-closure", YES)
    running.do("greta", "sign-closure", {"decision": "rejected", "comment": "Name the cause"})
    assert running.open("sign-closure") == []
    assert "Name the cause" in running.page("ines", "draw-lessons").response.text
    running.do("ines", "draw-lessons", {**LESSONS, "lessons": [{"kind": "stop", "text": "Guessing"}]})
    assert evaluation(running).revision == 2
    assert len(running.open("sign-closure")) == 3, "everybody signs the new revision"


def test_whoever_gives_no_feedback_is_named(running: Office) -> None:
    ask_to_close(running)
    running.do("ines", "settle-gaps", {"next": "close", "reason": "Enough"})
    running.do("tomas", "give-feedback", OPINION)
    running.do("ines", "evaluate-procedure", EVALUATION)
    running.wait(days=15)
    with running.looking() as unit:
        silent = [one.text for one in processes.log(unit, "apollo", kinds=["unanswered"]) if one.clause == "7b"]
    assert len(silent) == 4
    running.do("ines", "draw-lessons", LESSONS)
    assert sorted(one["answered"] for one in evaluation(running).data["feedback"]) == [False] * 4 + [True]


def test_a_closure_that_is_taken_back_lets_the_project_go_on(running: Office) -> None:
    ask_to_close(running, "Too soon")
    running.do("ines", "settle-gaps", {"next": "look-again"})
    running.do("ines", "settle-gaps", {"next": "withdraw", "reason": "A mistake"})
    assert status(running) == "running"
    running.wait(days=8)
    assert running.open("submit-update"), "updates are called for again"
    ask_to_close(running)
    assert running.open("settle-gaps") == [""]


def test_a_closure_that_is_cancelled_lets_the_project_go_on_and_be_closed_again(running: Office) -> None:
    """What waits for the closing hears of it: or nobody would ever be asked for an update again."""
    evaluated(running)
    with running.looking() as unit:
        (closing,) = engine.instances(unit, process="closure")
        (carrier,) = engine.instances(unit, process="project-under-sop")
        assert processes.claimable(unit, "apollo", id_of("tomas")) == []
    with pytest.raises(engine.Refused, match="carries the whole project"), running.writing() as unit:
        processes.cancel(unit, carrier.id, running.actor(unit, "lena"), "It is in the way")
    with running.writing() as unit:
        processes.cancel(unit, closing.id, running.actor(unit, "lena"), "Begun by mistake")
    with running.looking() as unit:
        assert processes.claimable(unit, "apollo", id_of("tomas")) == ["M1"]
        assert processes.verify_rows(unit) == ()
    assert status(running) == "running"
    running.wait(days=7)
    assert len(running.open("submit-update")) == 3
    ask_to_close(running, "Now it is")
    assert len(running.tasks("ines", "settle-gaps")) == 1


def test_whoever_began_a_closing_takes_it_back_until_it_is_signed(running: Office) -> None:
    """With a reason, also after some have signed; nobody else does, and the reason stands in the log."""
    with running.writing() as unit:
        processes.add_member(unit, "apollo", id_of("rahul"), "Project Manager", running.actor(unit, "lena"))
    evaluated(running)
    running.do("greta", "sign-closure", YES)
    where = "/projects/apollo/close"
    assert "who began it, can take it back" in running.browser("rahul").get(where).text
    refused = running.browser("rahul").post(f"{where}/withdraw", {"reason": "Too soon"})
    assert (refused.status_code, "Only Ines Okafor can" in refused.text) == (422, True)
    ines = running.browser("ines")
    assert "Say why" in ines.post(f"{where}/withdraw", {"reason": " "}).text
    assert ines.post(f"{where}/withdraw", {"reason": "Two tests fail after all"}).status_code == 302
    assert (status(running), running.open("sign-closure")) == ("running", [])
    with running.looking() as unit:
        event = next(one for one in engine.events(unit, kind="closure.changed", subject="apollo"))
        assert (event.person, event.reason, event.new["state"]) == (
            id_of("ines"), "Two tests fail after all", "withdrawn",
        )  # fmt: skip
        told = {one.recipient for one in processes.communications(unit, "apollo", about="closure-withdrawn")}
        assert len(told) == 7
        assert processes.closers(unit, "apollo") == ()
    assert ines.post(f"{where}/withdraw", {"reason": "Again"}).status_code == 422
    running.wait(days=7)
    assert len(running.open("submit-update")) == 3
    assert running.verdict().findings == ()


def test_without_proposals_it_is_said_that_none_is_needed(running: Office) -> None:
    with pytest.raises(AnswersRefused, match="no change of the SOP is needed"):
        evaluated(running, proposals=[])
    running.do("ines", "draw-lessons", {**LESSONS, "proposals": [], "no_proposal": True})
    for login in ("greta", "samuel", "dorothea"):
        running.do(login, "sign-closure", YES)
    assert status(running) == "closed"
    with running.looking() as unit:
        assert processes.proposals(unit) == []


def test_no_message_ends_a_project_whose_closure_nobody_signed(running: Office) -> None:
    ask_to_close(running)
    with running.writing() as unit:
        engine.send(unit, "closure.signed", "apollo", {}, running.actor(unit, "ines"))
    assert status(running) == "running"
    assert any("has not been evaluated yet" in cause for cause in running.incidents())
