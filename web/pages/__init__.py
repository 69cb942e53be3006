"""The pages that people work with: inbox, tasks, projects, instances, records, processes, rules, compliance, search."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of this package, ready to be registered."""
    # They add routes to the blueprints below.
    from web.pages import claims, completing, editing, exchange, gaps, holding, meetings, settings  # noqa: PLC0415
    from web.pages.absences import absences  # noqa: PLC0415
    from web.pages.compliance import compliance  # noqa: PLC0415
    from web.pages.following import following  # noqa: PLC0415
    from web.pages.inbox import inbox  # noqa: PLC0415
    from web.pages.instances import instances  # noqa: PLC0415
    from web.pages.jobs import jobs  # noqa: PLC0415
    from web.pages.mailbox import mailbox  # noqa: PLC0415
    from web.pages.performance import performance  # noqa: PLC0415
    from web.pages.processes import processes  # noqa: PLC0415
    from web.pages.projects import projects  # noqa: PLC0415
    from web.pages.records import records  # noqa: PLC0415
    from web.pages.repairing import repairing  # noqa: PLC0415
    from web.pages.rules import rules  # noqa: PLC0415
    from web.pages.search import search  # noqa: PLC0415
    from web.pages.signing import signing  # noqa: PLC0415
    from web.pages.sop import sop  # noqa: PLC0415
    from web.pages.tasks import tasks  # noqa: PLC0415
    from web.pages.words import frame  # noqa: PLC0415

    main = (frame, inbox, tasks, signing, projects, performance, instances, records, processes)
    return *main, rules, following, repairing, compliance, search, jobs, sop, mailbox, absences


__all__ = ["blueprints"]
