export { createDelayMeter, type DelayMeter } from './delay.ts';
export { bindLive } from './http.ts';
export { createHub, type Hub } from './hub.ts';
export { createTickets } from './tickets.ts';
