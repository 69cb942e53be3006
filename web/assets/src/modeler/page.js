// Joins the modeler to the controls of its page: undo, check, download, deploy, and the warning before leaving.
import { listFindings, paintFindings } from '../diagram/findings.js';
import { reveal } from '../diagram/stage.js';

const byId = (id) => document.getElementById(id);
const xmlOf = async (modeler) => (await modeler.saveXML({ format: true })).xml;

export function joinPage(modeler) {
  const say = (text) => {
    const status = byId('modeler-status');
    if (status) status.textContent = text;
  };
  const saved = { at: modeler.get('commandStack')._stackIdx };
  joinUndo(modeler);
  byId('check')?.addEventListener('click', () => check(modeler, say));
  byId('download')?.addEventListener('click', () => download(modeler, saved));
  joinDeploy(modeler, saved, say);
  window.addEventListener('beforeunload', (event) => {
    if (modeler.get('commandStack')._stackIdx !== saved.at) event.preventDefault();
  });
}

function joinUndo(modeler) {
  const stack = modeler.get('commandStack');
  const buttons = { undo: byId('undo'), redo: byId('redo') };
  const refresh = () => {
    if (buttons.undo) buttons.undo.disabled = !stack.canUndo();
    if (buttons.redo) buttons.redo.disabled = !stack.canRedo();
  };
  for (const [name, button] of Object.entries(buttons)) button?.addEventListener('click', () => stack[name]());
  modeler.on('commandStack.changed', refresh);
  refresh();
}

async function check(modeler, say) {
  say('Checking ...');
  try {
    const answer = await fetch(byId('check').dataset.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/xml',
        Accept: 'application/json',
        'X-CSRFToken': document.querySelector('meta[name="csrf-token"]')?.content ?? '',
      },
      body: await xmlOf(modeler),
    });
    if (!answer.ok && answer.status !== 422) throw new Error(`the server answered ${answer.status}`);
    const findings = (await answer.json()).findings ?? [];
    paintFindings(modeler, findings);
    const list = byId('findings');
    if (list) listFindings(list, findings, (id) => reveal(modeler, id));
    say(findings.length === 0 ? 'No findings.' : findings.length === 1 ? '1 finding.' : `${findings.length} findings.`);
  } catch (error) {
    say(`The check did not run: ${error.message}. Your diagram is unchanged.`);
  }
}

async function download(modeler, saved) {
  const url = URL.createObjectURL(new Blob([await xmlOf(modeler)], { type: 'application/xml' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: byId('download').dataset.filename || 'process.bpmn' });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  saved.at = modeler.get('commandStack')._stackIdx;
}

function joinDeploy(modeler, saved, say) {
  const form = byId('deploy-form');
  const button = byId('deploy');
  if (!form) return;
  let filled = false;
  form.addEventListener('submit', async (event) => {
    if (filled) return;
    event.preventDefault();
    try {
      form.elements.namedItem('xml').value = await xmlOf(modeler);
    } catch (error) {
      say(`The diagram could not be written: ${error.message}.`);
      return;
    }
    filled = true;
    saved.at = modeler.get('commandStack')._stackIdx;
    form.requestSubmit(event.submitter?.form === form ? event.submitter : undefined);
  });
  if (button && !(button.form === form && button.type === 'submit')) button.addEventListener('click', () => form.requestSubmit());
}
