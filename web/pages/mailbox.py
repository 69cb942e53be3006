"""One's mailbox: what Milepost wrote to one, where it goes and when; and for administrators what did not arrive."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Refused
from web.errors import PersonRefused
from web.mail import failed_mails, mails_of, settle
from web.people import MAIL, account, actor_of, current_actor, needs, public, set_mail, signed_in
from web.work import milepost, reading, work

mailbox = Blueprint("mailbox", __name__)


@mailbox.get("/mailbox")
@signed_in
def show() -> str:
    """What was written to the one who looks, and the choice of how."""
    return _page({})


@mailbox.post("/mailbox")
@signed_in
def choose() -> Any:
    """Say where one's mail goes, and when."""
    actor = current_actor()
    try:
        with work() as at_work:
            set_mail(at_work, actor.person, request.form.get("email", ""), request.form.get("mail", ""), actor)
    except PersonRefused as refused:
        return _page(refused.errors), 422
    flash("Your choice of mail is saved.", "success")
    return redirect(url_for("mailbox.show"))


@mailbox.post("/mailbox/calendar")
@signed_in
def open_calendar() -> str:
    """Make a new address of one's calendar, and show it, once; the one before is void."""
    from web.mail import feeds  # noqa: PLC0415  its library is loaded when somebody asks for it

    actor = current_actor()
    with work() as at_work:
        secret = feeds.open_feed(at_work, actor.person, actor)
    base = milepost().config.url or request.host_url.rstrip("/")
    return _page({}, calendar=base + url_for("mailbox.calendar", secret=secret))


@mailbox.post("/mailbox/calendar/close")
@signed_in
def close_calendar() -> Any:
    """Void the address of one's calendar."""
    from web.mail import feeds  # noqa: PLC0415

    actor = current_actor()
    with work() as at_work:
        feeds.close_feed(at_work, actor.person, actor)
    flash("The address of your calendar is void.", "success")
    return redirect(url_for("mailbox.show"))


@mailbox.get("/calendar/<secret>.ics")
@public
def calendar(secret: str) -> Response:
    """A person's calendar, for whoever knows its secret address: calendar programs cannot sign in."""
    from web.mail import feeds  # noqa: PLC0415

    unit = reading()
    found = feeds.feed(unit, milepost().config, actor_of(unit, feeds.owner_of(unit, secret)))
    response = Response(found, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


@mailbox.post("/people/<person>/mail")
@needs("Administrator")
def choose_for(person: str) -> Any:
    """Say where somebody's mail goes, and when."""
    try:
        with work() as at_work:
            set_mail(at_work, person, request.form.get("email", ""), request.form.get("mail", ""), current_actor())
    except PersonRefused as refused:
        flash(str(refused), "error")
        return redirect(url_for("people.show", person=person))
    flash("The choice of mail is saved.", "success")
    return redirect(url_for("people.show", person=person))


@mailbox.get("/mail/undelivered")
@signed_in
def undelivered() -> str:
    """Mails that did not arrive and that nobody has seen to: all of them, or those of the projects one manages."""
    return render_template("mail/undelivered.html", failed=failed_mails(reading(), current_actor()))


@mailbox.post("/mail/undelivered/<mail>")
@signed_in
def see_to(mail: str) -> Any:
    """Note how somebody was told whom a mail did not reach."""
    try:
        with work() as at_work:
            settle(at_work, mail, current_actor(), request.form.get("reason", ""))
    except Refused as refused:
        flash(str(refused), "error")
        return redirect(url_for("mailbox.undelivered"))
    flash("Noted.", "success")
    return redirect(url_for("mailbox.undelivered"))


@mailbox.app_template_filter("mail_lines")
def mail_lines(text: str) -> list[tuple[str, str]]:
    """The lines of a mail, each with the page of Milepost that it is the address of; empty where it is none."""
    base = re.escape(milepost().config.url)
    found = [
        (line, re.fullmatch(rf"(?:{base})?(/(?:inbox|records|projects)/[\w./-]+)", line)) for line in text.split("\n")
    ]
    return [(line, match[1] if match else "") for line, match in found]


def _page(errors: dict[str, str], calendar: str = "") -> str:
    unit, actor = reading(), current_actor()
    return render_template(
        "mail/mailbox.html",
        mails=mails_of(unit, actor.person),
        failed=len(failed_mails(unit, actor)),
        found=account(unit, person=actor.person),
        choices=MAIL,
        errors=errors,
        form=request.form,
        calendar=calendar,
        by_mail=bool(milepost().config.smtp),
    )
