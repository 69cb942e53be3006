"""Every table of every room in one place, for migrations and for whoever compares them with a database."""

import contextlib

from engine import Base
from web.people.tables import AccountRow  # noqa: F401

with contextlib.suppress(ImportError):
    import processes  # noqa: F401  its tables stand on the same metadata

METADATA = Base.metadata
