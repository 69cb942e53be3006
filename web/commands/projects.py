"""`register`: a project with its team, from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

import processes
from engine import Unit
from processes import RegistrationRefused
from web.commands.opening import data_option, deploy_first, opened, settings
from web.errors import PersonRefused
from web.people import account, administrator_for_commands
from web.work import work

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(short_help="Register a project with its team.")
@click.argument("id")
@click.argument("title")
@click.option(
    "--start", type=DAY, required=True, metavar="YYYY-MM-DD", help="The day on which work is planned to begin."
)
@click.option(
    "--manager", "managers", multiple=True, required=True, metavar="LOGIN", help="Project manager. Repeatable."
)
@click.option("--team", "team", multiple=True, required=True, metavar="LOGIN", help="Project team. Repeatable.")
@click.option(
    "--stakeholder", "stakeholders", multiple=True, required=True, metavar="LOGIN", help="Stakeholder. Repeatable."
)
@click.option("--sponsor", "sponsors", multiple=True, required=True, metavar="LOGIN", help="Sponsor. Repeatable.")
@click.option("--zone", default="UTC", show_default=True, help="Time zone of the project, such as Europe/Berlin.")
@click.option("--by", "login", default=None, metavar="LOGIN", help="Whose act this is. Default: the program's own.")
@data_option
def register(
    id: str, title: str, start: datetime, zone: str, login: str | None, data: Path | None, **logins: tuple[str, ...]
) -> None:
    """Register the project ID, called TITLE, with its team; its processes begin at once.

    ID stands in addresses and records: small letters, digits and hyphens. The other settings of a project are taken as
    usual; the page /register offers them all. The procedure is deployed first if none is yet.
    """
    with opened(settings(data)), work() as unit:
        by = administrator_for_commands(unit, login)
        deploy_first(unit)
        names = ("managers", "team", "stakeholders", "sponsors")
        members = {role: _people(unit, logins[name]) for role, name in zip(processes.ROLES, names, strict=True)}
        try:
            made = processes.register(unit, id, title, members=members, start=start.date(), zone=zone, by=by)
        except RegistrationRefused as refused:
            raise click.UsageError(str(refused)) from None
    click.echo(f"Registered {made}. Its project manager finds the first task in the inbox.")


def _people(unit: Unit, logins: tuple[str, ...]) -> list[str]:
    found = []
    for login in logins:
        one = account(unit, login=login)
        if one is None or not one.active:
            raise PersonRefused({"login": f"There is no active account {login}. See: ./milepost admin list"})
        found.append(one.person)
    return found
