// The fields of the panel: which element has which, what each is called, and what it accepts.
import { is } from 'bpmn-js/lib/util/ModelUtil';

const DURATION = /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?$/i;
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const OBLIGATIONS = /^[A-Za-z0-9][A-Za-z0-9.\-]*(\s+[A-Za-z0-9][A-Za-z0-9.\-]*)*$/;

const due = (text) =>
  text && !DURATION.test(text) && !INSTANT.test(text) && !/^=\s*\S/.test(text)
    ? 'Write a duration like P3D or PT8H, a date like 2026-01-31, or an expression that begins with =.'
    : undefined;
const clauses = (text) => (text && !OBLIGATIONS.test(text) ? 'Write obligations with a space between them, like 5.1a 5.1b.' : undefined);

const CLAUSE = { name: 'clause', label: 'Clause', description: 'Obligations that this step carries, with spaces between them.', validate: clauses };

const WORDS = /^[A-Za-z]\w*(\s+[A-Za-z]\w*)*$/;
const names = (text) => (text && !WORDS.test(text) ? 'Write names of fields with a space between them.' : undefined);

/** The groups of a user task: what is asked of whom, what comes of it, and what is signed. */
export const USER_TASK = {
  'Work step': [
    { name: 'form', label: 'Form', select: 'forms' },
    { name: 'shows', label: 'Shows', select: 'records', description: 'The record that the person reads before answering.' },
    { name: 'assignee', label: 'Assignee', description: 'Expression that gives one person; empty: anybody with the role.' },
    { name: 'notPerformerOf', label: 'Not the performer of', select: 'tasks', description: 'Whoever did that task may not do this one.' },
    { name: 'due', label: 'Due', description: 'ISO 8601: P3D is three days after the task opens.', validate: due },
    CLAUSE,
  ],
  Outcome: [
    { name: 'record', label: 'Record', select: 'records', description: 'What the finished task proves.' },
    { name: 'recordWhen', label: 'Record only when', description: 'Expression over the answers; empty: always.' },
    { name: 'step', label: 'Step', select: 'steps', description: 'What the system does with the answers, in the same transaction.' },
    { name: 'variables', label: 'Variables', description: 'Answers that the diagram decides by, with spaces between them.', validate: names },
  ],
  Signature: [
    { name: 'signature', label: 'Meaning', select: 'signatures', description: 'What the person declares; the password is asked again.' },
    { name: 'signs', label: 'Signs', select: 'records', description: 'The record that the signature is put on; empty: this task’s own.' },
  ],
};
export const SERVICE_TASK = [CLAUSE];
export const START = [
  { name: 'key', label: 'Business key', description: 'Expression; one open instance for each key.' },
  { name: 'title', label: 'Title', description: 'Expression; what people see the instance called.' },
];
export const START_BY_TIME = [
  { name: 'subject', label: 'Subject', description: 'Expression; what it is about: one text, or a list for one instance each.' },
  { name: 'key', label: 'Business key', description: 'Expression over project and due; one instance for each key.' },
];
export const RECEIVE = [{ name: 'correlation', label: 'Correlation', description: 'Expression; the message must carry the same value.' }];
export const PLAIN = [CLAUSE];

const waitsFor = (element, type) => element.businessObject.get('eventDefinitions')?.some((one) => is(one, type));
const message = (element) => waitsFor(element, 'bpmn:MessageEventDefinition');
export const isMessageStart = (element) => is(element, 'bpmn:StartEvent') && message(element);
export const isTimerStart = (element) =>
  is(element, 'bpmn:StartEvent') && waitsFor(element, 'bpmn:TimerEventDefinition') && !is(element.parent, 'bpmn:SubProcess');
export const isMessageCatch = (element) =>
  (is(element, 'bpmn:IntermediateCatchEvent') || is(element, 'bpmn:BoundaryEvent')) && message(element);
export const isClaused = (element) =>
  (is(element, 'bpmn:Task') || is(element, 'bpmn:CallActivity') || is(element, 'bpmn:Event')) &&
  !is(element, 'bpmn:UserTask') &&
  !is(element, 'bpmn:ServiceTask') &&
  element.type !== 'label';

/** Options of a select: the catalogue's, plus the value the diagram holds already, so that opening never changes it. */
export function options(field, element, current, catalogue, registry) {
  const offered =
    field.select === 'tasks'
      ? registry
          .filter((one) => is(one, 'bpmn:UserTask') && one.type !== 'label' && one !== element)
          .map((one) => ({ value: one.id, label: one.businessObject.get('name') || one.id }))
      : (catalogue[field.select] ?? []).map((one) => (typeof one === 'string' ? { value: one, label: one } : one));
  if (current && !offered.some((one) => one.value === current)) {
    // several tasks with spaces between them, or something that the bundle does not have
    const labels = current.split(/\s+/).map((part) => offered.find((one) => one.value === part)?.label);
    offered.push({ value: current, label: labels.every(Boolean) ? labels.join(' and ') : `${current} (not in this bundle)` });
  }
  return [{ value: '', label: 'None' }, ...offered];
}

/** The lane around an element: its name is the role that finds the task in its inbox. */
export function roleOf(element) {
  let shape = element;
  while (shape && !is(shape, 'bpmn:Participant') && !is(shape, 'bpmn:Process')) {
    const lane = shape.businessObject.get?.('lanes')?.[0] ?? laneHolding(shape.businessObject);
    if (lane) return lane.get('name') || 'a lane without a name';
    shape = shape.parent;
  }
  return 'none: this step is in no lane';
}

function laneHolding(object) {
  const search = (set) => {
    for (const lane of set?.get('lanes') ?? []) {
      const inner = search(lane.get('childLaneSet'));
      if (inner) return inner;
      if ((lane.get('flowNodeRef') ?? []).includes(object)) return lane;
    }
    return undefined;
  };
  for (const set of object.$parent?.get?.('laneSets') ?? []) {
    const lane = search(set);
    if (lane) return lane;
  }
  return undefined;
}
