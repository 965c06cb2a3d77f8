/** Hands a file to the browser. */
export const saveFile = (parts: BlobPart[], fileName: string): void => {
  const url = URL.createObjectURL(new Blob(parts));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
