"""People are told: by name what waits for them, everybody what holds now, each in one mail for one act."""

from __future__ import annotations

from tests.stories.office import Office, id_of
from web.mail import MailRow, mails_of


def told(office: Office, login: str) -> list[MailRow]:
    """The mails to a person, the first one first."""
    with office.looking() as unit:
        found = mails_of(unit, id_of(login))
        unit.session.expunge_all()
    return found[::-1]


def titles(office: Office, login: str) -> list[str]:
    """The subject lines of a person's mails."""
    return [one.title.removeprefix("Apollo: ") for one in told(office, login)]


def test_clause_5_4e_who_is_named_and_everybody_is_told(office: Office) -> None:
    office.plan()
    assert titles(office, "tomas") == ["For you: Accept ownership and dates"]
    (ask,) = told(office, "tomas")
    assert ask.state == "kept"
    assert "Project: Apollo" in ask.text
    assert "(Europe/Prague)" in ask.text
    assert len(titles(office, "greta")) == 1
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})
    for login in ("tomas", "mei", "greta"):
        assert "The plan has a new baseline" in titles(office, login)


def test_who_asked_for_a_change_hears_that_it_was_rejected(deciding: Office) -> None:
    before = len(titles(deciding, "tomas"))
    deciding.decide("greta", "rejected")
    assert any("was rejected" in one for one in titles(deciding, "tomas")[before:])
