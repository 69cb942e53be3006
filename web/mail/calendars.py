"""Calendar entries (RFC 5545): a review meeting, a task with its due time, a milestone's day; and feeds of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from web.config import Config
from web.mail.wording import About

LENGTH = timedelta(hours=1)
"""How long a review is assumed to last: nobody is asked."""
PRODUCT = "-//Milepost//EN"


def name(kind: str, ident: str, config: Config) -> str:
    """The UID of a thing in every calendar: it stays the same for ever."""
    return f"{ident}.{kind}@{config.mail_from.rpartition('@')[2]}"


def review(config: Config, now: datetime, about: About, meeting: str, at: datetime, place: str, agenda: str) -> Event:
    """A review meeting, in UTC."""
    entry = Event()
    entry.add("uid", name("review", f"{meeting}.{about.id}", config))
    entry.add("dtstamp", now)
    entry.add("dtstart", at)
    entry.add("dtend", at + LENGTH)
    entry.add("summary", f"{about.title}: review {meeting}")
    entry.add("location", place)
    entry.add("description", agenda)
    entry.add("status", "CONFIRMED")
    return entry


def invitation(config: Config, entry: Event, method: str, revision: int, who: tuple[str, str]) -> str:
    """The entry as a message to somebody that asks for it, changes it (REQUEST) or calls it off (CANCEL).

    `who` is their address, perhaps none, and name: RFC 5546 wants them. No answer is asked for: nobody would read it.
    """
    calendar = _calendar()
    calendar.add("method", method)
    entry.add("sequence", revision)
    entry["organizer"] = vCalAddress(f"mailto:{config.mail_from}")
    entry["organizer"].params["cn"] = vText(config.organisation)
    if who[0]:
        attendee = vCalAddress(f"mailto:{who[0]}")
        attendee.params.update({"cn": vText(who[1]), "partstat": vText("NEEDS-ACTION"), "rsvp": vText("FALSE")})
        entry.add("attendee", attendee)
    if method == "CANCEL":
        entry["status"] = vText("CANCELLED")
    calendar.add_component(entry)
    return calendar.to_ical().decode()


def task(config: Config, now: datetime, ident: str, title: str, due: datetime) -> Event:
    """A task at the instant at which it is due, for no length of time."""
    entry = Event()
    entry.add("uid", name("task", ident, config))
    entry.add("dtstamp", now)
    entry.add("dtstart", due)
    entry.add("summary", title)
    entry.add("transp", "TRANSPARENT")
    if config.url:
        entry.add("url", f"{config.url}/inbox/{ident}")
    return entry


def milestone(now: datetime, project: str, ident: str, title: str, at: date) -> Event:
    """A milestone, all day long; its UID is that of the plan's own calendar file."""
    entry = Event()
    entry.add("uid", f"{ident}.{project}@milestones.milepost")
    entry.add("dtstamp", now)
    entry.add("dtstart", at)
    entry.add("summary", title)
    entry.add("transp", "TRANSPARENT")
    return entry


def feed(title: str, entries: Iterable[Event]) -> bytes:
    """A calendar that programs fetch again and again."""
    calendar = _calendar()
    calendar.add("x-wr-calname", vText(title))  # of a name that it does not know the library escapes nothing
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(entry)
    return calendar.to_ical()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar
