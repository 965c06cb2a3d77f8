import type { Language } from '@muster/contract/schema';
import { type Content, pages, type Words } from './letter.ts';
import { wordsInEnglish } from './words-en.ts';
import { wordsInPolish } from './words-pl.ts';

/** A letter ready to be sent. */
export interface Composed {
  subject: string;
  text: string;
  html: string;
}

const languages: Record<Language, (content: Content) => Words> = { en: wordsInEnglish, pl: wordsInPolish };
const LONGEST_NAME = 120;

/** Puts a letter into words and form. @param base of its link: the only one there is, nobody's header */
export function compose(content: Content, language: Language, base: string): Composed {
  const { letter } = content;
  const words = languages[language]({
    letter:
      letter.kind === 'invitation'
        ? { ...letter, inviter: plain(letter.inviter) }
        : letter.kind === 'email-changed'
          ? { ...letter, email: plain(letter.email) }
          : letter,
    name: plain(content.name),
    organization: plain(content.organization),
    at: `${content.at.slice(0, 16).replace('T', ' ')} UTC`,
  });
  const page = pages[letter.kind];
  const link = page && 'token' in letter ? `${base}${page}#${letter.token}` : undefined;
  return { subject: words.subject, text: asText(words, link), html: asHtml(words, language, link) };
}

/** A name as others gave it, in one line, that does not turn the writing direction of what stands around it. */
function plain(name: string): string {
  const line = name
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  const letters = [...line];
  const short = letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME).join('')}…` : line;
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(short)
    ? `\u2068${short}\u2069`
    : short;
}

function asText({ greeting, paragraphs, action, closing }: Words, link: string | undefined): string {
  const linked = link && action ? [`${action}:\n${link}`] : [];
  const [first, ...others] = paragraphs;
  return `${[greeting, first, ...linked, ...others, closing].join('\n\n')}\n`;
}

function asHtml(words: Words, language: Language, link: string | undefined): string {
  const { greeting, paragraphs, action, closing } = words;
  const [first, ...others] = paragraphs.map((text) => `<p>${escaped(text)}</p>`);
  const linked =
    link && action
      ? `<p><a href="${escaped(link)}" style="display:inline-block;padding:8px 16px;background:#15181c;color:#ffffff;border-radius:6px;text-decoration:none">${escaped(action)}</a></p>
<p style="font-size:12px;color:#59626c;word-break:break-all">${escaped(link)}</p>
`
      : '';
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${escaped(words.subject)}</title></head>
<body style="margin:0;padding:24px;font:14px/1.5 system-ui,sans-serif;color:#15181c;background:#ffffff">
<div style="max-width:520px">
<p>${escaped(greeting)}</p>
${first}
${linked}${others.join('\n')}
<p style="color:#59626c">${escaped(closing)}</p>
</div>
</body>
</html>
`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] as string);
