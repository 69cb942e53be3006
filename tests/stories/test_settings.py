"""Settings, gaps and holds over HTTP: who reads and who changes them, what is refused where, what a sponsor decides."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

import processes
from tests.databases import Databases
from tests.factories import Visitor
from tests.stories.holds import status
from tests.stories.office import PLAN, Office, id_of

PAGE = "/projects/apollo/settings"


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what pages ask of it, other stories ask of both."""
    return sqlite


def change(browser: Visitor, reason: str = "Because", **values: Any) -> Any:
    """Send the form of a reading, with these settings in it."""
    browser.get(PAGE)
    sent = {f"has.{name}": "1" for name in values} | values | {"reason": reason}
    return browser.post(PAGE, sent)


def setting(office: Office, name: str) -> Any:
    with office.looking() as unit:
        return getattr(processes.project(unit, office.project).settings, name)


def test_everybody_of_the_project_reads_how_it_reads_the_sop(running: Office) -> None:
    for login in ("ines", "tomas", "greta", "dorothea"):
        page = running.browser(login).get(PAGE)
        assert page.status_code == 200
        assert all(f"{reading.id}: " in page.text for reading in processes.READINGS if reading.id)
        assert ("Change this" in page.text) is (login == "ines")
    assert "Settings" in running.browser("tomas").get("/projects/apollo").text


def test_the_manager_changes_one_and_the_page_says_who_when_and_why(running: Office) -> None:
    ines = running.browser("ines")
    assert change(ines, "Fridays are off", weekly_due="THU 12:00").status_code == 302
    page = ines.get(PAGE).text
    assert "Thursday, 12:00" in page
    assert "Fridays are off" in page
    assert "default: Friday, 17:00" in page


@pytest.mark.parametrize(
    ("values", "reason", "said"),
    [
        ({"preread_days": "none"}, "Because", "Give a whole number from 1 to 10."),
        ({"review_step": "P4M"}, "Because", "at least monthly"),
        ({"change_completion": "1"}, "Because", "a project may ask for more, not for fewer"),
        ({"holidays": "Atlantis"}, "Because", "not known"),
        ({"weekly_due": "FRI 17:00"}, " ", "Say why"),
        ({"minute_taker": "nobody"}, "Because", "Choose people of the project."),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_typed(running: Office, values: Any, reason: str, said: str) -> None:
    answer = change(running.browser("ines"), reason, **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert setting(running, "preread_days") == 2


def test_what_asks_less_waits_for_the_sponsor(running: Office) -> None:
    ines, dorothea = running.browser("ines"), running.browser("dorothea")
    assert change(ines, "Nobody reads it earlier", preread_days="1").status_code == 302
    assert setting(running, "preread_days") == 2
    assert "Agree" not in ines.get(PAGE).text.partition("What was changed")[0].partition("Change this")[0]
    assert ines.post(f"{PAGE}/S1", {"decision": "agree"}).status_code == 403, "not even by a direct request"
    page = dorothea.get(PAGE).text
    assert "Nobody reads it earlier" in page
    assert dorothea.post(f"{PAGE}/S1", {"decision": "decline"}).status_code == 422
    dorothea.get(PAGE)
    assert dorothea.post(f"{PAGE}/S1", {"decision": "agree", "remark": "Fine"}).status_code == 302
    assert setting(running, "preread_days") == 1
    dorothea.get(PAGE)
    assert dorothea.post(f"{PAGE}/S1", {"decision": "agree"}).status_code == 422, "it is decided already"


def test_what_asks_less_than_the_sop_waits_for_every_stakeholder(running: Office) -> None:
    ines, greta, samuel = (running.browser(login) for login in ("ines", "greta", "samuel"))
    assert change(ines, "Nothing moves in summer", review_step="P2M").status_code == 302
    assert "until every stakeholder has agreed" in ines.get(PAGE).text
    assert running.browser("dorothea").post(f"{PAGE}/S1", {"decision": "agree"}).status_code == 403
    assert "So far: nobody." in greta.get(PAGE).text
    assert greta.post(f"{PAGE}/S1", {"decision": "agree"}).status_code == 302
    page = greta.get(PAGE).text
    assert "You have agreed." in page
    assert "So far: Greta Holm." in page
    assert setting(running, "review_step") == "P1M"
    samuel.get(PAGE)
    assert samuel.post(f"{PAGE}/S1", {"decision": "agree"}).status_code == 302
    assert setting(running, "review_step") == "P2M"
    assert "every stakeholder agreed" in samuel.get(PAGE).text


def test_nobody_else_changes_settings(running: Office) -> None:
    for login in ("tomas", "greta", "dorothea"):
        assert change(running.browser(login), weekly_due="THU 12:00").status_code == 403
    assert setting(running, "weekly_due") == "FRI 17:00"
    assert change(running.browser("lena"), "Fridays are off", weekly_due="THU 12:00").status_code == 302


def test_gaps_stand_on_a_page_with_their_evidence_and_go_out(running: Office) -> None:
    running.wait(days=16)
    tomas = running.browser("tomas")
    page = tomas.get("/projects/apollo/gaps").text
    assert "3 gaps." in page
    with running.looking() as unit:
        found = processes.gaps(unit, "apollo")
    for one in found:
        assert f"/records/{one.record}" in page
        assert tomas.get(f"/records/{one.record}").status_code == 200
        assert f"/instances/{one.instance}" in page
    asked = f"person={id_of('mei')}&kind=missed-update&clause=5.2b&since=2026-03-01"
    assert "1 of 3" in tomas.get(f"/projects/apollo/gaps?{asked}").text
    assert tomas.get("/projects/apollo/gaps?until=2020-01-01&since=x").status_code == 200
    sheet = tomas.get(f"/projects/apollo/gaps.csv?person={id_of('mei')}")
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [(row["kind"], row["name"], row["clause"]) for row in rows] == [("missed-update", "Mei-Ling Tan", "5.2b")]
    assert len(json.loads(tomas.get("/projects/apollo/gaps.json").text)) == 3
    assert tomas.get("/projects/apollo/gaps.xml").status_code == 404


def test_a_project_is_put_on_hold_and_resumed_by_its_manager(running: Office) -> None:
    ines, page = running.browser("ines"), "/projects/apollo/hold"
    assert running.browser("tomas").get(page).status_code == 403
    ines.get(page)
    late = ines.post(page, {"what": "hold", "until": "2020-01-01", "reason": "Money"})
    assert (late.status_code, "still to come" in late.text) == (422, True)
    assert ines.post(page, {"what": "hold", "until": "soon", "reason": "Money"}).status_code == 422
    assert ines.post(page, {"what": "hold", "until": "2026-04-01", "reason": ""}).status_code == 422
    assert ines.post(page, {"what": "resume", "reason": "Why not"}).status_code == 422
    assert ines.post(page, {"what": "hold", "until": "2026-04-01", "reason": "Money"}).status_code == 302
    assert status(running) == "on-hold"
    assert "On hold" in ines.get("/projects/apollo").text
    assert running.browser("tomas").post("/projects/apollo/changes").status_code == 422, "nothing moves in a hold"
    ines.get(page)
    assert ines.post(page, {"what": "resume", "reason": "It is there"}).status_code == 302
    assert status(running) == "running"
    assert "It is there" in ines.get(page).text


def test_closing_a_project_on_hold_ends_the_hold(running: Office) -> None:
    with running.writing() as unit:
        by = running.actor(unit, "ines")
        processes.hold(unit, "apollo", date(2026, 4, 1), by, "Money")
        processes.close(unit, "apollo", by, "It is over")
    assert running.open("settle-gaps") == [""]
    with running.looking() as unit:
        (hold,) = processes.holds(unit, "apollo")
    assert hold.ended_at is not None


def test_a_project_is_cancelled_by_its_page(running: Office) -> None:
    ines = running.browser("ines")
    ines.get("/projects/apollo/hold")
    assert ines.post("/projects/apollo/hold", {"what": "cancel", "reason": ""}).status_code == 422
    assert ines.post("/projects/apollo/hold", {"what": "cancel", "reason": "No customer"}).status_code == 302
    assert running.open("settle-gaps") == []
    assert len(running.open("give-feedback")) == 5


def test_a_project_that_has_not_begun_just_ends(signing: Office) -> None:
    with signing.writing() as unit:
        processes.cancel_project(unit, "apollo", signing.actor(unit, "ines"), "No money")
    assert status(signing) == "closed"


def test_a_team_lead_reports_for_somebody(running: Office) -> None:
    while not running.open("submit-update"):
        running.wait(days=1)
    mei = running.browser("mei")
    assert "You may report for others" not in mei.get("/projects/apollo").text
    task = running.task("tomas", "submit-update")
    assert mei.post(f"/projects/apollo/report-for/{task.id}").status_code == 403
    assert change(running.browser("ines"), "Mei leads", team_leads=id_of("mei")).status_code == 302
    assert f"/projects/apollo/report-for/{task.id}" in mei.get("/projects/apollo").text
    assert mei.post(f"/projects/apollo/report-for/{task.id}").status_code == 302
    assert task.id in {one.id for one in running.tasks("mei", "submit-update")}


def test_the_log_shows_what_the_project_wants_to_see(running: Office) -> None:
    """A12: an update that is handed in again takes the place of the first; both are kept, and seen if so wanted."""
    while not running.open("submit-update"):
        running.wait(hours=6)
    lines = {row["id"]: {"milestone": row["id"], "name": row["name"], "status": "on-track", "percent": 10,
                         "forecast": row["target"]} for row in PLAN["milestones"]}  # fmt: skip

    def report(login: str, of: str, said: str) -> None:
        running.do(login, "submit-update", {"milestones": [lines[of]], "achievements": said})

    for login, of in (("tomas", "M1"), ("mei", "M2"), ("rahul", "M3")):
        report(login, of, f"First word of {login}")
    back = {"decision": "returned", "return_to": id_of("tomas"), "comment": "How do you know?"}
    running.do("ines", "release-status", back)
    report("tomas", "M1", "Second word of tomas")
    browser, page = running.browser("tomas"), "/projects/apollo/log"
    assert "First word of tomas" in browser.get(page).text, "everything is the default"
    assert change(running.browser("ines"), "Too long", log_shows="current").status_code == 302
    shown = browser.get(page).text
    assert "First word of tomas" not in shown
    assert "Second word of tomas" in shown
    assert "First word of mei" in shown
    assert "First word of tomas" in browser.get(f"{page}?entries=all").text, "it is hidden, and not gone"
