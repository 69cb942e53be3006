"""What the procedure room refuses, and why.

The docstring of each error is its message unless a more exact one is given.

    ProcessesError
    ├── StepRefused                 an automatic step cannot be carried out: the engine makes an incident of it
    │   ├── ApprovalMissing         a required approval of exactly this revision is not in the ledger
    │   ├── ApproversAltered        the list of those who must approve is not the one that was written down
    │   ├── NobodyToApprove         the people who have to approve cannot be named
    │   ├── PlanAltered             the plan as it is kept is not the one that was approved
    │   └── PlanMoved               the plan has moved since the change was written
    ├── RefusedByField              carries every error by field
    │   ├── RegistrationRefused     a project cannot be registered as given
    │   └── MeetingRefused          a meeting cannot be moved or called off as given
    ├── NotInProject                the actor holds no role that allows this in the project
    ├── NoSuchProject               an id that names no project
    ├── PlanFileRefused             a file that no plan can be read from
    └── HistoryRefused              a file of milestone history that cannot be read, or contradicts itself
"""

from __future__ import annotations

from collections.abc import Mapping


class ProcessesError(Exception):
    """The procedure could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class StepRefused(ProcessesError):
    """This step of the procedure cannot be carried out as things stand."""


class ApprovalMissing(StepRefused):
    """Not everybody who has to approve has approved exactly this revision."""


class ApproversAltered(StepRefused):
    """The list of those who must approve was altered after it was written down. Run verify."""


class NobodyToApprove(StepRefused):
    """Nobody can be named who may approve this. Give the missing role to somebody in the project's team, then retry."""


class PlanAltered(StepRefused):
    """The plan as it is kept is not the one that was approved. Somebody has changed it past the program: run verify."""


class PlanMoved(StepRefused):
    """The plan has moved since this change was written. Describe the change again on the plan as it is now."""


class RefusedByField(ProcessesError):
    """Something that was asked for cannot be done as given."""

    def __init__(self, errors: Mapping[str, tuple[str, ...]]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(line for lines in self.errors.values() for line in lines))


class RegistrationRefused(RefusedByField):
    """The project cannot be registered like this."""


class MeetingRefused(RefusedByField):
    """The meeting cannot be moved or called off like this."""


class NotInProject(ProcessesError):
    """You hold no role in this project that allows this."""


class NoSuchProject(ProcessesError):
    """There is no project under this address."""


class HistoryRefused(ProcessesError):
    """This milestone history cannot be read."""


class PlanFileRefused(ProcessesError):
    """No plan can be read from this file."""
