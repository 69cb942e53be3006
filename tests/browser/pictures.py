"""The pictures of the README's tour, taken from the running demo: `python -m tests.browser.pictures`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.acting import decide, open_task
from tests.browser.stage import FINISHED, ROOT, RUNNING, Stage, chromium, prepare_demo, served

FOLDER = ROOT / "web" / "assets" / "tour"
MOST_BYTES = 200_000


def inbox(page: Page) -> None:
    """Three panes with the form of a weekly update."""
    open_task(page, "Submit the weekly update")
    first = page.get_by_role("group", name="Milestone 1", exact=True)
    first.get_by_label("How does it stand?").select_option(label="At risk")


def task_sign(page: Page) -> None:
    """A decision that is about to be signed."""
    open_task(page, "Decide on the change")
    decide(page, "I approve the change")
    page.get_by_label("Your password, once more").scroll_into_view_if_needed()
    page.locator(".signoff").evaluate("one => one.scrollIntoView({block: 'end'})")


def project(page: Page) -> None:
    """A project at a glance."""
    page.goto(f"/projects/{RUNNING}")


def gantt(page: Page) -> None:
    """The plan of the finished project against its baseline."""
    page.goto(f"/projects/{FINISHED}/plan")


def trend(page: Page) -> None:
    """What was forecast, and when."""
    page.goto(f"/projects/{FINISHED}/trend")
    page.evaluate("window.scrollTo(0, 130)")


def meeting(page: Page) -> None:
    """A review that was held, with its quorum and what came of it."""
    page.goto(f"/projects/{RUNNING}/meetings/R7")


def changes(page: Page) -> None:
    """Changes of the plan: what each asks for, who has signed, and what it waits for."""
    page.goto(f"/projects/{RUNNING}/changes")


def settings(page: Page) -> None:
    """How a project reads the SOP where the SOP leaves a choice."""
    page.goto(f"/projects/{RUNNING}/settings")
    page.get_by_role("region", name="A3").evaluate("one => one.scrollIntoView()")


def clauses(page: Page) -> None:
    """Each obligation of the SOP with its steps, its records and how projects stand with it."""
    page.goto("/compliance/clauses")


def performance(page: Page) -> None:
    """The figures of the running project, and its outlook."""
    page.goto(f"/projects/{RUNNING}/performance")


def heat(page: Page) -> None:
    """Where changes waited for people, on the diagram."""
    page.goto(f"/processes/change-approval/waiting?project={FINISHED}")
    expect(page.locator("html[data-ready=viewer]")).to_be_attached()


def instance(page: Page) -> None:
    """A change with the path it has taken on its diagram."""
    page.goto("/instances?process=change-approval")
    page.get_by_role("main").get_by_role("link", name=re.compile("^Change C2:")).first.click()
    expect(page.locator("html[data-ready=viewer]")).to_be_attached()


def record(page: Page) -> None:
    """A change request with its signatures."""
    page.goto(f"/projects/{FINISHED}/changes")
    page.get_by_role("link", name="Change Request and Approval C2").first.click()


def editor(page: Page) -> None:
    """A finding painted on the diagram that a process admin is editing."""
    page.goto("/processes/change-approval/edit")
    expect(page.locator("html[data-ready=modeler]")).to_be_attached()
    flow = page.locator('g[data-element-id="f-describe-change-change-to-classify"] .djs-hit').first.bounding_box()
    assert flow
    page.mouse.click(flow["x"] + flow["width"] / 2, flow["y"] + flow["height"] / 2)
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Check").click()
    page.locator("#findings button").first.click()
    page.evaluate("window.scrollTo(0, 0)")


def compliance(page: Page) -> None:
    """What one completed instance proves."""
    page.goto("/compliance?process=change-approval")
    page.get_by_role("main").get_by_role("link", name=re.compile("^Change C2:")).first.click()


def phone_inbox(page: Page) -> None:
    """The inbox on a phone."""
    page.goto("/inbox")


TOUR: dict[str, tuple[str, bool, Callable[[Page], None]]] = {
    "inbox": ("tomas", False, inbox),
    "task-sign": ("greta", False, task_sign),
    "project": ("ines", False, project),
    "gantt": ("ines", False, gantt),
    "trend": ("ines", False, trend),
    "meeting": ("ines", False, meeting),
    "changes": ("ines", False, changes),
    "settings": ("ines", False, settings),
    "performance": ("ines", False, performance),
    "heat": ("ines", False, heat),
    "instance": ("ines", False, instance),
    "record": ("ines", False, record),
    "editor": ("pavel", False, editor),
    "compliance": ("amina", False, compliance),
    "clauses": ("amina", False, clauses),
    "phone-inbox": ("tomas", True, phone_inbox),
    "phone-sign": ("samuel", True, task_sign),
}
"""Name of a picture -> who is signed in, whether on a phone, and the way to what it shows."""


def take(stage: Stage) -> None:
    """Take every picture; what a page complains of, or a picture that is too large, is an error."""
    FOLDER.mkdir(exist_ok=True)
    for name, (login, phone, way) in TOUR.items():
        page = stage.visit(login, phone=phone)
        way(page)
        path = FOLDER / f"{name}.png"
        page.screenshot(path=path, animations="disabled", caret="hide")
        stage.close()
        size = path.stat().st_size
        print(f"{path.relative_to(ROOT)}: {size // 1000} kB")
        if stage.errors or size > MOST_BYTES:
            raise SystemExit(f"{name}: {stage.errors or 'too large'}")


def main() -> None:
    """Prepare a demo in a temporary folder, serve it, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        prepare_demo(Path(folder) / "prepared")
        browser = playwright.chromium.launch(**chromium())
        with served(Path(folder) / "prepared", Path(folder) / "served", browser) as stage:
            take(stage)
        browser.close()


if __name__ == "__main__":
    main()
