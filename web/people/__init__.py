"""People who sign in: accounts, passwords, sessions, guards of pages, and the pages about all that."""

from web.people.accounts import (
    MAIL,
    ORGANISATION_ROLES,
    Account,
    account,
    accounts,
    actor_of,
    add_person,
    administrator_for_commands,
    has_administrator,
    reset_password,
    set_active,
    set_mail,
    set_password,
)
from web.people.entry import account as account_pages
from web.people.guards import Guard, begins, check_guard, guard_of, needs, public, signed_in
from web.people.kept import page_token, resumes
from web.people.pages import people as people_pages
from web.people.passwords import new_code
from web.people.proving import sign_in, verify_password
from web.people.sessions import actor_or_none, current_account, current_actor
from web.people.setup import offer_setup
from web.people.tables import AccountRow

__all__ = [
    "MAIL",
    "ORGANISATION_ROLES",
    "Account",
    "AccountRow",
    "Guard",
    "account",
    "account_pages",
    "accounts",
    "actor_of",
    "actor_or_none",
    "add_person",
    "administrator_for_commands",
    "begins",
    "check_guard",
    "current_account",
    "current_actor",
    "guard_of",
    "has_administrator",
    "needs",
    "new_code",
    "offer_setup",
    "page_token",
    "people_pages",
    "public",
    "reset_password",
    "resumes",
    "set_active",
    "set_mail",
    "set_password",
    "sign_in",
    "signed_in",
    "verify_password",
]
