// htmx without inline styles and without eval, so that the strict content security policy holds.
import htmx from 'htmx.org';

export function startHtmx() {
  Object.assign(htmx.config, {
    includeIndicatorStyles: false,
    allowEval: false,
    selfRequestsOnly: true,
    responseHandling: [
      { code: '204', swap: false },
      { code: '[23]..', swap: true },
      { code: '422', swap: true }, // a refused form comes back with its errors
      { code: '[45]..', swap: false, error: true },
    ],
  });
  document.addEventListener('htmx:configRequest', (event) => {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    if (token && event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = token;
  });
  keepWhatIsTyped();
}

/** An answer that was overtaken by what somebody typed meanwhile is not shown; the server is asked again instead. */
function keepWhatIsTyped() {
  const sent = new WeakMap();
  document.addEventListener('htmx:beforeRequest', ({ detail }) => {
    const form = detail.elt.closest('form');
    if (form) sent.set(detail.xhr, valuesOf(form));
  });
  document.addEventListener('htmx:beforeSwap', ({ detail }) => {
    const asked = detail.requestConfig.elt;
    const form = asked.closest('form');
    if (!form || !sent.has(detail.xhr) || sent.get(detail.xhr) === valuesOf(form)) return;
    detail.shouldSwap = false;
    htmx.trigger(asked, 'change');
  });
}

function valuesOf(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
}
