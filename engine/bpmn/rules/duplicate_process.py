"""No process or sub-process id twice in a bundle: each can be called from everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import CONTAINERS
from engine.bpmn.rules.survey import Survey
from engine.bpmn.source import BPMN
from engine.values import Finding

NAME = "duplicate-process"


def find(survey: Survey) -> Iterator[Finding]:
    """The processes and sub-processes whose id another file uses too."""
    seen: dict[str, str] = {}
    for page in survey.pages:
        for node in page.root.iter(*(f"{{{BPMN}}}{name}" for name in CONTAINERS)):
            name = node.get("id", "")
            if seen.setdefault(name, page.file) != page.file:
                sentence = f"{seen[name]} has a process or sub-process with the id {name!r} too. Rename one of them."
                yield page.error(name, NAME, sentence)
