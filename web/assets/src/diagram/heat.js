// Paints how long the steps of a process wait: a shade on the shape, and a badge that says the same in words.

import { SCALE } from './stage.js';

export function paintHeat(viewer, heat) {
  const registry = viewer.get('elementRegistry');
  for (const [id, { level, text, says }] of Object.entries(heat)) {
    const element = registry.get(id);
    if (!element?.di) continue; // the step is one of another version
    element.di.set('color:background-color', `var(--mp-heat-${level})`);
    viewer.get('graphicsFactory').update('shape', element, registry.getGraphics(element));
    viewer.get('overlays').add(id, 'heat', { position: { top: -30, left: -6 }, scale: SCALE, html: badge(text, says) });
  }
}

function badge(text, says) {
  const element = document.createElement('span');
  element.className = 'diagram-badge is-heat';
  element.textContent = text;
  element.title = says;
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', says);
  return element;
}
