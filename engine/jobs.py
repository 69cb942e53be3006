"""The port to whoever works jobs off: side effects that outlive the process that caused them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session


class Worker(Protocol):
    """What works jobs off in this process, until it is stopped."""

    def stop(self) -> None:
        """Take no more jobs, and wait until those at hand are done."""
        ...


class Jobs(Protocol):
    """Work that is done once its cause is committed, by this process or another one, even if either dies."""

    def enqueue(
        self,
        session: Session,
        kind: str,
        payload: Mapping[str, Any],
        due: datetime | None = None,
        key: str | None = None,
    ) -> None:
        """Have a job of a registered kind done at `due` (now, without one), if the session commits.

        `payload` is what the kind is called with (JSON values). A job with a key is done once: the same key again,
        for a week, changes nothing.
        """
        ...

    def cancel(self, key: str) -> None:
        """Withdraw a job that has not been done, at once and whatever the caller's transaction becomes.

        Nothing happens to one that is done or was never there. Not to be called while the caller's transaction writes:
        it would wait for itself. What must be exact is said by a row that the job looks at when it runs.
        """
        ...

    def start_worker(self) -> Worker:
        """Begin to work jobs off in this process."""
        ...
