import type { CommandState } from '@muster/contract/commands';

/** What one part of Muster tells the others, on this and on every other node. */
export type BusMessage =
  | { kind: 'device.changed'; organizationId: string; number: number; deviceId: string }
  | { kind: 'device.deleted'; organizationId: string; number: number; deviceId: string }
  | { kind: 'organization.changed'; organizationId: string }
  /** Nothing of it may stay open. */
  | { kind: 'organization.disabled'; organizationId: string; slug: string }
  /** Somebody may more or less than before, or nothing any more: the person or key that `of` names, else anybody. */
  | { kind: 'access.changed'; organizationId: string; of?: string }
  /** What is known of a command has changed. */
  | {
      kind: 'command.changed';
      organizationId: string;
      number: number;
      deviceId: string;
      id: string;
      state: CommandState;
    }
  /** Many devices of an organization have a command each that waits for them. */
  | { kind: 'commands.queued'; organizationId: string }
  /** A mail is to be sent. */
  | { kind: 'mail.posted'; organizationId: string };
