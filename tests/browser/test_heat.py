"""Where a process waits, in a browser: each step that people waited for is painted and says so, and a table does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.stage import FINISHED, WIDE, Stage

pytestmark = pytest.mark.browser

PLACE = f"/processes/change-approval/waiting?project={FINISHED}"


def test_every_step_of_the_table_is_painted_and_says_its_numbers(stage: Stage) -> None:
    page = stage.visit("ines")
    page.goto(PLACE)
    expect(page.locator("html[data-ready=viewer]")).to_be_attached()
    steps = page.locator("main tbody tr")
    badges = page.locator(".diagram-badge.is-heat")
    expect(badges).to_have_count(steps.count())
    for badge in badges.all():
        said = badge.get_attribute("aria-label") or ""
        name = said.partition(":")[0]
        row = page.get_by_role("row", name=name)
        n = row.locator("td.num").first.inner_text()
        assert f"n = {n};" in said
        assert badge.inner_text().endswith(f"· {n}")
    hottest = page.locator("[data-element-id=decide-change] .djs-visual > :first-child")
    assert "--mp-heat-" in (hottest.first.get_attribute("style") or "")
    expect(hottest.first).to_be_in_viewport()
    page.get_by_role("button", name="Fill the window").click()
    expect(page.locator(".diagram.is-full")).to_have_css("height", f"{WIDE['height']}px")
    page.keyboard.press("Escape")
    expect(page.locator(".diagram.is-full")).to_have_count(0)


def test_without_javascript_the_table_leads_to_the_tasks(stage: Stage) -> None:
    page = stage.visit("ines", script=False)
    page.goto(f"/projects/{FINISHED}/performance")
    page.get_by_role("row", name="Change approval").get_by_role("link").click()
    page.get_by_role("link", name="Decide on the change").click()
    expect(page.get_by_role("heading", name="How long “Decide on the change” waits")).to_be_visible()
    page.get_by_role("link", name="The instance").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Change C")
