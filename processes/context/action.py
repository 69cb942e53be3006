"""What the forms of an action item show."""

from __future__ import annotations

from processes.actions import action_reports, actions, of_instance
from processes.context.known import Known
from processes.vocabulary import ACTION_WORDS


class Acting(Known):
    """The action itself, and what was said about it."""

    @property
    def _id(self) -> str:
        return of_instance(self._unit, self._work.instance).id

    @property
    def action_item(self) -> list[dict[str, str]]:
        return [
            {"id": one.id, "text": one.text, "owner": one.owner_name, "due": one.due.isoformat(),
             "meeting": one.meeting, "priority": one.priority}
            for one in actions(self._unit, self._subject)
            if one.id == self._id
        ]  # fmt: skip

    @property
    def action_reports(self) -> list[dict[str, str]]:
        return [
            {"on": self._about.day(one.at).isoformat(), "name": one.name, "status": ACTION_WORDS[one.status],
             "text": one.text, "evidence": one.evidence, "due": one.due.isoformat() if one.due else ""}
            for one in action_reports(self._unit, self._subject, self._id)
        ]  # fmt: skip
