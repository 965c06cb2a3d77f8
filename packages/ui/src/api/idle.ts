let touchedAt = performance.now();

const touch = () => {
  touchedAt = performance.now();
};

for (const event of ['pointerdown', 'pointermove', 'keydown', 'wheel']) {
  globalThis.addEventListener?.(event, touch, { capture: true, passive: true });
}

/**
 * Seconds since the person touched this page. Pages ask the server by themselves, too: told this, it does not take that for a
 * person, and ends a session that nobody uses.
 */
export const idleSeconds = (): number => Math.floor((performance.now() - touchedAt) / 1000);
