import type { Message } from './message.ts';

export interface OutboxEntry<M extends Message> {
  readonly id: number;
  readonly message: M;
}

/**
 * Messages that Muster has not acknowledged yet, in order. Bounded in bytes: when full, the oldest message that is not
 * on the wire goes, and is counted. What goes in may become a message only when its turn comes.
 */
export interface Outbox<M extends Message, Content = M> {
  /** Messages held. */
  readonly size: number;
  /** Bytes of topics and payloads held. */
  readonly bytes: number;
  /** Messages given up because there was no room. */
  readonly dropped: number;
  /** False: it could not be taken, and is counted. */
  add(content: Content): boolean;
  /** The next one to put on the wire; undefined: all that is held is on the wire. */
  next(): OutboxEntry<M> | undefined;
  /** Acknowledged: forget it. False when it was not held any more. */
  remove(id: number): boolean;
  /** The connection is gone: what was on the wire goes again, in order. */
  rewind(): void;
}

/** 4 MiB: about seven hours of one message of three metrics a second. */
const DEFAULT_BYTES = 4 * 1024 * 1024;

/**
 * An outbox in memory: it does not outlive the process.
 *
 * @param maximumBytes of topics and payloads; a message longer than that is dropped itself
 */
export function memoryOutbox<M extends Message>(maximumBytes = DEFAULT_BYTES): Outbox<M> {
  // Ids are consecutive and a Map keeps their order: everything below `cursor` is on the wire.
  const held = new Map<number, M>();
  let last = 0;
  let cursor = 1;
  let bytes = 0;
  let dropped = 0;

  const remove = (id: number): boolean => {
    const message = held.get(id);
    if (message === undefined) return false;
    held.delete(id);
    bytes -= bytesOf(message);
    return true;
  };
  const skipHoles = () => {
    while (cursor <= last && !held.has(cursor)) cursor++;
  };
  const dropOldest = () => {
    skipHoles();
    const id = cursor <= last ? cursor : held.keys().next().value;
    if (id !== undefined) remove(id);
    dropped++;
  };

  return {
    get size() {
      return held.size;
    },
    get bytes() {
      return bytes;
    },
    get dropped() {
      return dropped;
    },
    add(message) {
      const size = bytesOf(message);
      if (size > maximumBytes) {
        dropped++;
        return false;
      }
      while (bytes + size > maximumBytes) dropOldest();
      held.set(++last, message);
      bytes += size;
      return true;
    },
    next() {
      skipHoles();
      const message = held.get(cursor);
      return message === undefined ? undefined : { id: cursor++, message };
    },
    remove,
    rewind() {
      cursor = held.keys().next().value ?? last + 1;
    },
  };
}

const bytesOf = (message: Message): number => message.topic.length + Buffer.byteLength(message.payload);
