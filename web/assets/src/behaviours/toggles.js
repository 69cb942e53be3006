// Shows an element only while the checkbox that names it is ticked.

export function linkToggles(root) {
  for (const box of root.querySelectorAll('input[type=checkbox][data-toggles]')) {
    const target = root.getElementById(box.dataset.toggles);
    if (!target) continue;
    const apply = () => {
      target.hidden = !box.checked;
    };
    box.addEventListener('change', apply);
    apply();
  }
}
