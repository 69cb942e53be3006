"""`register`: a project with its team, from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands.opening import data_option, opened, settings


@click.command()
@data_option
def register(data: Path | None) -> None:
    """Register a project with its team."""
    with opened(settings(data)):
        raise NotImplementedError
