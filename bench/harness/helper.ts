import { fork } from 'node:child_process';
import { join } from 'node:path';
import { atEnd } from './clean-up.ts';

/** A process of its own that makes load, so that what is measured shares no thread with what measures it. */
export interface Helper<Ask, Answer> {
  /** @throws Error what the helper threw, or that it ended */
  ask(question: Ask): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param name of a program in `bench/load` */
export function startHelper<Ask extends object, Answer>(name: string): Helper<Ask, Answer> {
  const child = fork(join(import.meta.dirname, '../load', `${name}.ts`), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let waiting: PromiseWithResolvers<Answer> | undefined;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (message: { answer: Answer } | { error: string }) => {
    const asked = waiting;
    waiting = undefined;
    if ('error' in message) asked?.reject(new Error(`${name}: ${message.error}`));
    else asked?.resolve(message.answer);
  });
  void ended.then(() => waiting?.reject(new Error(`${name} ended early`)));
  const stop = () => {
    if (child.connected) child.disconnect();
    return ended;
  };
  atEnd(stop);
  return {
    ask(question) {
      waiting = Promise.withResolvers<Answer>();
      child.send(question);
      return waiting.promise;
    },
    stop,
  };
}

/** The helper's side: answers one question at a time; ends with whoever started it. */
export function answerQuestions<Ask, Answer>(answer: (question: Ask) => Promise<Answer>): void {
  process.on('disconnect', () => process.exit());
  // a Ctrl-C reaches the whole group: who asks decides when it is over
  process.on('SIGINT', () => undefined);
  process.on('message', (question) => {
    answer(question as Ask).then(
      (result) => process.send?.({ answer: result }),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    );
  });
}
