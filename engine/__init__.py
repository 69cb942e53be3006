"""Milepost's engine: runs BPMN processes for people. No HTTP, no accounts, no SOP in it.

Everybody enters here. Verbs take a `Unit` (session, clock, procedure) first and never commit.
"""

from engine.absences import Absence, absence, absences_of, absent_now, end_absence, record_absence, stands_in
from engine.alarms import Alarm, StuckTimer, alarms, postpone, stuck_timers
from engine.blockers import Blocker
from engine.bpmn import (
    Element,
    Flow,
    RulePage,
    Walk,
    Way,
    last_due,
    neighbours,
    next_due,
    rulebook,
    shifted,
    walk,
    ways_around,
)
from engine.bpmn import check as check_diagrams
from engine.bundle import Bundle
from engine.completion import (
    Completed,
    TaskForm,
    complete,
    meaning_of,
    preview,
    rehearse,
    task_form,
)
from engine.definitions import (
    Definition,
    bundle,
    definition,
    definitions,
    diagram,
    digest,
    elements,
    form,
    newest,
    prepared,
    processes_of,
)
from engine.deployment import Deployed, check, deploy
from engine.deputies import hindrance, hindrances, makers, was_named_deputy
from engine.errors import (
    AbsenceRefused,
    AlreadyStarted,
    Conflict,
    DiagramRefused,
    EngineError,
    NobodyWaits,
    NotAllowed,
    NotFound,
    OutOfReach,
    Refused,
    SignatureRefused,
    SignatureVoid,
    Stale,
    StepFailed,
    TaskClaimed,
    TaskClosed,
    TaskNotReady,
)
from engine.following import Migration, Outcome, Stay, migration, migrations, outcomes, stays, unfinished
from engine.inbox import (
    STEWARDS,
    VIEWS,
    Task,
    concerned,
    counts,
    inbox,
    may_perform,
    may_see,
    performs,
    processes_open_to,
    standing_in,
    still_open,
    task,
)
from engine.instances import (
    Coming,
    Incident,
    Instance,
    Passage,
    Passed,
    Waiting,
    cancel,
    coming,
    entitle,
    incidents,
    instance,
    instances,
    passages,
    retry,
    trail,
    waiting,
)
from engine.jobs import Jobs, Worker
from engine.ledger import (
    Event,
    Fault,
    Field,
    Record,
    Section,
    Signed,
    Table,
    Verdict,
    allow_changes,
    approvals,
    canonical,
    content_of,
    current,
    events,
    in_instance,
    log,
    logged,
    print_record,
    record,
    records,
    refuse_changes,
    revisions,
    seal,
    sign,
    signatures,
    signatures_on,
    verify,
    void,
)
from engine.messages import send, start
from engine.migrating import ask as ask_migration
from engine.migrating import follow, give_up, migrate
from engine.people import Person, add_person, names, people, person, set_active
from engine.planning import Kept, Plan, plan
from engine.remarks import Attachment, Comment, attach, attachment, attachment_of, comment, comments
from engine.repairing import (
    REPAIRS,
    Place,
    Repair,
    approve_repair,
    places,
    propose_repair,
    refuse_repair,
    repairs,
)
from engine.spans import Span, spans
from engine.standing import foremost, tasks
from engine.submissions import Submission, submissions
from engine.tables import EVIDENCE, Base, Instant, PersonRow
from engine.tasks import claim, draft, reassign, release, replace, save_draft
from engine.timers import defer, due, fire
from engine.timers import next_due as next_timer
from engine.unit import Barred, Procedure, Unit, Work, nothing_barred
from engine.values import (
    MEANINGS,
    SYSTEM,
    THE_SYSTEM,
    Actor,
    Clock,
    Draft,
    Finding,
    Shown,
    Signature,
    StandIn,
    StepCall,
)

__all__ = [name for name in dir() if not name.startswith("_")]
