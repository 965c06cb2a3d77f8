import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What a provider remembers, in memory: it outlives a change of the provider's keys. Nothing in it ends before the test does. */
export function createProviderStore(): (kind: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  const found = (match: (payload: AdapterPayload) => boolean) => [...kept].find(([, payload]) => match(payload));
  return (kind) => {
    const keyOf = (id: string) => `${kind}:${id}`;
    return {
      upsert: async (id, payload) => void kept.set(keyOf(id), payload),
      find: async (id) => kept.get(keyOf(id)),
      findByUid: async (uid) => found((payload) => payload.uid === uid)?.[1],
      findByUserCode: async (code) => found((payload) => payload.userCode === code)?.[1],
      consume: async (id) => {
        const payload = kept.get(keyOf(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => void kept.delete(keyOf(id)),
      async revokeByGrantId(grantId) {
        for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
      },
    };
  };
}
