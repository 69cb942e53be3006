"""The commands of `./milepost`. Each opens only what it needs."""

from __future__ import annotations

import click

from web.commands.admin import admin
from web.commands.bounced import bounced_mail
from web.commands.bundles import check, deploy, walk
from web.commands.copies import backup, restore
from web.commands.demo import demo
from web.commands.evidence import bench, verify
from web.commands.following import migrate
from web.commands.matrix import matrix
from web.commands.metrics import metrics
from web.commands.projects import register
from web.commands.serving import serve, upgrade
from web.commands.working import worker

__all__ = ["commands"]

EPILOG = """Two more are handled before this program starts: `./milepost test` runs all tests, `./milepost build` builds
the browser assets. Settings come from the environment; README has the table."""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def commands() -> None:
    """Milepost runs your organisation's procedure: diagrams in, tasks for people, sealed and signed records out.

    To look around, run `./milepost demo`. To work with it, run `./milepost serve`.
    """


_RUNNING = (demo, serve, worker, upgrade, backup, restore)
_EVERYTHING = (*_RUNNING, deploy, migrate, check, walk, register, admin, bounced_mail, verify, metrics, matrix, bench)
for _command in _EVERYTHING:
    commands.add_command(_command)
