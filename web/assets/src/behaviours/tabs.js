// Brings the tab of the page that is shown into view where the tabs do not fit side by side.

export function showCurrentTab(root) {
  for (const tab of root.querySelectorAll('.subnav [aria-current]')) {
    const bar = tab.closest('.subnav');
    const [seen, all] = [tab.getBoundingClientRect(), bar.getBoundingClientRect()];
    bar.scrollLeft += seen.left - all.left - (all.width - seen.width) / 2;
  }
}
