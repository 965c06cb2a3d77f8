import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes } from '@muster/contract/routes';
import { addressOf } from './address.ts';

test('parameters are filled in and escaped', () => {
  const address = addressOf(routes.devices.rotateToken, { deviceId: 'a/b c' });
  assert.equal(address, '/api/v1/devices/a%2Fb%20c/token');
});

test('what is undefined in a query is left out, what is empty is not', () => {
  assert.equal(
    addressOf(routes.devices.list, {}, { search: 'ö & x', status: undefined, limit: 5 }),
    '/api/v1/devices?search=%C3%B6+%26+x&limit=5',
  );
  assert.equal(addressOf(routes.devices.list), '/api/v1/devices');
});
