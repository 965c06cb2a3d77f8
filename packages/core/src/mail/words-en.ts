import type { Content, Words } from './letter.ts';

/** Letters in English. */
export function wordsInEnglish({ letter, name, organization, at }: Content): Words {
  const greeting = name === '' ? 'Hello,' : `Hello ${name},`;
  const closing = `Muster, for ${organization}`;
  const notYou = 'If it was not you, tell the administrator of your organization at once.';
  switch (letter.kind) {
    case 'password-reset':
      return {
        subject: 'Choose a new password',
        greeting,
        paragraphs: [
          `Somebody, most likely you, asked for a new password of your account at ${organization}.`,
          'The link works once, for 30 minutes. Every session ends when the new password is set.',
          'If it was not you, do nothing: your password stays as it is.',
        ],
        action: 'Choose a new password',
        closing,
      };
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        greeting,
        paragraphs: [`The password of your account at ${organization} was changed (${at}).`, notYou],
        closing,
      };
    case 'second-factor-removed':
      return {
        subject: 'Your second factor was turned off',
        greeting,
        paragraphs: [
          `The second factor of your account at ${organization} was turned off (${at}). From now on the password alone signs you in.`,
          notYou,
        ],
        closing,
      };
    case 'verify-email':
      return {
        subject: 'Verify your e-mail address',
        greeting,
        paragraphs: [
          `This address was entered for your account at ${organization}. Open the link to say that it is yours.`,
          'The link works once, for a day.',
        ],
        action: 'This address is mine',
        closing,
      };
    case 'email-changed':
      return {
        subject: 'Your e-mail address was changed',
        greeting,
        paragraphs: [
          `The e-mail address of your account at ${organization} was changed to ${letter.email} (${at}). Nothing is sent to this one any more.`,
          notYou,
        ],
        closing,
      };
    case 'invitation':
      return {
        subject: `Invitation to ${organization}`,
        greeting,
        paragraphs: [
          `${letter.inviter} invites you to ${organization} on Muster, where fleets of devices are looked after.`,
          'Open the link and choose a user name and a password. It works once, for 7 days.',
          'If you do not know what this is about, do nothing.',
        ],
        action: 'Accept the invitation',
        closing,
      };
  }
}
