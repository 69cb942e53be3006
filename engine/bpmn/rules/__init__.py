"""The rules that diagrams are checked by: each a small function that yields its findings."""

from engine.bpmn.rules import flows, formulas, partners, people, repeating, structure, support, tables
from engine.bpmn.rules.survey import Drawn, Known, Page, Rule, Survey

OF_PAGES = (structure.ids, structure.something_to_run)
OF_BUNDLES = (structure.containers, partners.heard_messages, tables.all_tables)
OF_PROCESSES: tuple[Rule, ...] = (
    structure.named,
    structure.reserved,
    structure.length,
    structure.references,
    structure.starts,
    structure.reachable,
    structure.ends,
    support.kinds,
    support.events,
    support.repeated_messages,
    support.scripts,
    flows.conditions,
    flows.splits,
    flows.choices,
    flows.joins,
    flows.race,
    flows.ways_out,
    flows.turning_points,
    formulas.everywhere,
    formulas.timers,
    repeating.several,
    repeating.loops,
    people.roles,
    people.forms,
    people.signatures,
    people.separation,
    people.due,
    partners.steps,
    partners.decisions,
    partners.calls,
    partners.named_messages,
    partners.signals,
)

__all__ = ["OF_BUNDLES", "OF_PAGES", "OF_PROCESSES", "Drawn", "Known", "Page", "Survey"]
