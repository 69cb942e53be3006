"""The output of a decision table is a variable of the process."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "output-name"


def find(survey: Survey) -> Iterator[Finding]:
    """The outputs with a name that no variable can have."""
    for file, table in survey.tables:
        for name in table.outputs:
            if not name.isidentifier():
                said = f"The output {name!r} of “{table.name}” must be a variable's name, such as approvers."
                yield Finding(table.id, NAME, "error", f"{said} Rename it.", file)
