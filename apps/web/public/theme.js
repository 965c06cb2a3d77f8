// Runs before the first paint, so that nobody sees the wrong colours flash. The keys are those of packages/ui (theme/mantine.ts, i18n/start.ts).
(() => {
  const root = document.documentElement;
  let scheme = 'auto';
  let language;
  try {
    scheme = localStorage.getItem('muster-color-scheme') ?? 'auto';
    language = localStorage.getItem('muster-language');
  } catch {
    // Storage is switched off: follow the system.
  }
  const dark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  if (language) root.lang = language;
})();
