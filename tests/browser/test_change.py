"""A change of the plan that is returned, revised and approved; the plan moves at the last signature and not before."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import arrive, decide, open_task, review_and_sign, sign, told
from tests.browser.conftest import Visit
from tests.browser.stage import RUNNING

pytestmark = pytest.mark.browser

BEFORE, ASKED, AGREED = "7 April 2026", "28 April 2026", "21 April 2026"


def expect_date(page: Page, day: str) -> None:
    """The plan's table gives this date as the baseline of alpha 5."""
    page.goto(f"/projects/{RUNNING}/plan")
    row = page.get_by_role("row", name="alpha 5")
    expect(row.get_by_role("cell").nth(2)).to_contain_text(day)


def describe(page: Page, target: str) -> None:
    """Say what the change is, read the request and sign it."""
    page.get_by_label("Why is a change needed?").fill("The build machines are moved in the week before.")
    page.get_by_label("Cause").select_option(label="Outside events")
    action = page.get_by_label("What is to be done?")
    if action.input_value() != "move":
        action.select_option(label="Move the date of a milestone")
    page.get_by_label("Which milestone?").select_option(label="A5 alpha 5")
    page.get_by_label("When will it be done?").fill(target)
    page.get_by_label("Which other ways are there?").fill("Leave it, and build on one machine only.")
    page.get_by_label("What does it mean for the schedule?").fill("Alpha 6 and everything after it stay.")
    review_and_sign(page)


def test_a_change_is_returned_revised_and_approved_and_only_then_moves_the_plan(visit: Visit) -> None:
    ines = visit("ines")
    expect_date(ines, BEFORE)
    ines.on("dialog", lambda dialog: dialog.accept())
    ines.get_by_role("button", name="Raise a change").click()
    arrive(ines, "Describe the change")
    describe(ines, "2026-04-28")
    told(ines, "Change Request and Approval C3")
    expect_date(ines, BEFORE)

    greta = visit("greta")
    open_task(greta, "Decide on the change", "Change C3")
    decide(greta, "I return it for rework")
    greta.get_by_label("Why?").fill("Three weeks are too long; two will do.")
    sign(greta)
    told(greta, "is signed")
    expect_date(ines, BEFORE)

    open_task(ines, "Revise the change", "Change C3")
    expect(ines.get_by_text("Three weeks are too long; two will do.").first).to_be_visible()
    describe(ines, "2026-04-21")
    told(ines, "revision 2")
    expect_date(ines, BEFORE)

    for login in ("greta", "samuel"):
        approver = visit(login)
        open_task(approver, "Decide on the change", "Change C3")
        expect(approver.get_by_text("What has changed since revision 1")).to_be_visible()
        expect_date(ines, BEFORE)
        decide(approver, "I approve the change")
        sign(approver)
        told(approver, "revision 2, is signed")
    expect_date(ines, AGREED)

    ines.goto(f"/projects/{RUNNING}/changes")
    panel = ines.get_by_role("region", name="C3")
    expect(panel).to_contain_text("Applied")
    expect(panel.get_by_text("Greta Holm")).to_be_visible()
