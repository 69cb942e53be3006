"""A new project, from its registration to the signed plan: five people, four pages, one record."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import decide, open_task, project_link, review_and_sign, sign, told
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

TITLE = "Harbour crane overhaul"
TEAM = {
    "Project Manager": ["ines"],
    "Project Team": ["tomas"],
    "Stakeholder": ["greta", "samuel"],
    "Sponsor": ["dorothea"],
}


def register(page: Page) -> None:
    """Lena registers the project with its team."""
    page.goto("/projects")
    page.get_by_role("link", name="Register a project").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Id", exact=True).fill("harbour-crane")
    page.get_by_label("Purpose").fill("The crane lifts again before the autumn storms.")
    page.get_by_label("Planned start").fill("2026-03-23")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    for role, logins in TEAM.items():
        group = page.get_by_role("group", name=role, exact=True)
        for login in logins:
            group.get_by_role("checkbox", name=login).check()
    page.get_by_role("button", name="Register the project").click()
    told(page, "The project is registered.")
    expect(page.get_by_role("region", name="What is next")).to_contain_text("Draft the milestone plan")


def write_plan(page: Page) -> None:
    """Two milestones, both owned by Tomas; the second row is asked for with a button."""
    page.get_by_label("What is the project for?").fill("The crane lifts again before the autumn storms.")
    if not page.get_by_role("group", name="Milestone 1", exact=True).count():
        page.get_by_role("button", name="Add").first.click()
    page.get_by_role("button", name="Add").first.click()
    rows = (
        ("GEAR", "Gearbox rebuilt", "The gearbox runs", "8 hours under load without a leak", "2026-05-29"),
        ("CERT", "Certificate issued", "The certificate", "Signed by the inspector after 1 test lift", "2026-07-31"),
    )
    for number, (short, name, deliverable, criterion, target) in enumerate(rows, 1):
        row = page.get_by_role("group", name=f"Milestone {number}", exact=True)
        row.get_by_label("Short id").fill(short)
        row.get_by_label("Name", exact=False).first.fill(name)
        row.get_by_label("What will be there when it is reached?").fill(deliverable)
        row.get_by_label("How will you know that it is reached?").fill(criterion)
        row.get_by_label("Who is responsible?").select_option(label="Tomas Lindqvist")
        row.get_by_label("When will it be done?").fill(target)


def approve(page: Page) -> None:
    """A stakeholder reads the plan, approves it and signs."""
    open_task(page, "Sign the baseline", TITLE)
    expect(page.get_by_text("Gearbox rebuilt").first).to_be_visible()
    decide(page, "I approve this plan as the baseline")
    sign(page)
    told(page, "revision 1, is signed.")


def test_a_plan_is_submitted_accepted_signed_and_sealed(visit: Visit) -> None:
    register(visit("lena"))

    ines = visit("ines")
    open_task(ines, "Draft the milestone plan", TITLE)
    write_plan(ines)
    review_and_sign(ines)
    told(ines, "revision 1, is sealed. “Accept ownership and dates” now waits for Tomas Lindqvist (due")

    tomas = visit("tomas")
    open_task(tomas, "Accept ownership and dates", TITLE)
    expect(tomas.get_by_text("Certificate issued").first).to_be_visible()
    decide(tomas, "Yes, I accept ownership and dates")
    tomas.get_by_role("button", name="Done").click()

    project_link(ines, TITLE)
    ines.get_by_role("link", name="Plan", exact=True).click()
    expect(ines.get_by_text("not approved yet")).to_be_visible()

    approve(visit("greta", phone=True))
    project_link(ines, TITLE)
    ines.get_by_role("link", name="Plan", exact=True).click()
    expect(ines.get_by_text("not approved yet")).to_be_visible()  # one of two is no approval
    approve(visit("samuel"))

    ines.reload()
    expect(ines.get_by_role("row", name="Gearbox rebuilt")).to_contain_text("29 May 2026")
    ines.get_by_role("link", name="Milestone Plan Document").click()
    signatures = ines.get_by_role("region", name="Signatures")
    for name in ("Ines Okafor", "Greta Holm", "Samuel Osei"):
        expect(signatures.get_by_text(name)).to_be_visible()
    answer = ines.request.get(ines.get_by_role("link", name="PDF").get_attribute("href") or "")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
