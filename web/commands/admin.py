"""`admin`: accounts from the command line, for the first administrator and for when nobody can sign in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine import THE_SYSTEM
from web.commands.opening import data_option, opened, settings
from web.errors import PersonRefused
from web.people import ORGANISATION_ROLES, account, accounts, add_person, reset_password, set_password
from web.people.passwords import check_new_password
from web.work import reading, work


@click.group(short_help="Make and list accounts, reset passwords.")
def admin() -> None:
    """Accounts: make an administrator, give somebody a new one-time code, list who is there."""


@admin.command()
@click.argument("login")
@click.option("--name", required=True, help="The name as it is to be printed in records.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(sorted(ORGANISATION_ROLES.values())),
    help="Role in the organisation; may be given several times. Default: Administrator.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@data_option
def create(login: str, name: str, roles: tuple[str, ...], password_stdin: bool, data: Path | None) -> None:
    """Make an account that can sign in at once, an administrator's unless --role says otherwise."""
    with opened(settings(data), new=True):
        password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask()
        check_new_password(password, login, name)
        with work() as unit:
            person, _code = add_person(unit, login, name, THE_SYSTEM, roles=frozenset(roles or ("Administrator",)))
            unit.session.flush()
            set_password(unit, person, password, THE_SYSTEM)
    click.echo(f"{name} can sign in as {login.strip().casefold()}.")


@admin.command()
@click.argument("login")
@data_option
def reset(login: str, data: Path | None) -> None:
    """Replace somebody's password by a one-time code, and print it. All their sessions end."""
    with opened(settings(data)), work() as unit:
        found = account(unit, login=login)
        if found is None:
            raise PersonRefused({"login": f"There is no account {login}. See: ./milepost admin list"})
        code = reset_password(unit, found.person, THE_SYSTEM)
    click.echo(f"One-time code of {found.name} ({found.login}), valid for seven days:\n\n    {code}\n")


@admin.command("list")
@data_option
def list_accounts(data: Path | None) -> None:
    """List the accounts: login, name, roles in the organisation, state."""
    with opened(settings(data)):
        found = accounts(reading())
    for one in found:
        state = "" if one.active else "deactivated"
        click.echo("\t".join((one.login, one.name, ", ".join(sorted(one.organisation_roles)), state)).rstrip())
    if not found:
        click.echo("There are no accounts yet.", err=True)


def _ask() -> str:
    return click.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt="Once more")
