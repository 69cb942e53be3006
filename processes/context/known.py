"""What every form may show."""

from __future__ import annotations

from functools import cached_property

from engine import Work
from processes.projects import Project, project


class Known:
    """What every form may show. Here and below, a value is found when it is asked for, by the name that forms use."""

    def __init__(self, work: Work) -> None:
        self._work, self._unit, self._subject = work, work.unit, work.subject

    @cached_property
    def _about(self) -> Project:
        return project(self._unit, self._subject)

    @property
    def today(self) -> str:
        return self._about.day(self._unit.clock()).isoformat()

    @property
    def project_title(self) -> str:
        return self._about.title
