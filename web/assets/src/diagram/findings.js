// Findings of a check: painted on the diagram and listed beside it.

import { SCALE } from './stage.js';

const SEVERITIES = { error: { sign: '✕', word: 'Error' }, warning: { sign: '!', word: 'Warning' }, note: { sign: 'i', word: 'Note' } };
const severityOf = (finding) => (finding.severity in SEVERITIES ? finding.severity : 'warning');

/** Replace the painted findings by these. Nothing of it enters the diagram's XML. */
export function paintFindings(viewer, findings) {
  const [canvas, overlays, registry] = ['canvas', 'overlays', 'elementRegistry'].map((name) => viewer.get(name));
  overlays.remove({ type: 'finding' });
  registry.forEach((element) => {
    for (const severity of Object.keys(SEVERITIES)) canvas.removeMarker(element, `finds-${severity}`);
  });
  for (const [id, group] of Map.groupBy(findings, (finding) => finding.element)) {
    const element = registry.get(id);
    if (!element) continue;
    const worst = Object.keys(SEVERITIES).find((severity) => group.some((finding) => severityOf(finding) === severity));
    canvas.addMarker(element, `finds-${worst}`);
    overlays.add(element, 'finding', { position: { top: -10, right: 10 }, scale: SCALE, html: badge(worst, group) });
  }
}

/** Fill `list` with one button for each finding; `show(id)` brings its element into view. */
export function listFindings(list, findings, show) {
  list.replaceChildren(
    ...findings.map((finding) => {
      const severity = severityOf(finding);
      const item = document.createElement('li');
      item.className = `finding is-${severity}`;
      const word = document.createElement('strong');
      word.textContent = `${SEVERITIES[severity].word}: `;
      if (!finding.element) {
        item.append(word, finding.sentence, ...why(finding));
        return item;
      }
      const button = document.createElement('button');
      button.type = 'button';
      button.append(word, finding.sentence);
      button.addEventListener('click', () => show(finding.element));
      item.append(button, ...why(finding));
      return item;
    }),
  );
}

/** The link to the page that explains the rule, if there is one. */
function why(finding) {
  if (!finding.page) return [];
  const link = document.createElement('a');
  link.href = finding.page;
  link.target = '_blank'; // the diagram that is being edited stays open
  const rule = document.createElement('span');
  rule.className = 'visually-hidden';
  rule.textContent = `: ${finding.rule}, in a new tab`;
  link.append('Why', rule);
  return [' ', link];
}

function badge(severity, group) {
  const element = document.createElement('span');
  element.className = `diagram-badge is-${severity}`;
  element.textContent = SEVERITIES[severity].sign;
  element.title = group.map((finding) => finding.sentence).join('\n');
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', element.title);
  return element;
}
