"""Finding things, saying things, and who works on what."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.acting import open_task, told
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_search_finds_projects_records_and_people(visit: Visit) -> None:
    page = visit("ines")
    page.goto("/inbox")
    page.get_by_role("searchbox").fill("under way")
    page.keyboard.press("Enter")
    found = page.get_by_role("main")
    found.get_by_role("link", name="Python 3.13 release, under way", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Python 3.13 release, under way")
    for words, group in (("Greta Holm", "People"), ("Milestone Plan Document", "Records"), ("Change C2", "Instances")):
        page.goto("/search")
        page.get_by_label("Search projects, instances, records and people").last.fill(words)
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("region", name=group)).to_contain_text(words)
    page.goto("/search?q=zzz+nothing")
    expect(page.get_by_text("Nothing you may see holds all these words")).to_be_visible()


def test_comments_are_read_by_everybody_in_the_project_and_shown_as_text(visit: Visit) -> None:
    greta, samuel = visit("greta"), visit("samuel", phone=True)
    words = "Is <script>alert(1)</script> the date that was agreed?"
    open_task(greta, "Decide on the change")
    greta.get_by_role("link", name="Comments").click()
    greta.get_by_label("Your comment").fill(words)
    greta.get_by_role("button", name="Add comment").click()
    told(greta, "Your comment is kept.")
    open_task(samuel, "Decide on the change")
    samuel.get_by_role("link", name="Comments (1)").click()
    expect(samuel.get_by_text(words)).to_be_visible()
    expect(samuel.get_by_text("Greta Holm").first).to_be_visible()


def test_a_claimed_task_says_who_works_on_it_until_it_is_given_back(visit: Visit) -> None:
    tomas, ines = visit("tomas"), visit("ines")
    open_task(tomas, "Submit the weekly update", "week of 2 March 2026")
    first = tomas.get_by_role("group", name="Milestone 1", exact=True)
    first.get_by_label("When do you expect it?").fill("2026-03-20")
    tomas.get_by_label("Nothing to report").check()
    tomas.get_by_role("button", name="Done", exact=True).click()
    told(tomas, "now waits for Ines Okafor, Project Manager")
    open_task(ines, "Release the weekly status")
    ines.get_by_role("button", name="Claim").click()
    told(ines, "You have claimed this task.")
    ines.goto("/inbox?view=claimed")
    expect(ines.locator("a.task")).to_have_count(1)
    tomas.goto("/inbox?view=waiting")
    expect(tomas.locator("a.task").filter(has_text="Release the weekly status")).to_contain_text("Ines Okafor")
    ines.locator("a.task").click()
    ines.get_by_role("button", name="Give back").click()
    told(ines, "You have given this task back.")
    ines.goto("/inbox?view=claimed")
    expect(ines.get_by_text("You have claimed no task")).to_be_visible()


def test_a_task_is_looked_at_from_four_sides(visit: Visit) -> None:
    page = visit("greta")
    open_task(page, "Decide on the change")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Describe the change").first).to_be_visible()
    page.get_by_role("link", name="Diagram").click()
    expect(page.locator("html[data-ready=viewer]")).to_be_attached()
    expect(page.locator(".diagram-badge.is-running").first).to_be_visible()
    page.get_by_role("link", name="Form", exact=True).click()
    expect(page.get_by_label("Your password, once more")).to_be_visible()
