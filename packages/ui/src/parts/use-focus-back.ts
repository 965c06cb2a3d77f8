import { useEffect, useState } from 'react';

/** What a menu was opened with, for its entries go with it. */
const lastingOf = (element: Element | null): Element | null => {
  const menu = element?.closest('[role="menu"]');
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : element;
};

/** Gives the focus back to what had it when the component came; where that is gone, the page has it. */
export const useFocusBack = (): void => {
  const [opener] = useState(() => lastingOf(document.activeElement));
  useEffect(
    () => () => {
      const { activeElement, body } = document;
      if (activeElement !== null && activeElement !== body) return;
      const target = opener?.isConnected ? opener : document.querySelector('main');
      if (target instanceof HTMLElement) target.focus({ preventScroll: true });
    },
    [opener],
  );
};
