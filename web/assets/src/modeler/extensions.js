// Reads and writes an element's SpiffWorkflow extensions. Every write is one command, so one undo takes it back.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

export const extension = (element, type) =>
  getBusinessObject(element)
    .get('extensionElements')
    ?.get('values')
    .find((one) => is(one, type));

const listed = (holder) => holder?.get('values') ?? [];

export const readProperty = (element, name) =>
  listed(extension(element, 'spiffworkflow:Properties')).find((one) => one.get('name') === name)?.get('value') ?? '';

export const readOperator = (element, attribute) => extension(element, 'spiffworkflow:ServiceTaskOperator')?.get(attribute) ?? '';

export const readParameters = (element) =>
  extension(element, 'spiffworkflow:ServiceTaskOperator')?.get('parameterList')?.get('parameters') ?? [];

export const readText = (element, type) => extension(element, type)?.get('value') ?? '';

/** Collects the changes of one edit, and makes what is missing on the way down. */
class Edit {
  constructor(element, modeler) {
    this.element = element;
    this.modeler = modeler;
    this.commands = [];
  }

  make(type, parent, attributes) {
    const made = this.modeler.bpmnFactory.create(type, attributes);
    made.$parent = parent;
    return made;
  }

  set(moddleElement, properties) {
    this.commands.push({
      cmd: 'element.updateModdleProperties',
      context: { element: this.element, moddleElement, properties },
    });
  }

  /** The extension of this type; a new one joins those that are there already. */
  extension(type, attributes) {
    const found = extension(this.element, type);
    if (found) return found;
    const object = getBusinessObject(this.element);
    let holder = object.get('extensionElements');
    if (!holder) {
      holder = this.make('bpmn:ExtensionElements', object, { values: [] });
      this.set(object, { extensionElements: holder });
    }
    const made = this.make(type, holder, attributes);
    this.set(holder, { values: [...holder.get('values'), made] });
    return made;
  }

  remove(type) {
    const holder = getBusinessObject(this.element).get('extensionElements');
    if (holder) this.set(holder, { values: holder.get('values').filter((one) => !is(one, type)) });
  }

  done() {
    if (this.commands.length) {
      this.modeler.commandStack.execute('properties-panel.multi-command-executor', this.commands);
    }
  }
}

export function writeProperty(element, name, value, modeler) {
  const edit = new Edit(element, modeler);
  const others = listed(extension(element, 'spiffworkflow:Properties')).filter((one) => one.get('name') !== name);
  if (!value && others.length === 0) {
    edit.remove('spiffworkflow:Properties');
  } else {
    const holder = edit.extension('spiffworkflow:Properties', { values: [] });
    const mine = value ? [edit.make('spiffworkflow:Property', holder, { name, value })] : [];
    edit.set(holder, { values: [...others, ...mine] });
  }
  edit.done();
}

export function writeOperator(element, attribute, value, modeler) {
  const edit = new Edit(element, modeler);
  edit.set(edit.extension('spiffworkflow:ServiceTaskOperator', {}), { [attribute]: value || undefined });
  edit.done();
}

/** `change` takes the list of parameters and a function that makes one, and gives the new list. */
export function writeParameters(element, change, modeler) {
  const edit = new Edit(element, modeler);
  const operator = edit.extension('spiffworkflow:ServiceTaskOperator', {});
  let holder = operator.get('parameterList');
  if (!holder) {
    holder = edit.make('spiffworkflow:Parameters', operator, { parameters: [] });
    edit.set(operator, { parameterList: holder });
  }
  const make = (attributes) => edit.make('spiffworkflow:Parameter', holder, attributes);
  edit.set(holder, { parameters: change(holder.get('parameters') ?? [], make) });
  edit.done();
}

export function writeParameter(element, parameter, attributes, modeler) {
  const edit = new Edit(element, modeler);
  edit.set(parameter, attributes);
  edit.done();
}

export function writeText(element, type, value, modeler) {
  const edit = new Edit(element, modeler);
  if (value) edit.set(edit.extension(type, {}), { value });
  else edit.remove(type);
  edit.done();
}
