import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '@muster/testkit/server';

const wrong = { username: 'owner', password: 'not the password at all' };

/** How soon somebody is slowed down who says with each try that he comes from somewhere else. */
async function triesUntilThrottled(environment: Record<string, string>): Promise<number> {
  const server = await startTestServer({ environment });
  try {
    for (let tries = 1; tries <= 12; tries++) {
      const headers = { 'x-forwarded-for': `198.51.100.${tries}` };
      const { status } = await server.anybody.post('/auth/login', wrong, { headers });
      if (status === 429) return tries;
    }
    return Number.POSITIVE_INFINITY;
  } finally {
    await server.stop();
  }
}

test('nobody’s word about his address is taken but that of a trusted proxy', async () => {
  assert.equal(await triesUntilThrottled({}), 6);
  assert.equal(await triesUntilThrottled({ MUSTER_TRUSTED_PROXIES: '192.0.2.7, fd00::/8' }), 6);
  assert.equal(await triesUntilThrottled({ MUSTER_TRUSTED_PROXIES: '127.0.0.0/8' }), Number.POSITIVE_INFINITY);
});
