// Follows the system's light or dark setting until the server says that the person has chosen one.

export function followSystemTheme(root) {
  if (root.dataset.bsTheme || /(?:^|; )theme=(light|dark)/.test(document.cookie)) return;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
  };
  apply();
  dark.addEventListener('change', apply);
}
