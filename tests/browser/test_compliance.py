"""Compliance: from a completed instance to the clause, the element and the evidence, without asking anybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_what_a_completed_instance_proves(visit: Visit) -> None:
    amina = visit("amina")
    amina.goto("/inbox")
    amina.get_by_role("link", name="Compliance").click()
    amina.get_by_label("Process").select_option(label="Milestone setup")
    amina.get_by_role("button", name="Apply").click()
    amina.get_by_role("main").get_by_role("link", name="Milestone setup").first.click()
    expect(amina.get_by_role("heading", level=1)).to_have_text("Milestone setup")
    row = amina.get_by_role("row").filter(has_text="Sign the baseline").first
    expect(row).to_contain_text("Greta Holm")
    expect(row.get_by_text("Samuel Osei: approved")).to_be_visible()
    row.get_by_role("link").first.click()
    expect(amina.get_by_role("heading", level=1)).to_contain_text("Milestone Plan Document")
    expect(amina.get_by_role("region", name="Signatures").get_by_text("Samuel Osei")).to_be_visible()
    amina.get_by_role("link", name="Milestone setup", exact=True).click()
    expect(amina.locator("html[data-ready=viewer]")).to_be_attached()
    expect(amina.locator(".diagram-badge.is-signed").first).to_be_attached()
    amina.get_by_role("link", name="What it proves").click()
    expect(amina.get_by_role("heading", name="Clause, element, evidence")).to_be_visible()


def test_who_does_not_oversee_has_no_such_page(visit: Visit) -> None:
    tomas = visit("tomas")
    tomas.goto("/inbox")
    expect(tomas.get_by_role("link", name="Compliance")).to_have_count(0)
    answer = tomas.goto("/compliance")
    assert answer
    assert answer.status == 403
