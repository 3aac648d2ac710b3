import { useEffect, useState } from 'preact/hooks';
import { Choice } from './choice.js';
import type { Theme } from './theme.js';
import { applyTheme, storedTheme } from './theme.js';

const OPTIONS: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'auto' },
  { value: 'light', label: 'light' },
  { value: 'dark', label: 'dark' },
];

export function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => applyTheme(theme), [theme]);
  return <Choice legend="Theme" name="theme" options={OPTIONS} value={theme} onChange={setTheme} />;
}
