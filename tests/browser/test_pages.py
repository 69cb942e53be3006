"""Every main page, wide and on a phone, light and dark: nothing for axe to find, nothing to scroll sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import FINISHED, PHONE, RUNNING, WIDE, Stage, findings_of_axe

pytestmark = pytest.mark.browser

RUNNING_, FINISHED_ = f"/projects/{RUNNING}", f"/projects/{FINISHED}"
PAGES = {
    "sign-in": ("", "/sign-in"),
    "inbox": ("ines", "/inbox"),
    "inbox, late": ("tomas", "/inbox?view=late"),
    "inbox, done": ("greta", "/inbox?view=done"),
    "inbox, empty": ("amina", "/inbox"),
    "task to sign": ("greta", "/inbox > a.task"),
    "task with rows": ("rahul", "/inbox > a.task"),
    "task, comments": ("greta", "/inbox > a.task > .subnav a:has-text('Comments')"),
    "task, history": ("greta", "/inbox > a.task > .subnav a:has-text('History')"),
    "task, diagram": ("greta", "/inbox > a.task > .subnav a:has-text('Diagram')"),
    "task, done": ("greta", "/inbox?view=done > a.task"),
    "projects": ("ines", "/projects"),
    "overview": ("ines", RUNNING_),
    "plan": ("ines", f"{RUNNING_}/plan"),
    "plan, finished": ("greta", f"{FINISHED_}/plan"),
    "claims": ("rahul", f"{RUNNING_}/claims"),
    "claims, finished": ("greta", f"{FINISHED_}/claims"),
    "trend": ("ines", f"{RUNNING_}/trend"),
    "trend, finished": ("greta", f"{FINISHED_}/trend"),
    "performance": ("ines", f"{RUNNING_}/performance"),
    "performance, finished": ("greta", f"{FINISHED_}/performance?baseline=1"),
    "figure": ("ines", f"{FINISHED_}/performance/warning"),
    "waiting": ("ines", f"/processes/change-approval/waiting?project={FINISHED}"),
    "waiting tasks": ("pavel", "/processes/weekly-update/waiting/submit-update"),
    "log": ("ines", f"{RUNNING_}/log"),
    "gaps": ("ines", f"{RUNNING_}/gaps"),
    "settings": ("ines", f"{RUNNING_}/settings"),
    "hold": ("ines", f"{RUNNING_}/hold"),
    "meetings": ("ines", f"{RUNNING_}/meetings"),
    "meeting": ("ines", f"{RUNNING_}/meetings/R8"),
    "meeting, held": ("greta", f"{FINISHED_}/meetings/R5"),
    "changes": ("ines", f"{RUNNING_}/changes"),
    "project's records": ("ines", f"{RUNNING_}/records"),
    "project's instances": ("ines", f"{RUNNING_}/instances"),
    "closing": ("ines", f"{RUNNING_}/close"),
    "team": ("lena", f"{RUNNING_}/team"),
    "instances": ("ines", "/instances"),
    "instance": ("ines", "/instances?process=change-approval > main .rows a[href^='/instances/']"),
    "records": ("ines", "/records"),
    "record, plan": ("ines", "/records?type=milestone-plan > main .rows a[href^='/records/']"),
    "record, change": ("ines", "/records?type=change-request > main .rows a[href^='/records/']"),
    "processes": ("pavel", "/processes"),
    "process": ("pavel", "/processes/review-cycle"),
    "editor": ("pavel", "/processes/change-approval/edit"),
    "upload": ("pavel", "/processes/upload"),
    "rules": ("pavel", "/rules"),
    "rule": ("pavel", "/rules/no-default"),
    "compliance": ("amina", "/compliance"),
    "clauses": ("amina", "/compliance/clauses"),
    "sop": ("lena", "/sop"),
    "proof": ("amina", "/compliance?process=review-cycle > main .rows a[href^='/compliance/']"),
    "search": ("ines", "/search?q=beta"),
    "people": ("lena", "/people"),
    "person": ("lena", "/people > main a[href^='/people/d-']"),
    "new person": ("lena", "/people/new"),
    "jobs": ("lena", "/jobs"),
    "mailbox": ("ines", "/mailbox"),
    "absence": ("ines", "/absences"),
    "mail that did not arrive": ("lena", "/mail/undelivered"),
    "registration": ("lena", "/register"),
    "password": ("ines", "/password"),
    "not there": ("ines", "/records/nothing"),
}
"""What the page is called -> who looks at it, and the way there: an address, then what is clicked on the way."""


def go(page: Page, way: str) -> None:
    """Go there, as people do."""
    address, *clicks = way.split(" > ")
    page.goto(address)
    for one in clicks:
        page.goto(page.locator(one).first.get_attribute("href") or "")
    drawn(page)


def drawn(page: Page) -> None:
    """Wait until a diagram on the page is drawn."""
    if page.locator("script[src*=viewer], script[src*=modeler]").count():
        expect(page.locator("html[data-ready]")).to_be_attached()


def test_the_bar_stays_on_top_to_the_end_of_a_long_page(stage: Stage) -> None:
    page = stage.visit("ines")
    page.goto(f"{RUNNING_}/settings")
    page.get_by_role("heading", name="What was changed").scroll_into_view_if_needed()
    assert page.evaluate("window.scrollY > 2 * window.innerHeight")
    expect(page.get_by_role("navigation", name="Main")).to_be_in_viewport()
    page.goto(f"{FINISHED_}/changes#c-C1")
    top = page.get_by_role("region", name="C1").evaluate("one => one.getBoundingClientRect().top")
    assert top >= page.locator(".topbar").evaluate("one => one.getBoundingClientRect().bottom")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(stage: Stage, name: str) -> None:
    login, way = PAGES[name]
    page = stage.visit(login)
    go(page, way)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("main")).to_have_count(1)
    found = []
    for size, scheme in ((WIDE, "light"), (PHONE, "dark")):
        if size is PHONE:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            page.reload()  # a page that is opened in a scheme has no colours on their way from another
            drawn(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{size['width']}: has to be scrolled sideways")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        found += [f"{size['width']} {scheme}: {one}" for one in findings_of_axe(page)]
    assert found == []
