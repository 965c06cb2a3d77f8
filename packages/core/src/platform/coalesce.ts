/**
 * Collects keys that are asked for within a few milliseconds and loads them in one go: ten thousand devices that connect
 * at once become a handful of queries. `load` answers in the order of the keys.
 */
export function coalesce<K, V>(
  load: (keys: K[]) => Promise<V[]>,
  { waitMs = 2, atMost = 2000 }: { waitMs?: number; atMost?: number } = {},
): (key: K) => Promise<V> {
  type Waiting = { key: K; resolve: (value: V) => void; reject: (error: unknown) => void };
  const waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting.splice(0, atMost);
    if (waiting.length > 0) setImmediate(flush);
    load(batch.map((item) => item.key)).then(
      (values) => {
        for (const [index, item] of batch.entries()) item.resolve(values[index] as V);
      },
      (error) => {
        for (const item of batch) item.reject(error);
      },
    );
  }

  return (key) =>
    new Promise<V>((resolve, reject) => {
      if (waiting.length === 0) setTimeout(flush, waitMs);
      waiting.push({ key, resolve, reject });
    });
}
