// Turns absolute times into "in 2 days" and keeps them right while the page is open.

const STEPS = [
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
  ['week', 7 * 86400],
  ['month', 30.44 * 86400],
  ['year', 365.25 * 86400],
];

export function relative(seconds, format) {
  const size = Math.abs(seconds);
  if (size < 45) return format.format(0, 'second');
  // a unit is used once it is reached after rounding: 7 days are "1 week", 6 days stay days
  const [unit, length] = STEPS.findLast(([, seconds_]) => Math.round(size / seconds_) >= 1) ?? STEPS[0];
  return format.format(Math.round(seconds / length), unit);
}

export function showRelativeTimes(root) {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang || 'en-GB', { numeric: 'auto' });
  const refresh = () => {
    for (const element of root.querySelectorAll('time[datetime][data-relative]')) {
      const at = Date.parse(element.dateTime);
      if (Number.isNaN(at)) continue;
      if (!element.title) element.title = element.textContent.trim();
      element.textContent = relative((at - Date.now()) / 1000, format);
    }
  };
  refresh();
  setInterval(refresh, 60_000);
  document.addEventListener('htmx:afterSwap', refresh);
}
