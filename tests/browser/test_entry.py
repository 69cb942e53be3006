"""Coming in and going out: passwords, sessions, and how the pages look."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import told
from tests.browser.conftest import Visit
from tests.browser.stage import PASSWORD, sign_in

pytestmark = pytest.mark.browser


def menu(page: Page, word: str) -> None:
    """Press something in the menu of who is signed in."""
    page.locator("summary[aria-label^='Menu of']").click()
    page.locator(".menu-sheet").get_by_text(word, exact=True).click()


def test_a_wrong_password_is_refused_and_the_right_one_leads_where_one_wanted_to_go(visit: Visit) -> None:
    page = visit()
    page.goto("/projects")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    page.get_by_label("Login").fill("samuel")
    page.get_by_label("Password or one-time code").fill("not it at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Login")).to_have_value("samuel")
    page.get_by_label("Password or one-time code").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Projects")


def test_who_signed_out_sees_nothing_any_more(visit: Visit) -> None:
    page = visit()
    sign_in(page, "greta")
    expect(page.get_by_role("heading", level=1)).to_contain_text("To do")
    menu(page, "Sign out")
    page.goto("/inbox")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")


def test_a_changed_password_ends_the_other_sessions(visit: Visit) -> None:
    here, there, words = visit(), visit(), "seven wooden boats at noon"
    sign_in(here, "rahul")
    sign_in(there, "rahul")
    menu(here, "Change password")
    here.get_by_label("Present password").fill(PASSWORD)
    here.get_by_label("New password", exact=True).fill(words)
    here.get_by_label("New password again").fill("seven wooden boats")
    here.get_by_role("button", name="Change password").click()
    expect(here.locator("#repeated_password")).to_have_attribute("aria-invalid", "true")
    here.get_by_label("Present password").fill(PASSWORD)
    here.get_by_label("New password", exact=True).fill(words)
    here.get_by_label("New password again").fill(words)
    here.get_by_role("button", name="Change password").click()
    told(here, "assword")
    there.goto("/inbox")
    expect(there.get_by_role("heading", level=1)).to_contain_text("Sign in")
    sign_in(there, "rahul", words)
    expect(there.get_by_role("heading", level=1)).to_contain_text("To do")


def test_the_chosen_appearance_stays_on_every_page(visit: Visit) -> None:
    page = visit("mei")
    page.goto("/inbox")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    menu(page, "Dark appearance")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/projects")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    menu(page, "As the system says")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
