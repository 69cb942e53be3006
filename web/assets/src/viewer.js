/*
 * Entry `viewer`: draws read-only diagrams and paints on them what happened.
 *
 * What templates write for it:
 *   <div class="diagram" data-xml="/url/of.bpmn" aria-label="..."></div>     (or id="canvas"; any number of them; the XML is fetched from the URL)
 *   <script type="application/json" class="diagram-overlay">{...}</script>   directly after it, or inside the same parent; optional:
 *     done, active, incidents, signed  lists of element ids
 *     flows                            ids of travelled sequence flows
 *     counts                           {element id: how often it was reached}
 *     heat                             {element id: {level: 0 to 4, text: on the badge, says: the same as a sentence}}
 *     findings                         [{element, severity: error|warning|note, sentence}]
 *     select                           id of the element to show first
 *   <ul class="diagram-findings">      in the same parent, optional: filled with a button for each finding, which shows its element
 *   <a href="..." data-diagram-element="id">  anywhere in the same parent: hovering or focusing it marks the element
 *
 * When all are drawn: <html data-ready="viewer">. A diagram that cannot be fetched or read says so in its place.
 * The lower right corner belongs to the bpmn.io mark: nothing may cover it.
 */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import './diagram/diagram.css';
import { colours } from './diagram/colours.js';
import { listFindings, paintFindings } from './diagram/findings.js';
import { paintHeat } from './diagram/heat.js';
import { paintHistory } from './diagram/history.js';
import { addTools, fit, load, reveal, suit } from './diagram/stage.js';

async function draw(container) {
  const viewer = new NavigatedViewer({ container, bpmnRenderer: colours, zoomScroll: { enabled: false } });
  await load(viewer, container);
  const overlay = overlayOf(container);
  paintHistory(viewer, overlay);
  paintHeat(viewer, overlay.heat ?? {});
  paintFindings(viewer, overlay.findings ?? []);
  const overview = Boolean(overlay.heat);
  suit(viewer, container, overview);
  fit(viewer, overlay.select ?? overlay.active?.[0] ?? hottest(overlay.heat), 0, overview);
  addTools(viewer, container);
  linkPage(viewer, container.parentElement, overlay);
}

/** The step with the largest part of the waiting; its share begins the table below. */
function hottest(heat) {
  return Object.entries(heat ?? {}).sort(([, one], [, other]) => other.level - one.level)[0]?.[0];
}

function overlayOf(container) {
  const next = container.nextElementSibling;
  const script = next?.matches('.diagram-overlay') ? next : container.parentElement.querySelector('.diagram-overlay');
  return script ? JSON.parse(script.textContent) : {};
}

function linkPage(viewer, parent, overlay) {
  const list = parent.querySelector('.diagram-findings');
  if (list) listFindings(list, overlay.findings ?? [], (id) => reveal(viewer, id));
  for (const link of parent.querySelectorAll('[data-diagram-element]')) {
    const mark = (on) => () => toggle(viewer, link.dataset.diagramElement, on);
    for (const name of ['mouseenter', 'focus']) link.addEventListener(name, mark(true));
    for (const name of ['mouseleave', 'blur']) link.addEventListener(name, mark(false));
  }
  if (overlay.select) toggle(viewer, overlay.select, true);
}

function toggle(viewer, id, on) {
  if (!viewer.get('elementRegistry').get(id)) return;
  viewer.get('canvas')[on ? 'addMarker' : 'removeMarker'](id, 'is-shown');
}

await Promise.all(
  [...document.querySelectorAll('.diagram[data-xml], #canvas[data-xml]')].map((container) =>
    draw(container).catch((error) => {
      container.classList.add('is-failed');
      container.replaceChildren(`The diagram could not be drawn: ${error.message}`);
    }),
  ),
);
document.documentElement.dataset.ready = 'viewer';
