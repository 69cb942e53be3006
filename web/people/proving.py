"""Proving who somebody is: sign-in and the password asked again for a signature. Wrong attempts are counted.

Hashing takes a tenth of a second and must not hold the database's write lock; so each function here reads, lets the
transaction go, hashes, and then writes what came of it in a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine import THE_SYSTEM, Actor, Unit, log
from web.database import db, only_reading
from web.errors import SignInRefused, TooManyAttempts
from web.people.accounts import Account, account
from web.people.passwords import hash_password, matches, outdated
from web.people.tables import AccountRow
from web.work import milepost, unit, work

FREE_ATTEMPTS = 5
FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(hours=1)


def sign_in(login: str, password: str) -> Account:
    """The account, if login and password (or an unexpired one-time code) fit.

    Raises SignInRefused, with one sentence for every cause; the log says which it was. Raises Busy.
    """
    found = _look(login=login)
    fits = matches(password, found.password_hash if found else None)
    cause = _cause(found, fits, milepost().clock())
    fresh = hash_password(password) if not cause and found and outdated(found.password_hash) else None
    with work() as at_work:
        if found is None:
            log(at_work, "person.sign-in-refused", "sign-in", "unknown", THE_SYSTEM, facts={"cause": cause})
        else:
            cause = _settle(at_work, found, cause, "person.sign-in-refused", fresh)
            if not cause:
                log(at_work, "person.signed-in", "person", found.person, Actor(found.person, found.name))
    if cause or found is None:
        raise SignInRefused
    return found


def verify_password(person: str, password: str) -> bool:
    """Whether this is the person's password, asked again before a signature. Wrong ones are counted and logged.

    Call it before `with work()`. A one-time code never counts. Raises TooManyAttempts (with until when), Busy.
    """
    found = _look(person=person)
    fits = matches(password, found.password_hash if found else None)
    cause = _cause(found, fits, milepost().clock())
    if found is None or (not cause and found.must_change):
        return False
    if not cause and not found.failures:
        return True
    with work() as at_work:
        cause = _settle(at_work, found, cause, "person.signature-refused", None)
        until = at_work.session.get_one(AccountRow, found.person).locked_until
    if cause == "locked" or (cause and until):
        raise TooManyAttempts(until=until)
    return not cause


def _look(*, person: str | None = None, login: str | None = None) -> Account | None:
    """Read one account and let the transaction go."""
    db.session.rollback()
    with only_reading():
        found = account(unit(), person=person, login=login)
        db.session.rollback()
    return found


def _cause(found: Account | None, fits: bool, now: datetime) -> str:
    """Why somebody is not let in; "" when they are."""
    if found is None:
        return "unknown login"
    if not found.active:
        return "deactivated"
    if found.locked_until and now < found.locked_until:
        return "locked"
    if not fits:
        return "wrong password"
    if found.must_change and found.code_expires_at and now >= found.code_expires_at:
        return "code expired"
    return ""


def _settle(at_work: Unit, found: Account, cause: str, kind: str, fresh: str | None) -> str:
    """Write down what came of an attempt, on the account as it stands now; gives the final cause."""
    row = at_work.session.get_one(AccountRow, found.person, populate_existing=True, with_for_update=True)
    now = at_work.clock()
    if not cause and row.locked_until and now < row.locked_until:
        cause = "locked"  # others were guessing at the same time
    if not cause and row.password_hash != found.password_hash:
        cause = "password changed meanwhile"
    if not cause:
        row.failures, row.locked_until = 0, None
        row.password_hash = fresh or row.password_hash
        return ""
    if cause == "wrong password":
        row.failures = 1 if _forgotten(row, now) else row.failures + 1
        row.locked_until = now + lock_for(row.failures) if row.failures >= FREE_ATTEMPTS else None
    signed_in = kind == "person.signature-refused"
    by = Actor(found.person, found.name) if signed_in else THE_SYSTEM  # who types a wrong password may be anybody
    log(at_work, kind, "person", found.person, by, facts={"cause": cause, "failures": row.failures})
    return cause


def _forgotten(row: AccountRow, now: datetime) -> bool:
    """Whether the last lock lies so far back that counting begins anew: one guess an hour keeps nobody out."""
    return row.locked_until is not None and now >= row.locked_until + LONGEST_LOCK


def lock_for(failures: int) -> timedelta:
    """How long an account waits after so many wrong attempts: 30 s after the fifth, doubling up to an hour."""
    return min(FIRST_LOCK * 2 ** min(failures - FREE_ATTEMPTS, 20), LONGEST_LOCK)
