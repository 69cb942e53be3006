// Warns before a page is left while a form with data-guard holds changes that were not sent.

export function guardUnsent(root, view) {
  const changed = new Set();
  const note = (event) => {
    const form = event.target.form ?? event.target.closest?.('form');
    if (form?.hasAttribute('data-guard')) changed.add(form);
  };
  root.addEventListener('input', note);
  root.addEventListener('change', note);
  root.addEventListener('submit', (event) => {
    if (!event.defaultPrevented) changed.delete(event.target);
  });
  view.addEventListener('beforeunload', (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}
