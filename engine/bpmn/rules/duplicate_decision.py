"""Each decision of a bundle has an id of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "duplicate-decision"


def find(survey: Survey) -> Iterator[Finding]:
    """The decisions without an id, and those that share one."""
    for name, times in Counter(table.id for _, table in survey.tables).items():
        if times > 1 or not name:
            file = next(file for file, table in survey.tables if table.id == name)
            sentence = f"Each decision needs an id of its own; {name!r} is used {times} times. Rename all but one."
            yield Finding(name, NAME, "error", sentence, file)
