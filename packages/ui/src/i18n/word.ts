/** A text of the contract in a language, else in English. */
export const wordOf = (text: Readonly<Record<string, string>>, language: string): string =>
  text[language] ?? text.en ?? '';
