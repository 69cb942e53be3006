"""Forms as people meet them: without JavaScript, with mistakes, and with a session that has run out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.acting import arrive, open_task, told
from tests.browser.conftest import Visit
from tests.browser.stage import PASSWORD, RUNNING, Stage

pytestmark = pytest.mark.browser

WORDS = "The <b>build machines</b> & their racks are moved."


def raise_change(page: Page) -> None:
    """Ask for a change; its form opens."""
    page.goto(f"/projects/{RUNNING}")
    page.get_by_role("button", name="Raise a change").click()
    arrive(page, "Describe the change")


def test_rows_come_and_go_without_javascript(visit: Visit) -> None:
    page = visit("mei", script=False)
    open_task(page, "Submit the weekly update")
    page.get_by_label("What was achieved?").fill(WORDS)
    blockers = page.get_by_role("group", name="Blockers", exact=True)
    for number, text in enumerate(("No licence yet", "No test rig yet"), 1):
        blockers.get_by_role("button", name="Add").click()
        page.get_by_role("group", name=f"Blocker {number}", exact=True).get_by_label("What blocks you?").fill(text)
    page.get_by_role("group", name="Blocker 1", exact=True).get_by_role("button", name="Remove").click()
    expect(page.get_by_role("group", name="Blocker 2", exact=True)).to_have_count(0)
    expect(page.get_by_label("What blocks you?")).to_have_value("No test rig yet")
    expect(page.get_by_label("What was achieved?")).to_have_value(WORDS)
    page.get_by_role("button", name="Save draft").click()
    told(page, "Your draft is kept.")
    expect(page.get_by_label("What blocks you?")).to_have_value("No test rig yet")
    page.get_by_role("button", name="Done", exact=True).click()
    told(page, "“Submit the weekly update” is done.")


def test_questions_that_follow_from_an_answer_are_asked_for_with_a_button(visit: Visit) -> None:
    page = visit("ines", script=False)
    raise_change(page)
    page.get_by_label("What is to be done?").select_option(label="Give a milestone to somebody else")
    page.get_by_role("button", name="Show the questions that follow").click()
    page.get_by_label("Which milestone?").select_option(label="A5 alpha 5")
    page.get_by_label("Who is responsible?").select_option(label="Rahul Desai")


def test_a_refused_answer_keeps_everything_and_leads_to_what_is_wrong(visit: Visit) -> None:
    page = visit("rahul", script=False)
    raise_change(page)
    page.get_by_label("Why is a change needed?").fill(WORDS)
    page.get_by_label("It needs other people or means").check()
    page.get_by_role("button", name="Review and sign").click()
    expect(page.get_by_role("alert")).to_contain_text("another look")
    expect(page.get_by_label("Why is a change needed?")).to_have_value(WORDS)
    expect(page.get_by_label("It needs other people or means")).to_be_checked()
    wrong = page.get_by_label("Which other ways are there?")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    page.get_by_role("alert").get_by_role("link", name="Which other ways are there?").click()
    target = page.url.rpartition("#")[2]
    expect(wrong).to_have_attribute("id", target)


def test_what_is_typed_while_the_page_asks_for_its_fields_is_not_lost(visit: Visit) -> None:
    page = visit("tomas")
    open_task(page, "Submit the weekly update", "week of 2 March 2026")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    page.route("**/tasks/*", hold_the_first)
    first = page.get_by_role("group", name="Milestone 1", exact=True)
    with page.expect_request("**/tasks/*"):
        first.get_by_label("How does it stand?").select_option(label="Achieved")
    page.get_by_label("What was achieved?").press_sequentially("Alpha 3")
    held[0].continue_()
    expect(first.get_by_label("When was it achieved?")).to_be_visible()
    expect(page.get_by_label("What was achieved?")).to_have_value("Alpha 3")
    assert len(held) > 1


def test_a_file_that_was_handed_in_is_kept_when_an_answer_is_refused(visit: Visit) -> None:
    page = visit("tomas")
    page.on("dialog", lambda dialog: dialog.accept())
    raise_change(page)
    file = {"name": "moving plan.txt", "mimeType": "text/plain", "buffer": b"Monday: racks. Tuesday: machines."}
    page.locator("input[type=file]").first.set_input_files([file])
    page.get_by_role("button", name="Review and sign").click()
    expect(page.get_by_role("alert")).to_contain_text("another look")
    expect(page.get_by_label("Keep moving plan.txt")).to_be_checked()


def test_what_was_typed_survives_a_session_that_ran_out(stage: Stage) -> None:
    page = stage.visit("mei")
    page.goto("/inbox?view=done")
    page.goto(f"/projects/{RUNNING}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Raise a change").click()
    page.get_by_label("Why is a change needed?").fill(WORDS)
    stage.clock.turn(minutes=31)
    page.get_by_role("button", name="Review and sign").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    page.get_by_label("Login").fill("mei")
    page.get_by_label("Password or one-time code").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    arrive(page, "Describe the change")
    expect(page.get_by_label("Why is a change needed?")).to_have_value(WORDS)
