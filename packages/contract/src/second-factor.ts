import Type from 'typebox';
import { route } from './route.ts';
import { NewPassword, Strict, Timestamp } from './schema.ts';

/** Six digits of an authenticator, or a backup code. */
const Code = Type.String({ minLength: 1, maxLength: 20 });

/** Who has none, for he signs in at a provider, must have signed in a moment ago. */
const Password = Type.Optional(NewPassword);

const BackupCodes = Type.Object({
  /** Shown once: each is good for one sign-in without the authenticator. */
  backupCodes: Type.Array(Type.String()),
});

export const secondFactorRoutes = {
  state: route({
    method: 'GET',
    path: '/auth/mfa',
    summary: 'Have I a second factor?',
    tag: 'Identity',
    access: 'user',
    response: Type.Object({
      confirmedAt: Type.Union([Timestamp, Type.Null()]),
      backupCodesLeft: Type.Integer(),
    }),
  }),
  setup: route({
    method: 'POST',
    path: '/auth/mfa/setup',
    summary: 'A new seed for an authenticator; of no use before it is confirmed',
    tag: 'Identity',
    access: 'user',
    body: Strict({ password: Password }),
    response: Type.Object({
      /** `otpauth://totp/…`, what the QR code says. */
      uri: Type.String(),
      /** The seed in base32, to be typed where no camera is. */
      secret: Type.String(),
      /** The QR code as SVG. */
      qr: Type.String(),
    }),
  }),
  confirm: route({
    method: 'POST',
    path: '/auth/mfa/confirm',
    summary: 'Confirm the seed with a code of the authenticator: from now on a sign-in asks for one',
    tag: 'Identity',
    access: 'user',
    body: Strict({ code: Code }),
    response: BackupCodes,
  }),
  disable: route({
    method: 'POST',
    path: '/auth/mfa/disable',
    summary: 'Do without the second factor again',
    tag: 'Identity',
    access: 'user',
    body: Strict({ password: Password, code: Code }),
  }),
  renewBackupCodes: route({
    method: 'POST',
    path: '/auth/mfa/backup-codes',
    summary: 'New backup codes; the old ones are of no use any more',
    tag: 'Identity',
    access: 'user',
    body: Strict({ password: Password, code: Code }),
    response: BackupCodes,
  }),
} as const;
