import type { Content, Words } from './letter.ts';

/** Letters in Polish. */
export function wordsInPolish({ letter, name, organization, at }: Content): Words {
  const greeting = name === '' ? 'Dzień dobry,' : `Dzień dobry, ${name},`;
  const closing = `Muster, w imieniu: ${organization}`;
  const notYou = 'Jeśli to nie Ty, powiadom od razu administratora swojej organizacji.';
  switch (letter.kind) {
    case 'password-reset':
      return {
        subject: 'Ustaw nowe hasło',
        greeting,
        paragraphs: [
          `ktoś, zapewne Ty, poprosił o nowe hasło do Twojego konta w organizacji ${organization}.`,
          'Link działa raz, przez 30 minut. Po ustawieniu nowego hasła kończą się wszystkie sesje.',
          'Jeśli to nie Ty, nie rób nic: hasło pozostanie bez zmian.',
        ],
        action: 'Ustaw nowe hasło',
        closing,
      };
    case 'password-changed':
      return {
        subject: 'Twoje hasło zostało zmienione',
        greeting,
        paragraphs: [`hasło do Twojego konta w organizacji ${organization} zostało zmienione (${at}).`, notYou],
        closing,
      };
    case 'second-factor-removed':
      return {
        subject: 'Drugi składnik logowania został wyłączony',
        greeting,
        paragraphs: [
          `drugi składnik logowania do Twojego konta w organizacji ${organization} został wyłączony (${at}). Od teraz do zalogowania wystarczy hasło.`,
          notYou,
        ],
        closing,
      };
    case 'verify-email':
      return {
        subject: 'Potwierdź swój adres e-mail',
        greeting,
        paragraphs: [
          `ten adres wpisano dla Twojego konta w organizacji ${organization}. Otwórz link, aby potwierdzić, że należy do Ciebie.`,
          'Link działa raz, przez jedną dobę.',
        ],
        action: 'To mój adres',
        closing,
      };
    case 'email-changed':
      return {
        subject: 'Twój adres e-mail został zmieniony',
        greeting,
        paragraphs: [
          `adres e-mail Twojego konta w organizacji ${organization} został zmieniony na ${letter.email} (${at}). Na dotychczasowy nic już nie będzie wysyłane.`,
          notYou,
        ],
        closing,
      };
    case 'invitation':
      return {
        subject: `Zaproszenie: ${organization}`,
        greeting,
        paragraphs: [
          `${letter.inviter} zaprasza Cię do organizacji ${organization} w systemie Muster, który opiekuje się flotami urządzeń.`,
          'Otwórz link oraz wybierz nazwę użytkownika i hasło. Link działa raz, przez 7 dni.',
          'Jeśli nie wiesz, o co chodzi, nie rób nic.',
        ],
        action: 'Przyjmij zaproszenie',
        closing,
      };
  }
}
