/** MQTT topics of a device, below its own prefix. The organization comes from the credential, never from the topic. */
export const deviceTopics = {
  telemetry: (deviceId: string) => `devices/${deviceId}/telemetry`,
  metric: (deviceId: string, metric: string) => `devices/${deviceId}/telemetry/${metric}`,
  events: (deviceId: string) => `devices/${deviceId}/events`,
  status: (deviceId: string) => `devices/${deviceId}/status`,
  command: (deviceId: string, commandId: string) => `devices/${deviceId}/commands/${commandId}`,
  commandResult: (deviceId: string, commandId: string) => `devices/${deviceId}/commands/${commandId}/result`,
  configurationDesired: (deviceId: string) => `devices/${deviceId}/configuration/desired`,
  configurationReported: (deviceId: string) => `devices/${deviceId}/configuration/reported`,
} as const;

/** What a topic filter of a device may name: its own commands and configuration, nothing else. */
export const mayDeviceSubscribe = (deviceId: string, filter: string): boolean => {
  const own = `devices/${deviceId}/`;
  if (!filter.startsWith(own)) return false;
  const [room] = filter.slice(own.length).split('/', 1);
  return room === 'commands' || room === 'configuration';
};

/** Bounds of the broker (safety.md REL-3). */
export const mqttLimits = {
  /** Bytes of a CONNECT packet. */
  connectBytes: 64 * 1024,
  /** Bytes of any other packet. */
  packetBytes: 256 * 1024,
  /** ms from the socket's opening to a complete CONNECT. */
  connectTimeoutMs: 10_000,
  topicLevels: 10,
  topicBytes: 1024,
  subscriptions: 50,
  inFlight: 100,
  /** Unsent bytes towards one client before it is cut off. */
  outboundBytes: 1024 * 1024,
  /** Messages in one telemetry array. */
  arrayMessages: 1000,
} as const;
