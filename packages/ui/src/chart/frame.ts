type Paint = () => void;

const paints = new Set<Paint>();
let scheduled = 0;

const run = () => {
  scheduled = requestAnimationFrame(run);
  for (const paint of paints) paint();
};

/**
 * Calls `paint` once per animation frame, all of them in the same frame; not while the tab is hidden.
 * @returns ends it
 */
export const onFrame = (paint: Paint): (() => void) => {
  paints.add(paint);
  if (paints.size === 1) scheduled = requestAnimationFrame(run);
  return () => {
    paints.delete(paint);
    if (paints.size === 0) cancelAnimationFrame(scheduled);
  };
};
