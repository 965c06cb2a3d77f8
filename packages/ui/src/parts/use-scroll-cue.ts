import { useEffect, useState } from 'react';

/**
 * Says on an element that scrolls, for its style, whether there is more: `data-more-below`, `data-more-left`, `data-more-right`.
 * @returns what to give the element as its `ref`
 */
export const useScrollCue = (): ((element: HTMLElement | null) => void) => {
  const [element, setElement] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (!element) return;
    const look = () => {
      const below = element.scrollHeight - element.clientHeight - element.scrollTop;
      const right = element.scrollWidth - element.clientWidth - element.scrollLeft;
      element.dataset.moreBelow = String(below > 1);
      element.dataset.moreLeft = String(element.scrollLeft > 1);
      element.dataset.moreRight = String(right > 1);
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    for (const child of element.children) sizes.observe(child);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [element]);
  return setElement;
};
