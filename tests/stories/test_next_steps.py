"""Who knows the SOP only on paper is led by the pages: what is next, why, by when, who does it, which clause asks."""

from __future__ import annotations

from datetime import timedelta

from lxml import html
from werkzeug.test import TestResponse

import engine
import processes
from tests.databases import on_sqlite
from tests.stories.office import APOLLO, PLAN, Office, id_of
from web.mail import mails_of

VAGUE = {**PLAN, "milestones": [{**PLAN["milestones"][0], "criterion": "mostly done"}, *PLAN["milestones"][1:]]}


def words(page: TestResponse, part: str = "//main") -> str:
    """What a page says in a part of it, in one line."""
    return " ".join(" ".join(one.text_content() for one in html.fromstring(page.text).xpath(part)).split())


def notice(office: Office, login: str, sent: TestResponse) -> str:
    """What the next page tells of what was just sent."""
    return words(office.browser(login).get(sent.location), "//*[@data-notices]")


def states(office: Office) -> dict[str, str]:
    """Section of the SOP -> how the project stands in it."""
    with office.looking() as unit:
        about, tasks = processes.project(unit, APOLLO), engine.tasks(unit, subject=APOLLO, status="open")
        return {one.clause: one.state for one in processes.way(unit, about, tasks, processes.ahead(unit, [APOLLO]))}


@on_sqlite
def test_a_registered_project_says_who_begins_and_how_it_goes_on(office: Office) -> None:
    office.register()
    said = words(office.browser("greta").get(f"/projects/{APOLLO}"))
    assert "Project Manager: Ines Okafor ·" in said
    assert "SOP 5.1a: Milestones are clear and measurable" in said
    assert "Close and improve SOP 7Not yet" in said
    assert "Project Manager: Ines Okafor (you)" in words(office.browser("ines").get(f"/projects/{APOLLO}"))
    assert states(office) == {"5.1": "now", **dict.fromkeys(("5.2", "5.3", "5.4", "5.5", "7"), "not yet")}


@on_sqlite
def test_a_plan_that_would_come_back_says_so_before_it_is_signed(office: Office) -> None:
    office.register()
    draft = office.page("ines", "draft-plan")
    assert f"/projects/{APOLLO}/plan/import" in draft.response.text
    shown = draft.browser.get(draft.fill(VAGUE).review())
    assert "Signed like this, it comes back to you at once" in shown.text
    assert "M1: Say how anybody can tell that it is reached" in words(shown)
    shown = draft.browser.get(office.page("ines", "draft-plan").fill(PLAN).review())
    assert "comes back to you" not in shown.text


@on_sqlite
def test_when_nothing_waits_the_pages_say_what_comes_by_itself(signing: Office) -> None:
    assert "“Sign the baseline” now waits for Samuel Osei (due" in notice(
        signing, "greta", signing.answer("greta", "sign-baseline", {"decision": "approved"})
    )
    told = notice(signing, "samuel", signing.answer("samuel", "sign-baseline", {"decision": "approved"}))
    assert "Nothing waits for anybody now. Next comes by itself: Time for the weekly update" in told
    for page in ("/inbox", f"/projects/{APOLLO}"):
        said = words(signing.browser("ines").get(page))
        assert "Time for the weekly update" in said
        assert "Everybody who owns an open milestone is asked where it stands." in said
    assert states(signing) == {"5.1": "done", **dict.fromkeys(("5.2", "5.3", "5.4", "5.5"), "quiet"), "7": "not yet"}


@on_sqlite
def test_a_review_that_is_scheduled_is_announced_until_it_begins(running: Office) -> None:
    running.wait(days=15)
    with running.looking() as unit:
        assert "Review R1" not in [one.name for one in processes.ahead(unit, [APOLLO])]
    task = running.task("ines", "schedule-review")
    day = (running.clock.now.date()).replace(day=27).isoformat()
    running.do("ines", "schedule-review", {"date": day, "time": "14:00", "place": "Room 2", "agenda": "All of it",
               "invitees": [id_of("ines"), id_of("greta"), id_of("samuel")]})  # fmt: skip
    with running.looking() as unit:
        (found,) = (one for one in processes.ahead(unit, [APOLLO]) if one.name == "Review R1")
    assert (found.instance, found.clauses) == (task.instance, ("5.3a", "5.3c"))
    assert "Place: Room 2." in found.text
    running.wait(days=12)
    with running.looking() as unit:
        assert "Review R1" not in [one.name for one in processes.ahead(unit, [APOLLO])]


@on_sqlite
def test_a_task_that_was_set_off_for_oneself_is_the_next_page(deciding: Office) -> None:
    deciding.decide("greta", "rejected")
    done = deciding.answer("tomas", "consider-rejection", {"next": "again"})
    assert done.location.split("?")[0] == f"/inbox/{deciding.task('tomas', 'describe-change').id}"
    assert "“Describe the change” now waits for you" in notice(deciding, "tomas", done)


@on_sqlite
def test_lists_say_due_times_in_the_zone_of_the_project(running: Office) -> None:
    running.wait(days=11)  # a Friday, when updates are due at 17:00 in Prague, which is 16:00 in UTC
    card = words(running.browser("tomas").get("/inbox"), "//a[contains(@class, 'task')]")
    assert "Today 17:00" in card


@on_sqlite
def test_a_reminder_leads_to_the_task_and_says_by_when_and_why(running: Office) -> None:
    running.wait(days=11)
    task = running.task("tomas", "submit-update")
    with running.looking() as unit:
        mail = next(one for one in mails_of(unit, id_of("tomas")) if "Reminder" in one.title)
        text = " ".join(mail.text.split())
    assert f"/inbox/{task.id}" in mail.text
    assert "Fri 13 Mar 2026, 17:00 (Europe/Prague)" in text
    assert "Asked for by SOP 5.2a, 5.2b" in text


@on_sqlite
def test_the_first_administrator_is_told_what_to_begin_with(office: Office) -> None:
    said = words(office.browser("lena").get("/inbox"))
    assert "Begin here" in said
    assert "Add the people who work here Done" in said
    office.register()
    assert "Begin here" not in office.browser("lena").get("/inbox").text


@on_sqlite
def test_a_form_says_from_when_on_a_report_is_in_time_and_who_decides_on_a_change(deciding: Office) -> None:
    asked = words(deciding.page("greta", "decide-change").response)
    assert "Asked to decide: Greta Holm, Samuel Osei. Approved when: more than half" in asked
    deciding.wait(days=15)  # a Tuesday: cut on Wednesday, sent by Thursday evening, two working days before Friday
    asked = words(deciding.page("ines", "schedule-review").response)
    assert "goes out 2 working days before the meeting: from 2026-03-20 on" in asked


@on_sqlite
def test_what_several_people_are_asked_is_one_line_that_leads_to_ones_own(signing: Office) -> None:
    page = signing.browser("samuel").get(f"/projects/{APOLLO}")
    assert "Greta Holm, Samuel Osei (you) ·" in words(page, "//section[@aria-labelledby='next-title']")
    own = signing.task("samuel", "sign-baseline").id
    ways = html.fromstring(page.text).xpath("//section[@aria-labelledby='next-title']//li//a/@href")
    assert ways == [f"/inbox/{own}"]


@on_sqlite
def test_nobody_is_told_that_nothing_waits_while_something_does(running: Office) -> None:
    running.raise_change("tomas")
    running.wait(days=7)  # the updates of the week wait for their owners
    running.decide("greta", "rejected")
    told = notice(running, "tomas", running.answer("tomas", "consider-rejection", {"next": "leave"}))
    assert "“Change approval” has come to its end." in told
    assert "Nothing waits" not in told
    assert "Next for you: “Submit the weekly update” (Weekly update, week of 9 March 2026)." in told


@on_sqlite
def test_a_project_on_hold_says_until_when_and_why(running: Office) -> None:
    with running.writing() as unit:
        until = running.clock.now.date() + timedelta(days=19)
        processes.hold(unit, APOLLO, until, running.actor(unit, "ines"), "A storm.")
    said = words(running.browser("greta").get(f"/projects/{APOLLO}"))
    assert "until 21 March 2026. Nothing falls due before that day" in said
    assert "Why: A storm." in said
    assert "Hold is over" in said


@on_sqlite
def test_closing_says_what_is_open_and_once_it_is_under_way_nothing_else_begins(running: Office) -> None:
    ines = running.browser("ines")
    asked = words(ines.get(f"/projects/{APOLLO}/close"))
    assert "Still open Milestone M1: Design (Tomas Lindqvist)" in asked
    assert ines.post(f"/projects/{APOLLO}/close", {"reason": "The money is gone."}).status_code == 302
    page = ines.get(f"/projects/{APOLLO}")
    assert "Being closed" in words(page)
    assert "Raise a change" not in words(page, "//*[@class='actions']")
    under_way = words(ines.get(f"/projects/{APOLLO}/close"))
    assert "The closure is under way. Next in it: Deal with what is open" in under_way
    for path in ("changes", "hold"):
        sent = {"what": "hold", "until": "2026-03-20", "reason": "A storm."}
        refused = ines.post(f"/projects/{APOLLO}/{path}", sent)
        assert refused.status_code == 422
        assert "The closure of this project is under way." in words(refused)


@on_sqlite
def test_who_rejects_is_not_told_that_it_is_just_signed(signing: Office) -> None:
    sent = signing.answer("greta", "sign-baseline", {"decision": "rejected", "comment": "Too late."})
    told = notice(signing, "greta", sent)
    assert "revision 1, is signed as not approved." in told
    assert "“Revise the milestone plan” now waits for Ines Okafor, Project Manager (due" in told


@on_sqlite
def test_a_setting_that_waits_for_somebody_is_what_is_next_for_them(running: Office) -> None:
    with running.writing() as unit:
        processes.adjust(unit, APOLLO, {"answer_days": 9}, running.actor(unit, "ines"), "They travel.")
    said = words(running.browser("ines").get(f"/projects/{APOLLO}"), "//section[@aria-labelledby='next-title']")
    assert "Agree to a setting, or decline: Owners and approvers answer within" in said
    assert "asked for by Ines Okafor" in said
    inbox = running.browser("dorothea").get("/inbox")
    assert "A setting of Apollo waits for you" in words(inbox)
    assert f'href="/projects/{APOLLO}/settings#S1-t"' in inbox.text
    assert "A setting of" not in words(running.browser("tomas").get("/inbox"))
