// What every canvas has: the XML fetched, a sensible first view, zoom buttons and keys.

export const SCALE = { min: 0.85, max: 1.3 }; // badges stay legible when zoomed out
const MARGIN = 14; // pixels around the whole diagram
// below these zooms a step's name cannot be read; a wide screen is for the overview
const [LEAST_WIDE, LEAST_NARROW, LEAST_OVERVIEW, WIDE] = [0.55, 0.6, 0.34, 700];
const [LOWEST, HIGHEST] = [260, 0.8]; // pixels, and share of the window: how high a diagram stands in its page
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

/** Give the diagram the height that it needs where it is as wide as the page, between the lowest and the highest. */
export function suit(viewer, container, overview = false) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(Math.max((outer.width - 2 * MARGIN) / inner.width, least(outer, overview)), 1);
  const wanted = inner.height * scale + 2 * MARGIN;
  container.style.height = `${Math.max(LOWEST, Math.min(wanted, window.innerHeight * HIGHEST))}px`;
  canvas.resized();
}

/**
 * Show everything, with room on the left for a palette. Where that would be too small to read, stay readable, begin at
 * `first` (or at the start), and leave no empty space that the diagram could fill.
 */
export function fit(viewer, first, left = 0, overview = false) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const { inner, outer } = canvas.viewbox();
  const whole = Math.min((outer.width - left - 2 * MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1);
  const scale = Math.max(whole, least(outer, overview));
  const registry = viewer.get('elementRegistry');
  const shown = registry.get(first) ?? registry.find((element) => element.type === 'bpmn:StartEvent') ?? inner;
  const [width, height] = [outer.width / scale, outer.height / scale];
  const [side, edge] = [left / scale, MARGIN / scale];
  canvas.viewbox({
    x: place(shown.x + (shown.width ?? 0) / 2, inner.x - edge, inner.width + 2 * edge, width - side) - side,
    y: place(shown.y + (shown.height ?? 0) / 2, inner.y - edge, inner.height + 2 * edge, height),
    width,
    height,
  });
}

/** An overview is read by its badges, so that its steps may be smaller. */
function least(outer, overview) {
  if (outer.width <= WIDE) return LEAST_NARROW;
  return overview ? LEAST_OVERVIEW : LEAST_WIDE;
}

/** Where a window of this size begins so that it has `middle` in its middle, as far as the content reaches. */
function place(middle, start, length, size) {
  if (length <= size) return start - (size - length) / 2;
  return Math.min(Math.max(middle - size / 2, start), start + length - size);
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

/** A button that lets the diagram fill the window, and gives it back to the page; Escape does that, too. */
function fullButton(viewer, container) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'tool-full' });
  const turn = (full) => {
    container.classList.toggle('is-full', full);
    button.title = full ? 'Back to the page' : 'Fill the window';
    button.setAttribute('aria-label', button.title);
    viewer.get('canvas').resized();
    viewer.get('canvas').zoom('fit-viewport', 'auto');
  };
  button.title = 'Fill the window';
  button.setAttribute('aria-label', button.title);
  button.addEventListener('click', () => turn(!container.classList.contains('is-full')));
  container.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && container.classList.contains('is-full')) turn(false);
  });
  return button;
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
  if (container.matches('.diagram')) bar.append(fullButton(viewer, container));
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
