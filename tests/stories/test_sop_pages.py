"""The SOP by page: its versions as they are, duties given and ended, a review begun by its owner."""

from __future__ import annotations

import processes
from tests.stories.office import Office, id_of


def test_the_imported_version_is_shown_as_not_approved(running: Office) -> None:
    told = running.browser("tomas").get("/sop").text
    assert "Imported, not approved" in told
    assert "[Your Name]" in told
    assert "Nobody owns the SOP yet" in told


def test_an_administrator_names_an_owner_who_begins_a_review(running: Office) -> None:
    lena = running.browser("lena")
    lena.get("/sop")
    assert lena.post("/sop/duties", {"person": id_of("pavel"), "role": "SOP Owner"}).status_code == 302
    assert lena.post("/sop/duties", {"person": id_of("pavel"), "role": "SOP Owner"}).status_code == 422
    pavel = running.browser("pavel")
    assert "Begin a review" in pavel.get("/sop").text
    assert pavel.post("/sop/review").status_code == 302
    page = running.page("pavel", "judge-proposal", pavel).response.text
    assert "The SOP is in force in version" in page
    assert "Judge the proposal" in pavel.get("/sop").text


def test_nobody_else_gives_duties_or_begins_a_review(running: Office) -> None:
    tomas = running.browser("tomas")
    tomas.get("/sop")
    assert tomas.post("/sop/duties", {"person": id_of("tomas"), "role": "SOP Owner"}).status_code == 403
    assert tomas.post("/sop/review").status_code == 422
    with running.looking() as unit:
        assert processes.sop_duties(unit) == []


def test_a_duty_ends_with_a_reason(running: Office) -> None:
    lena = running.browser("lena")
    lena.get("/sop")
    lena.post("/sop/duties", {"person": id_of("pavel"), "role": "SOP Owner"})
    ended = {"person": id_of("pavel"), "role": "SOP Owner"}
    assert "Say why" in lena.post("/sop/duties/end", {**ended, "reason": ""}).text
    assert lena.post("/sop/duties/end", {**ended, "reason": "Moves on"}).status_code == 302
    with running.looking() as unit:
        assert processes.sop_duties(unit) == []


def test_what_is_about_the_sop_leads_to_its_page(running: Office) -> None:
    assert running.browser("pavel").get("/projects/sop").location == "/sop"


def test_compliance_goes_from_clause_to_evidence(running: Office) -> None:
    told = running.browser("amina").get("/compliance/clauses").text
    assert "Milestones are clear and measurable" in told
    assert "Sign the baseline" in told
    assert running.browser("tomas").get("/compliance/clauses").status_code == 403
