const steps: (() => Promise<unknown> | unknown)[] = [];

/** Remembers how to undo something: stop a process, remove a directory. The newest is undone first. */
export function atEnd(step: () => Promise<unknown> | unknown): void {
  steps.push(step);
}

/** Undoes everything, whatever fails. */
export async function cleanUp(): Promise<void> {
  for (const step of steps.splice(0).reverse()) {
    await Promise.resolve()
      .then(step)
      .catch((error: Error) => process.stderr.write(`  not cleaned up: ${error.message}\n`));
  }
}
