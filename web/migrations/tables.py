"""Every table of every room in one place, for migrations and for whoever compares them with a database."""

import processes  # noqa: F401  its tables stand on the same metadata
from engine import Base
from web.jobs.tables import WorkerRow  # noqa: F401
from web.mail.tables import MailRow  # noqa: F401
from web.people.tables import AccountRow  # noqa: F401

METADATA = Base.metadata
