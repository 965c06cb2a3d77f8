import type { LiveDeviceData, LiveFleetData } from '@muster/contract/live';

/** What a message of a topic carries. */
export type LiveDataOf<Topic extends string> = Topic extends 'fleet' ? LiveFleetData : LiveDeviceData;

/** Takes what a topic says: its data and the moment of sending by the server's clock, ms. */
export type Listener = (data: LiveDeviceData | LiveFleetData, ts: number) => void;

/** Who listens to what: a topic is asked for once, however many listen. */
export interface Topics {
  /** Starts to listen; ends by calling what it answers. */
  add(topic: string, listener: Listener): () => void;
  tell(topic: string, data: LiveDeviceData | LiveFleetData, ts: number): void;
  all(): string[];
}

interface TopicsOptions {
  onFirst(topic: string): void;
  onLast(topic: string): void;
}

export const createTopics = ({ onFirst, onLast }: TopicsOptions): Topics => {
  const listeners = new Map<string, Set<Listener>>();
  return {
    add(topic, listener) {
      // A wrapper of its own, so that the same function may listen twice.
      const own: Listener = (data, ts) => listener(data, ts);
      const known = listeners.get(topic);
      if (known) known.add(own);
      else {
        listeners.set(topic, new Set([own]));
        onFirst(topic);
      }
      return () => {
        const set = listeners.get(topic);
        if (!set?.delete(own) || set.size > 0) return;
        listeners.delete(topic);
        onLast(topic);
      };
    },
    tell(topic, data, ts) {
      for (const listener of listeners.get(topic) ?? []) listener(data, ts);
    },
    all: () => [...listeners.keys()],
  };
};
