import { createExporter } from './task.ts';

/** The browser's one export: it goes on when its page is left. */
export const exporter = createExporter();

const guard = (event: BeforeUnloadEvent) => event.preventDefault();

exporter.subscribe(() => {
  if (exporter.progress()?.state === 'running') addEventListener('beforeunload', guard);
  else removeEventListener('beforeunload', guard);
});

/** Hands a file to the browser. */
export const saveFile = (parts: Blob[], fileName: string): void => {
  const url = URL.createObjectURL(new Blob(parts));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
