// Adds Milepost's groups to the properties panel, in front of BPMN's own.
import { ListGroup, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { ParameterField, PropertyField, ResultField, RoleHint, StepField, TextField } from './entries.js';
import { readParameters, writeParameters } from './extensions.js';
import * as fields from './fields.js';

const PRIORITY = 500; // after the BPMN groups are there

class MilepostProvider {
  constructor(propertiesPanel, injector) {
    this.injector = injector;
    propertiesPanel.registerProvider(PRIORITY, this);
  }

  getGroups(element) {
    return (groups) => {
      const own = this.groupsOf(element);
      return own.length ? [groups[0], ...own, ...groups.slice(1)].filter(Boolean) : groups;
    };
  }

  groupsOf(element) {
    if (element.type === 'label') return [];
    if (is(element, 'bpmn:UserTask')) return userTaskGroups(element);
    if (is(element, 'bpmn:ServiceTask')) return [this.serviceGroup(element), this.parameterGroup(element)];
    const entries = [];
    if (fields.isMessageStart(element)) entries.push(...properties(element, fields.START));
    if (fields.isTimerStart(element)) entries.push(...properties(element, fields.START_BY_TIME));
    if (fields.isMessageCatch(element)) entries.push(...properties(element, fields.RECEIVE));
    if (is(element, 'bpmn:BusinessRuleTask')) {
      entries.push(text(element, 'spiffworkflow:CalledDecisionId', 'Decision', 'Id of the decision in the bundle’s tables.'));
    }
    if (fields.isClaused(element)) entries.push(...properties(element, fields.PLAIN));
    return entries.length ? [group('milepost', 'Milepost', entries)] : [];
  }

  serviceGroup(element) {
    return group('service', 'System step', [
      { id: 'service-step', element, component: StepField, isEdited: isSelectEntryEdited },
      { id: 'service-result', element, component: ResultField, isEdited: isTextFieldEntryEdited },
      ...properties(element, fields.SERVICE_TASK),
    ]);
  }

  parameterGroup(element) {
    const modeler = { commandStack: this.injector.get('commandStack'), bpmnFactory: this.injector.get('bpmnFactory') };
    const change = (how) => writeParameters(element, how, modeler);
    return {
      id: 'service-parameters',
      label: 'Parameters',
      component: ListGroup,
      shouldSort: false,
      add: (event) => {
        event.stopPropagation();
        change((list, make) => [...list, make({ id: `parameter${list.length + 1}`, type: 'any', value: '' })]);
      },
      items: readParameters(element).map((parameter, index) => ({
        id: `parameter-${index}`,
        label: parameter.get('id') || 'parameter',
        entries: [
          parameterEntry(element, parameter, index, 'id', 'Name'),
          parameterEntry(element, parameter, index, 'value', 'Value (expression)'),
        ],
        remove: (event) => {
          event.stopPropagation();
          change((list) => list.filter((one) => one !== parameter));
        },
      })),
    };
  }
}
MilepostProvider.$inject = ['propertiesPanel', 'injector'];

const group = (id, label, entries) => ({ id: `milepost-${id}`, label, shouldOpen: true, entries });
const role = (element) => ({ id: 'milepost-role', element, component: RoleHint, isEdited: () => false });
const userTaskGroups = (element) =>
  Object.entries(fields.USER_TASK).map(([label, list], index) =>
    group(label.toLowerCase().replace(' ', '-'), label, [...(index === 0 ? [role(element)] : []), ...properties(element, list)]),
  );
const text = (element, type, label, description) => ({
  id: `milepost-${label.toLowerCase()}`, element, type, label, description, component: TextField, isEdited: isTextAreaEntryEdited,
});
const properties = (element, list) =>
  list.map((field) => ({
    id: `milepost-${field.name}`,
    element,
    field,
    component: PropertyField,
    isEdited: field.select ? isSelectEntryEdited : isTextFieldEntryEdited,
  }));
const parameterEntry = (element, parameter, index, attribute, label) => ({
  id: `parameter-${index}-${attribute}`, element, parameter, attribute, label, component: ParameterField, isEdited: isTextFieldEntryEdited,
});

export default { __init__: ['milepostProvider'], milepostProvider: ['type', MilepostProvider] };
