import { createExporter } from './task.ts';

/** The browser's one export: it goes on when its page is left. */
export const exporter = createExporter();

const guard = (event: BeforeUnloadEvent) => event.preventDefault();

exporter.subscribe(() => {
  if (exporter.progress()?.state === 'running') addEventListener('beforeunload', guard);
  else removeEventListener('beforeunload', guard);
});
