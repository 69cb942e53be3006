"""Weeks in which something is late: taken further once, again when it gets worse, to a review, a change, or not yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import processes
from tests.stories.office import PLAN, Office, id_of


def a_week(office: Office, forecast: str = "2026-04-30", **more: Any) -> None:
    """Everybody reports, Tomas with this forecast and whatever else he says; the status is released."""
    while not office.open("submit-update"):
        office.wait(days=1)
    for login, of in (("tomas", 0), ("mei", 1), ("rahul", 2)):
        row = PLAN["milestones"][of]
        expected = forecast if login == "tomas" else row["target"]
        line = {"milestone": row["id"], "name": row["name"], "status": "on-track", "percent": 10, "forecast": expected}
        said = {"nothing_to_report": True, **(more if login == "tomas" else {})}
        office.do(login, "submit-update", {"milestones": [line], **said})
    office.do("ines", "release-status", {"decision": "released"})


def follows(office: Office, what: str) -> None:
    office.do("ines", "decide-late", {"next": what, "reason": "Because of the supplier"})


def weeks_that_are_late(office: Office) -> None:
    """To a review, to a change when it grew worse, not again while it stays as it is; and a blocker that is old."""
    office.run()
    for _ in range(2):
        a_week(office)
    assert office.open("decide-late") == [], "nothing is late"
    a_week(office, "2026-05-20")
    before = len(office.open("schedule-review"))
    follows(office, "review")
    assert len(office.open("schedule-review")) == before + 1
    a_week(office, "2026-05-20")
    assert office.open("decide-late") == [], "it was taken further already"
    a_week(office, "2026-06-10")
    follows(office, "change")
    assert office.open("describe-change") == [id_of("ines")]
    since = (office.clock.now - timedelta(days=30)).date().isoformat()
    blocker = {"text": "No test stand", "since": since}
    a_week(office, "2026-06-10", blockers=[blocker], setbacks=[])
    follows(office, "watch")
    a_week(office, "2026-06-10", blockers=[blocker])
    assert office.open("decide-late") == []
    with office.looking() as unit:
        found = processes.log(unit, office.project, kinds=["escalation"])
        told = {one.recipient for one in processes.communications(unit, office.project, about="escalation")}
    assert [(one.milestone, one.clause) for one in found] == [("M1", "5.3c"), ("M1", "5.3c"), (None, "5.3d")]
    assert told == {id_of("dorothea")}
