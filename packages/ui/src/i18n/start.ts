import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

/** The languages there are; another one is a folder of files and a line here. */
export const languages = { en: 'English', pl: 'Polski' } as const;
export type Language = keyof typeof languages;

type Messages = Record<string, unknown>;

const KEY = 'muster-language';
const isLanguage = (name: unknown): name is Language => typeof name === 'string' && name in languages;
const namespaceOf = (path: string): string => path.replace(/^.*\/|\.json$/g, '');

const english = import.meta.glob<Messages>('./en/*.json', { eager: true, import: 'default' });
const polish = import.meta.glob<Messages>('./pl/*.json', { import: 'default' });
const load: Record<Exclude<Language, 'en'>, typeof polish> = { pl: polish };

const add = (language: Language, messages: Readonly<Record<string, Messages>>) => {
  for (const [path, texts] of Object.entries(messages)) i18next.addResourceBundle(language, namespaceOf(path), texts);
};

const bring = async (language: Language): Promise<void> => {
  if (language === 'en' || i18next.hasResourceBundle(language, 'common')) return;
  const texts = await Promise.all(
    Object.entries(load[language]).map(async ([path, read]) => [path, await read()] as const),
  );
  add(language, Object.fromEntries(texts));
};

const wanted = (): Language => {
  const chosen = localStorage.getItem(KEY);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
};

/** Starts the texts in the language that was chosen before, or the browser's. */
export const startTexts = async (): Promise<i18n> => {
  const language = wanted();
  await i18next.use(initReactI18next).init({
    fallbackLng: 'en',
    lng: 'en',
    defaultNS: 'common',
    // React escapes by itself.
    interpolation: { escapeValue: false },
    react: { useSuspense: false, bindI18nStore: 'added' },
    resources: {},
  });
  add('en', english);
  await bring(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  return i18next;
};

/** Switches the language and keeps the choice in the browser. */
export const chooseLanguage = async (language: Language): Promise<void> => {
  await bring(language);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
};
