"""What the forms of the closure show."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import engine
from engine import Record
from processes.closures import feedback
from processes.closures import of_instance as of_closure
from processes.context.known import Known
from processes.tables import ClosureRow
from processes.vocabulary import CLOSURE


class Closing(Known):
    """What is still open, how the procedure worked, what people said, and what was written last."""

    @cached_property
    def _row(self) -> ClosureRow:
        return of_closure(self._unit, self._work.instance)

    @property
    def gaps(self) -> list[dict[str, str]]:
        return self._row.cut["gaps"]

    @property
    def effectiveness(self) -> list[dict[str, str]]:
        return self._row.cut["effectiveness"]

    @property
    def feedback(self) -> list[dict[str, str]]:
        return feedback(self._unit, self._row)

    @cached_property
    def _record(self) -> Record | None:
        return engine.current(self._unit, CLOSURE, self._subject, self._row.id)

    @property
    def closure(self) -> dict[str, Any] | None:
        if self._record is None:
            return None
        data = self._record.data
        return {"lessons": data["lessons"], "proposals": data["proposals"], "no_proposal": not data["proposals"]}

    @property
    def closure_remarks(self) -> list[dict[str, str]]:
        found = engine.signatures(self._unit, self._record.id) if self._record else []
        return [{"name": one.printed, "comment": one.comment} for one in found if one.meaning == "rejected"]
