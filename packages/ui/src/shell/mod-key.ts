/** How this machine's keyboard names the key of shortcuts. */
export const modKey: 'Ctrl' | '⌘' = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
