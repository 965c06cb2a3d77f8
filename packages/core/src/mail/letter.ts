import type { Language } from '@muster/contract/schema';

/** What is written about, with what only this letter says. A token stands in the link that the reader opens. */
export type Letter =
  | { kind: 'password-reset'; token: string }
  | { kind: 'password-changed' }
  | { kind: 'second-factor-removed' }
  | { kind: 'verify-email'; token: string }
  | { kind: 'email-changed'; email: string }
  | { kind: 'invitation'; token: string; inviter: string };

/** Who reads it. */
export interface Reader {
  /** Of the organization; absent: a stranger who is invited. */
  userId?: string;
  /** As he is called; empty: nobody knows. */
  name: string;
  address: string;
  language: Language;
}

/** A letter with everything that its text is made of. */
export interface Content {
  letter: Letter;
  /** As its reader is called. */
  name: string;
  /** Name of the organization. */
  organization: string;
  /** When what it is about happened, RFC 3339. */
  at: string;
}

/** The words of a letter, before they are put into a form. */
export interface Words {
  subject: string;
  greeting: string;
  paragraphs: string[];
  /** The link's own words; absent: there is none. */
  action?: string;
  closing: string;
}

/** Page of the link of a letter. The token stands behind `#`, where no server and no log sees it. */
export const pages: Partial<Record<Letter['kind'], string>> = {
  'password-reset': '/reset-password',
  'verify-email': '/verify-email',
  invitation: '/accept-invitation',
};
