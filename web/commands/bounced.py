"""`bounced`: what comes back to the address that mail comes from, handed over by the mail server."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands.opening import data_option, opened, settings
from web.mail.bounces import LARGEST, bounced
from web.work import work


@click.command("bounced", short_help="Read a report of undeliverable mail from standard input.")
@data_option
def bounced_mail(data: Path | None) -> None:
    """Read one mail from standard input. Does it report that a mail of Milepost's did not arrive, that is open again.

    For the mail server, which hands over what comes back to MILEPOST_MAIL_FROM: in a file of aliases,
    milepost: "|/path/to/milepost bounced --data DIR". Whatever else comes changes nothing; it always exits with 0, so
    that no report is answered by another one.
    """
    report = click.get_binary_stream("stdin").read(LARGEST)
    config = settings(data)
    with opened(config), work() as unit:
        found = bounced(unit, config, report)
        said = f"Mail {found.id} did not arrive." if found else "This reports no failure of a mail of ours."
    click.echo(said)
