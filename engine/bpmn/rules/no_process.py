"""A file has a process that can be run."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Page
from engine.bpmn.shaping import has_nodes
from engine.bpmn.source import BPMN, local
from engine.values import Finding

NAME = "no-process"


def find(page: Page) -> Iterator[Finding]:
    """The file, if nothing in it can be run."""
    if page.charts:
        return
    if any(has_nodes(one) for one in page.written.iterchildren(f"{{{BPMN}}}process")):
        sentence = "There is no executable process in this file. Mark those that are to be run as executable."
    elif any(local(one) in ("choreography", "globalChoreographyTask") for one in page.written):
        sentence = "A choreography cannot be run: it belongs to nobody. Draw the process of each who takes part."
    else:
        sentence = "No process is drawn in this file. Draw one, or leave the file out."
    yield page.error(None, NAME, sentence)
