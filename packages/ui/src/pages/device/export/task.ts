export type ExportState = 'running' | 'done' | 'cancelled' | 'failed';

/** How far an export is. */
export interface ExportProgress {
  state: ExportState;
  fileName: string;
  bytes: number;
  /** Lines of values; the heading of a CSV file is none. */
  rows: number;
  error: unknown;
}

interface Job {
  fileName: string;
  heading: boolean;
  open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  save(parts: Blob[], fileName: string): void;
}

/** The one export that may run at a time, beyond the life of any page. Made by `createExporter`. */
export interface Exporter {
  /** Does nothing while one is running. */
  start(job: Job): Promise<void>;
  cancel(): void;
  /** Forgets an export that has ended. */
  dismiss(): void;
  progress(): ExportProgress | null;
  subscribe(listener: () => void): () => void;
}

/** Bytes that are put together before they become a blob, which the browser may keep on disk. */
const PART_BYTES = 8 * 1024 * 1024;
const TELL_EVERY_MS = 100;
const LINE_FEED = 10;

/** Starts with nothing to do. */
export const createExporter = (now: () => number = Date.now): Exporter => {
  let progress: ExportProgress | null = null;
  let running: AbortController | null = null;
  let told = 0;
  const listeners = new Set<() => void>();

  const tell = (next: ExportProgress | null) => {
    progress = next;
    told = now();
    for (const listener of listeners) listener();
  };

  const read = async (job: Job, signal: AbortSignal): Promise<Blob[]> => {
    const parts: Blob[] = [];
    let chunks: Uint8Array<ArrayBuffer>[] = [];
    let waiting = 0;
    let bytes = 0;
    let rows = job.heading ? -1 : 0;
    const reader = (await job.open(signal)).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const chunk = new Uint8Array(value);
      bytes += chunk.length;
      rows += lineFeeds(chunk);
      chunks.push(chunk);
      waiting += chunk.length;
      if (waiting >= PART_BYTES) {
        parts.push(new Blob(chunks));
        chunks = [];
        waiting = 0;
      }
      if (now() - told >= TELL_EVERY_MS) tell({ ...started(job), bytes, rows: Math.max(0, rows) });
    }
    signal.throwIfAborted();
    parts.push(new Blob(chunks));
    tell({ ...started(job), bytes, rows: Math.max(0, rows) });
    return parts;
  };

  return {
    start: async (job) => {
      if (running) return;
      const mine = new AbortController();
      running = mine;
      tell(started(job));
      try {
        job.save(await read(job, mine.signal), job.fileName);
        if (progress) tell({ ...progress, state: 'done' });
      } catch (error) {
        const state = mine.signal.aborted ? 'cancelled' : 'failed';
        if (progress) tell({ ...progress, state, error: mine.signal.aborted ? null : error });
      } finally {
        running = null;
      }
    },
    cancel: () => running?.abort(),
    dismiss: () => {
      if (!running) tell(null);
    },
    progress: () => progress,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const started = ({ fileName }: Job): ExportProgress => ({ state: 'running', fileName, bytes: 0, rows: 0, error: null });

const lineFeeds = (chunk: Uint8Array): number => {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) count++;
  return count;
};
