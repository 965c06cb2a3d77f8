import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { Metric } from '../../../chart/metric.ts';
import { curlCommand, mosquittoCommand, sampleMessage, shellQuote } from './commands.ts';

const p1: Metric = {
  name: 'p1',
  title: 'P1',
  kind: 'number',
  unit: 'bar',
  range: [0, 10],
  limits: { low: 2, high: 8 },
  decimals: 2,
};
const credentials = { username: 'nordhaven/bench-5', token: 'md_secret', topic: 'devices/bench-5/telemetry' };

test('the command publishes what the device may send', () => {
  assert.equal(
    mosquittoCommand('mqtt://10.0.0.7:1883', credentials, sampleMessage([p1])),
    `mosquitto_pub -h 10.0.0.7 -p 1883 -u nordhaven/bench-5 -P md_secret -q 1 -t devices/bench-5/telemetry -m '{"values":{"p1":5}}'`,
  );
  assert.match(mosquittoCommand('mqtts://muster.example', credentials, '{}'), /-p 8883 --tls-use-os-certs/);
  assert.equal(
    curlCommand('http://10.0.0.7:8080/', 'md_secret', '/device/telemetry', '{"values":{"p1":5}}'),
    `curl -H 'Authorization: Bearer md_secret' -H 'Content-Type: application/json' -d '{"values":{"p1":5}}' http://10.0.0.7:8080/api/v1/device/telemetry`,
  );
});

test('a device of unknown metrics still gets a message to try', () => {
  assert.equal(sampleMessage([]), '{"values":{"temperature":21.5}}');
  assert.equal(
    sampleMessage([
      { ...p1, name: 'open', kind: 'boolean' },
      { ...p1, name: 'mode', kind: 'string' },
      { ...p1, name: 'rssi', range: [-120, 0], limits: null, decimals: 0 },
      p1,
    ]),
    '{"values":{"open":true,"mode":"text","rssi":-60}}',
  );
});

test('a shell hands over what was quoted', () => {
  for (const text of ['plain', 'two words', "it's", '$HOME `id` "x" \\ !', '*', '']) {
    assert.equal(execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' }), text);
  }
});
