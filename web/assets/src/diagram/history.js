// Paints what happened to an instance: colour on the shapes, and a badge that says the same with sign and words.

import { SCALE } from './stage.js';

const STATES = [
  // later ones win the colour of the shape: an incident is seen before anything else
  { key: 'done', colour: 'done', sign: '✓', words: (n) => (n > 1 ? `done ${n} times` : 'done'), at: { bottom: 10, left: -10 } },
  { key: 'active', colour: 'running', sign: '●', words: (n) => (n > 1 ? `${n} open` : 'open now'), at: { bottom: 10, left: -10 } },
  { key: 'signed', colour: 'signed', sign: '✒', words: () => 'signed', at: { top: -10, left: -10 } },
  { key: 'incidents', colour: 'incident', sign: '!', words: () => 'has an incident', at: { bottom: 10, right: 10 } },
];
const PAINTS_SHAPE = new Set(['done', 'running', 'incident']);

export function paintHistory(viewer, overlay) {
  const registry = viewer.get('elementRegistry');
  for (const id of overlay.flows ?? []) paint(viewer, registry.get(id), 'done');
  const active = new Set(overlay.active ?? []);
  for (const state of STATES) {
    for (const id of new Set(overlay[state.key] ?? [])) {
      const element = registry.get(id);
      if (!element || element.waypoints) continue;
      if (PAINTS_SHAPE.has(state.colour)) paint(viewer, element, state.colour);
      if (state.key === 'done' && active.has(id)) continue; // one badge per corner
      const count = Number(overlay.counts?.[id] ?? 1);
      viewer.get('overlays').add(id, 'history', { position: state.at, scale: SCALE, html: badge(state, count) });
    }
  }
}

function badge({ colour, sign, words }, count) {
  const element = document.createElement('span');
  element.className = `diagram-badge is-${colour}`;
  element.textContent = count > 1 && (colour === 'done' || colour === 'running') ? `${sign} ${count}` : sign;
  element.title = words(count);
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', words(count));
  return element;
}

/** Recolour through the diagram's own colour attributes, which reach the arrowheads too. The viewer never saves. */
function paint(viewer, element, colour) {
  if (!element?.di) return;
  element.di.set('color:border-color', `var(--mp-${colour})`);
  if (!element.waypoints) element.di.set('color:background-color', `var(--mp-${colour}-lt)`);
  const graphics = viewer.get('elementRegistry').getGraphics(element);
  viewer.get('graphicsFactory').update(element.waypoints ? 'connection' : 'shape', element, graphics);
}
