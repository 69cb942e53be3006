// One panel entry for each kind of value. Called as functions: the build needs no JSX step.
import { SelectEntry, TextAreaEntry, TextFieldEntry } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import * as extensions from './extensions.js';
import { options, roleOf } from './fields.js';

const useModeler = () => ({ commandStack: useService('commandStack'), bpmnFactory: useService('bpmnFactory') });
const guarded = (write) => (value, error) => {
  if (!error) write(value?.trim() ?? '');
};

export function PropertyField({ element, id, field }) {
  const modeler = useModeler();
  const debounce = useService('debounceInput');
  const catalogue = useService('config.processCatalogue', false) ?? {};
  const registry = useService('elementRegistry');
  const current = extensions.readProperty(element, field.name);
  const common = {
    element,
    id,
    debounce,
    label: field.label,
    description: field.description,
    validate: field.validate,
    getValue: () => extensions.readProperty(element, field.name),
    setValue: guarded((value) => extensions.writeProperty(element, field.name, value, modeler)),
  };
  return field.select
    ? SelectEntry({ ...common, getOptions: () => options(field, element, current, catalogue, registry) })
    : TextFieldEntry(common);
}

export function StepField({ element, id }) {
  const modeler = useModeler();
  const catalogue = useService('config.processCatalogue', false) ?? {};
  const current = extensions.readOperator(element, 'id');
  return SelectEntry({
    element,
    id,
    label: 'Step',
    description: 'What the system does here.',
    getOptions: () => options({ select: 'steps' }, element, current, catalogue),
    getValue: () => extensions.readOperator(element, 'id'),
    setValue: (value) => extensions.writeOperator(element, 'id', value, modeler),
  });
}

export function ResultField({ element, id }) {
  const modeler = useModeler();
  return TextFieldEntry({
    element,
    id,
    debounce: useService('debounceInput'),
    label: 'Result variable',
    validate: (text) => (text && !/^[A-Za-z]\w*$/.test(text) ? 'Write one name of letters, digits and _.' : undefined),
    getValue: () => extensions.readOperator(element, 'resultVariable'),
    setValue: guarded((value) => extensions.writeOperator(element, 'resultVariable', value, modeler)),
  });
}

export function ParameterField({ element, id, parameter, attribute, label }) {
  const modeler = useModeler();
  return TextFieldEntry({
    element: parameter,
    id,
    debounce: useService('debounceInput'),
    label,
    getValue: (one) => one.get(attribute) ?? '',
    setValue: (value) => extensions.writeParameter(element, parameter, { [attribute]: value?.trim() || undefined }, modeler),
  });
}

export function TextField({ element, id, type, label, description }) {
  const modeler = useModeler();
  return TextAreaEntry({
    element,
    id,
    debounce: useService('debounceInput'),
    label,
    description,
    monospace: true,
    getValue: () => extensions.readText(element, type),
    setValue: guarded((value) => extensions.writeText(element, type, value, modeler)),
  });
}

export function RoleHint({ element, id }) {
  return TextFieldEntry({
    element,
    id,
    label: 'Role (from the lane)',
    disabled: true,
    debounce: useService('debounceInput'),
    getValue: () => roleOf(element),
    setValue: () => {},
  });
}
