"""A file has a process that can be run."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Page
from engine.values import Finding

NAME = "no-process"


def find(page: Page) -> Iterator[Finding]:
    """The file, if nothing in it can be run."""
    if not page.charts:
        sentence = "There is no executable process in this file. Mark the process as executable."
        yield page.error(None, NAME, sentence)
