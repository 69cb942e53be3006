"""What people do in a window, in their own words: open a task, sign what they have read, look at a plan."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.stage import PASSWORD


def open_task(page: Page, name: str, about: str = "") -> None:
    """Open a task from the inbox, by its name and what its card says besides."""
    page.goto("/inbox")
    page.locator("a.task").filter(has_text=name).filter(has_text=about).first.click()
    arrive(page, name)


def arrive(page: Page, title: str) -> None:
    """The page with this title is there, and its scripts have run."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.wait_for_load_state()


def sign(page: Page, password: str = PASSWORD) -> None:
    """Give the password again and sign what the page shows."""
    page.get_by_label("Your password, once more").fill(password)
    page.get_by_role("button", name="Sign and finish").click()


def review_and_sign(page: Page) -> None:
    """The two steps of a task that makes a record: read the document, then sign it."""
    page.get_by_role("button", name="Review and sign").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Read and sign")
    sign(page)


def decide(page: Page, words: str) -> None:
    """Tick one of the answers to a question."""
    page.get_by_role("radio", name=words, exact=True).check()


def told(page: Page, sentence: str) -> None:
    """The page says that this has just happened."""
    expect(page.locator("[data-notices]")).to_contain_text(sentence)


def project_link(page: Page, title: str) -> None:
    """Open a project by its name from the list of projects."""
    page.goto("/projects")
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
