"""The post of one Milepost: what it puts into the outbox before a commit, and the jobs that empty it."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Barred, Clock, Unit, nothing_barred
from web.config import Config
from web.jobs import Kind
from web.mail.causes import Roles, mails
from web.mail.daily import Daily
from web.mail.delivery import Delivery
from web.mail.outbox import post


@dataclass(frozen=True)
class Post:
    """Tells people by mail."""

    config: Config
    clock: Clock
    roles: Roles
    """Which roles a person holds in which project."""
    barred: Barred = nothing_barred
    """Which open tasks of those roles are somebody else's all the same."""

    def tell(self, unit: Unit) -> int:
        """Write the mails that follow from what is about to be committed; gives how many."""
        return post(unit, self.config, mails(unit, self.config, self.roles))

    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of job that this takes."""
        return Delivery(self.config, self.clock).kind(), Daily(self.config, self.roles, self.barred).kind()
