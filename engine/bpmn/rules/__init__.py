"""The rules that diagrams are checked by: a module each, whose name is the rule's, in the order in which they speak."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

from engine.bpmn.rules import (
    call_of_message,
    calls_itself,
    cancel_outside,
    compensates_nothing,
    condition_ignored,
    crossing_flow,
    dangling_event,
    dangling_flow,
    default_elsewhere,
    due,
    duplicate_decision,
    duplicate_id,
    duplicate_process,
    endless,
    event_sub_process,
    expression,
    flow_from_end,
    flow_into_event,
    handler_in_flow,
    hidden_script,
    hit_policy,
    loop,
    missing_id,
    no_collection,
    no_condition,
    no_default,
    no_end,
    no_event,
    no_form,
    no_key,
    no_message,
    no_process,
    no_result,
    no_role,
    no_rows,
    no_signal,
    no_start,
    no_step,
    nobody_sends,
    nobody_throws,
    nobody_waits,
    not_an_event,
    not_performer_of,
    one_event,
    output_name,
    reserved_id,
    several_events,
    several_starts,
    signature,
    starting_task,
    sub_process_start,
    table_cell,
    table_input,
    timer,
    too_long,
    unknown_decision,
    unknown_form,
    unknown_process,
    unknown_step,
    unreachable,
    unsupported_element,
    unsupported_event,
    waits_for_itself,
)  # fmt: skip
from engine.bpmn.rules.survey import Drawn, Known, Page, Survey
from engine.values import Finding

_Seen_contra = TypeVar("_Seen_contra", contravariant=True)


class Rule(Protocol[_Seen_contra]):
    """What the module of a rule offers: the name that its findings bear, and the search for them."""

    NAME: str

    def find(self, seen: _Seen_contra, /) -> Iterator[Finding]:
        """All that is wrong in the eyes of the rule."""
        ...


OF_PAGES: tuple[Rule[Page], ...] = (duplicate_id, no_process)
OF_BUNDLES: tuple[Rule[Survey], ...] = (
    duplicate_process, nobody_sends, nobody_waits, duplicate_decision, hit_policy, no_rows, output_name, table_input,
    table_cell,
)  # fmt: skip
OF_PROCESSES: tuple[Rule[Drawn], ...] = (
    missing_id, reserved_id, too_long, dangling_flow, crossing_flow, flow_from_end, flow_into_event, dangling_event,
    no_start, sub_process_start, several_starts, no_end, unreachable, unsupported_element,
    event_sub_process, starting_task, unsupported_event, several_events, no_event, hidden_script,
    condition_ignored, default_elsewhere, no_condition, no_default, waits_for_itself, one_event,
    not_an_event, endless, expression, timer, no_collection, no_result, loop, no_role, no_form,
    unknown_form, signature, not_performer_of, due, no_step, unknown_step, unknown_decision, unknown_process,
    calls_itself, call_of_message, cancel_outside, compensates_nothing, handler_in_flow, no_message, no_key,
    no_signal, nobody_throws,
)  # fmt: skip
REGISTER = (*OF_PAGES, *OF_PROCESSES, *OF_BUNDLES)

__all__ = ["OF_BUNDLES", "OF_PAGES", "OF_PROCESSES", "REGISTER", "Drawn", "Known", "Page", "Rule", "Survey"]
