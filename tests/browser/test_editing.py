"""A process admin changes a diagram, is told what is wrong with it, and deploys it beside what runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acting import told
from tests.browser.conftest import Visit
from tests.browser.stage import ROOT, RUNNING

pytestmark = pytest.mark.browser

OLD, NEW = "Describe the change", "Describe the change and its price"
REASON = "The price of a change was forgotten too often."


def open_editor(page: Page) -> None:
    """The editor of change approval, its diagram drawn."""
    page.goto("/processes")
    page.get_by_role("link", name="Edit Change approval").click()
    expect(page.locator("html[data-ready=modeler]")).to_be_attached()


def element(page: Page, name: str) -> Locator:
    """What a click on an element of the diagram hits."""
    return page.locator(f'g[data-element-id="{name}"] .djs-hit').first


def rename(page: Page, name: str, text: str) -> None:
    """Click a step, and give it another name in the properties."""
    element(page, name).click()
    panel = page.get_by_role("region", name="Properties of the chosen element")
    field = panel.get_by_label("Name", exact=True)
    if not field.is_visible():
        panel.get_by_text("General", exact=True).click()
    field.fill(text)
    expect(page.locator(f'g[data-element-id="{name}"] text')).to_contain_text("price")


def test_a_break_in_the_diagram_is_painted_and_listed(visit: Visit) -> None:
    page = visit("pavel")
    open_editor(page)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").filter(has_text="No findings.")).to_be_visible()
    flow = element(page, "f-describe-change-change-to-classify").bounding_box()
    assert flow
    page.mouse.click(flow["x"] + flow["width"] / 2, flow["y"] + flow["height"] / 2)
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Check").click()
    finding = page.get_by_role("button", name="Nothing leads to")
    expect(finding).to_be_visible()
    expect(page.locator('g[data-element-id="change-to-classify"].finds-error')).to_be_attached()
    page.get_by_label("What is different, and why").fill(REASON)
    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was deployed")
    expect(page.get_by_label("What is different, and why")).to_have_value(REASON)
    expect(page.locator("html[data-ready=modeler]")).to_be_attached()
    expect(element(page, "describe-change")).to_be_attached()
    expect(element(page, "f-describe-change-change-to-classify")).to_have_count(0)


def test_a_new_version_runs_beside_the_instance_that_began_on_the_old_one(visit: Visit) -> None:
    page = visit("pavel")
    open_editor(page)
    rename(page, "describe-change", NEW)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").filter(has_text="No findings.")).to_be_visible()
    page.get_by_label("What is different, and why").fill(REASON)
    page.get_by_role("button", name="Deploy").click()
    told(page, "is deployed. New instances run on it; running ones stay on their version.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change approval")
    expect(page.get_by_role("cell", name=NEW)).to_be_visible()
    expect(page.get_by_text(REASON).first).to_be_visible()
    page.goto("/processes/change-approval/1")
    expect(page.get_by_role("cell", name=NEW)).to_have_count(0)

    ines = visit("ines")
    ines.goto(f"/projects/{RUNNING}")
    ines.get_by_role("link", name=re.compile("^Change C2:")).click()
    expect(ines.get_by_role("link", name="Change approval, version 1")).to_be_visible()
    ines.goto(f"/projects/{RUNNING}")
    ines.on("dialog", lambda dialog: dialog.accept())
    ines.get_by_role("button", name="Raise a change").click()
    expect(ines.get_by_role("heading", level=1)).to_have_text(NEW)
    ines.get_by_role("link", name="Change C3", exact=True).click()
    expect(ines.get_by_role("link", name="Change approval, version")).not_to_have_text("Change approval, version 1")


def test_a_form_is_handed_in_as_a_file(visit: Visit, tmp_path: Path) -> None:
    form = json.loads((ROOT / "processes" / "sop" / "consider-rejection.form").read_text(encoding="utf-8"))
    good, bad = tmp_path / "consider-rejection.form", tmp_path / "change-approval.bpmn"
    form["components"][-1]["label"] = "What was learnt"
    good.write_text(json.dumps(form), encoding="utf-8")
    bad.write_text("<!DOCTYPE x><definitions/>", encoding="utf-8")
    page = visit("pavel", script=False)
    page.goto("/processes/upload")
    page.get_by_label("File").set_input_files(bad)
    page.get_by_label("What is different, and why").fill(REASON)
    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_role("main")).to_contain_text("DOCTYPE")
    expect(page.get_by_label("What is different, and why")).to_have_value(REASON)
    page.get_by_label("File").set_input_files(good)
    page.get_by_role("button", name="Deploy").click()
    told(page, "consider-rejection.form is part of version")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Upload a diagram, table or form")
