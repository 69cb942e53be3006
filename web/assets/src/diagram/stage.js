// What every canvas has: the XML fetched, a sensible first view, zoom buttons and keys.

export const SCALE = { min: 0.85, max: 1.3 }; // badges stay legible when zoomed out
const MARGIN = 14; // pixels around the whole diagram
const READABLE = 0.6; // below this zoom a step's name can hardly be read
const TOOLS = [
  ['+', 'Zoom in', (canvas) => canvas.zoom(Math.min(4, canvas.zoom() * 1.25))],
  ['−', 'Zoom out', (canvas) => canvas.zoom(Math.max(0.2, canvas.zoom() / 1.25))],
  ['⤢', 'Show the whole diagram', (canvas) => canvas.zoom('fit-viewport', 'auto')],
];
const KEYS = { '+': 0, '=': 0, '-': 1, 0: 2 };

export async function load(viewer, container) {
  const answer = await fetch(container.dataset.xml, { headers: { Accept: 'application/xml' } });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}.`);
  await viewer.importXML(await answer.text());
  const svg = container.querySelector('svg[data-element-id], .djs-container > svg');
  svg?.setAttribute('role', 'img');
  svg?.setAttribute('aria-label', container.getAttribute('aria-label') ?? 'Process diagram');
}

/** Show everything; where that would be too small to read, stay readable and begin at `first` (or at the start). */
export function fit(viewer, first, left = 0) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() < READABLE) {
    canvas.zoom(READABLE);
    const shown = viewer.get('elementRegistry').get(first) ?? viewer.get('elementRegistry').find((e) => e.type === 'bpmn:StartEvent');
    if (shown) center(canvas, shown);
  }
  const box = canvas.viewbox();
  const [side, edge] = [left / box.scale, MARGIN / box.scale];
  canvas.viewbox({
    x: box.x - side - edge,
    y: box.y - edge,
    width: box.width + side + 2 * edge,
    height: box.height + 2 * edge,
  });
}

/** Bring an element into view and mark it for a moment. */
export function reveal(viewer, id) {
  const element = viewer.get('elementRegistry').get(id);
  if (!element) return;
  const canvas = viewer.get('canvas');
  viewer.get('selection', false)?.select(element);
  canvas.scrollToElement(element, 60);
  canvas.addMarker(element, 'is-shown');
  setTimeout(() => canvas.removeMarker(element, 'is-shown'), 2500);
}

export function addTools(viewer, container) {
  const canvas = viewer.get('canvas');
  const bar = document.createElement('div');
  bar.className = 'diagram-tools';
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-label', 'Zoom');
  for (const [sign, label, act] of TOOLS) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', textContent: sign, title: label });
    button.setAttribute('aria-label', label);
    button.addEventListener('click', () => act(canvas));
    bar.append(button);
  }
  container.append(bar);
  container.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, [contenteditable]')) return;
    const tool = TOOLS[KEYS[event.key]];
    if (!tool) return;
    tool[2](canvas);
    event.preventDefault();
  });
  // the wheel scrolls the page until the diagram has the focus
  const wheel = viewer.get('zoomScroll', false);
  container.addEventListener('focusin', () => wheel?.toggle(true));
  container.addEventListener('focusout', () => wheel?.toggle(false));
}

function center(canvas, element) {
  const box = canvas.viewbox();
  const x = element.x + (element.width ?? 0) / 2;
  const y = element.y + (element.height ?? 0) / 2;
  canvas.viewbox({ x: x - box.width / 2, y: y - box.height / 2, width: box.width, height: box.height });
}
