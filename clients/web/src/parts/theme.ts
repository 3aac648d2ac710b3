/** `system`: as the visitor's system has it. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'foresync-demo-theme';

/** What the visitor chose last. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Shows the page in this theme, now and when it is opened again. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
