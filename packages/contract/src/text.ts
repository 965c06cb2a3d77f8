/** A short text in English with its translations. */
export interface Text {
  en: string;
  [language: string]: string;
}
