import { useRef, useState } from 'preact/hooks';

const STEPS: Readonly<Record<string, (place: number, count: number) => number>> = {
  ArrowDown: (place, count) => Math.min(place + 1, count - 1),
  ArrowUp: (place) => Math.max(place - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/**
 * Arrow keys, Home and End go from button to button of a list, one button an item; the Tab key stops at it once, at the
 * button that had the focus last.
 */
export function useRove(items: readonly string[]) {
  const list = useRef<HTMLUListElement>(null);
  const [last, setLast] = useState('');
  const stop = items.includes(last) ? last : items[0];
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const place = buttons.findIndex((button) => button === document.activeElement);
    if (step === undefined || place < 0) return;
    event.preventDefault();
    buttons[step(place, buttons.length)]?.focus();
  };
  const button = (item: string) => ({
    tabIndex: item === stop ? 0 : -1,
    onFocus: () => setLast(item),
  });
  return { list: { ref: list, onKeyDown }, button };
}
