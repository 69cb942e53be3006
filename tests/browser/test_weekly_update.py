"""A weekly update on a phone, and the status that the project manager releases from it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.acting import decide, open_task, told
from tests.browser.conftest import Visit
from tests.browser.stage import RUNNING

pytestmark = pytest.mark.browser

WEEK = "week of 2 March 2026"


def test_an_update_is_written_on_a_phone_and_released(visit: Visit) -> None:
    tomas = visit("tomas", phone=True)
    open_task(tomas, "Submit the weekly update", WEEK)
    first = tomas.get_by_role("group", name="Milestone 1", exact=True)
    first.get_by_label("How does it stand?").select_option(label="Achieved")
    expect(first.get_by_label("When do you expect it?")).to_have_count(0)
    first.get_by_label("When was it achieved?").fill("2026-03-05")
    tomas.get_by_label("What was achieved?").fill("Alpha 3 is out.")
    tomas.get_by_role("group", name="Setbacks", exact=True).get_by_role("button", name="Add").click()
    setback = tomas.get_by_role("group", name="Setback 1", exact=True)
    setback.get_by_label("What happened?").fill("One build machine failed for a day.")
    setback.get_by_label("Cause").select_option(label="Technical trouble")
    setback.get_by_label("Days lost").fill("1")
    tomas.get_by_role("button", name="Done").click()
    told(tomas, "“Submit the weekly update” is done.")
    told(tomas, "“Release the weekly status” now waits for Ines Okafor, Project Manager")

    ines = visit("ines")
    open_task(ines, "Release the weekly status", WEEK)
    expect(ines.get_by_text("Alpha 3 is out.").first).to_be_visible()
    decide(ines, "Release this status")
    ines.get_by_role("button", name="Finish").click()
    told(ines, "Progress Tracking Log 2026-W10")

    ines.goto(f"/projects/{RUNNING}/log")
    expect(ines.get_by_text("One build machine failed for a day.")).to_be_visible()
    ines.goto(f"/projects/{RUNNING}/plan")
    row = ines.get_by_role("row", name="alpha 3")
    expect(row).to_contain_text("met on 5 March 2026")
    row.get_by_role("link", name="Evidence to be given alpha 3").click()
    expect(ines.get_by_role("heading", name="alpha 3")).to_be_visible()
