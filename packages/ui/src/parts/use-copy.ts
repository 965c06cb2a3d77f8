import { type RefObject, useState } from 'react';

const SAID_MS = 2000;

/** Copies a text; `copied` says for a moment that it was. @param shown where it is to be seen, once it can be marked there only */
export const useCopy = (text: string, shown: RefObject<HTMLElement | null>) => {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text, shown.current);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return { copied, copy };
};

/** Without HTTPS a browser has no clipboard for pages: then the text is selected and copied as if by hand. */
const copyText = async (text: string, shown: HTMLElement | null): Promise<void> => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const selection = getSelection();
  if (!shown || !selection) return;
  selection.selectAllChildren(shown);
  document.execCommand('copy');
};
