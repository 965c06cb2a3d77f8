import { Button } from '@mantine/core';
import type { Command } from '@muster/contract/commands';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useTranslation } from 'react-i18next';
import { useMay, useSession } from '../../../api/session.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import { FormFault } from '../../../parts/form-fault.tsx';
import { titleOfSchema } from '../../../schema-form/fields.ts';
import { StateShape } from '../../../theme/state-mark.tsx';
import { flatFields } from '../describe-event.ts';
import { Fields } from '../fields.tsx';
import { useTimes } from '../use-times.ts';
import classes from './commands.module.css';
import { useActOn } from './use-commands.ts';

const failing = new Set<Command['state']>(['failed', 'expired']);
const cancellable = new Set<Command['state']>(['awaiting-approval', 'queued', 'sent']);

/** One command: what it asks for, how far it has come, and what can still be done about it. */
export const CommandItem = ({ command, type }: { command: Command; type: DeviceTypeView | null }) => {
  const { t, i18n } = useTranslation('commands');
  const { moment, exact } = useTimes();
  const { state, name, createdAt, createdBy, decidedBy, error, result, expiresAt, postcondition } = command;
  const at = Date.parse(createdAt);
  const waits = state === 'queued' || state === 'sent';
  return (
    <li className={classes.item}>
      <time className={classes.when} dateTime={createdAt} title={exact(at)}>
        {moment(at)}
      </time>
      <div className={classes.what}>
        <div className={classes.head}>
          <strong>{titleOfSchema(type?.commands[name], i18n.language) ?? name}</strong>
          <span className={classes.state} data-state={state}>
            {failing.has(state) ? <StateShape state="warning" /> : null}
            {t(`state.${state}`)}
          </span>
        </div>
        <Values values={command.params} />
        <p className={classes.muted}>
          {t('by', { name: createdBy.name })}
          {decidedBy ? ` · ${t(state === 'rejected' ? 'rejectedBy' : 'approvedBy', { name: decidedBy.name })}` : ''}
          {waits ? ` · ${t('until', { time: moment(Date.parse(expiresAt)) })}` : ''}
        </p>
        {postcondition ? (
          <p className={classes.muted}>
            {t('postcondition', {
              ...postcondition,
              value: String(postcondition.value),
              seconds: postcondition.withinMs / 1000,
            })}
          </p>
        ) : null}
        {error ? <p>{error}</p> : null}
        <Values values={result} />
        <Actions command={command} />
      </div>
    </li>
  );
};

const Values = ({ values }: { values: unknown }) => {
  if (values === null || values === undefined) return null;
  const fields = flatFields(values);
  if (!fields) return <code className={classes.json}>{JSON.stringify(values)}</code>;
  return <Fields fields={fields} />;
};

const Actions = ({ command }: { command: Command }) => {
  const { t } = useTranslation('commands');
  const text = useErrorText();
  const { user } = useSession();
  const [maySend, mayApprove] = [useMay('command:send'), useMay('command:approve')];
  const { mutate, isPending, error } = useActOn(command);
  const isWaiting = command.state === 'awaiting-approval';
  const isOwn = command.createdBy.id === user?.id;
  const acts = [
    ...(isWaiting && mayApprove && !isOwn ? (['approve'] as const) : []),
    ...(isWaiting && mayApprove ? (['reject'] as const) : []),
    ...(maySend && cancellable.has(command.state) ? (['cancel'] as const) : []),
  ];
  if (acts.length === 0) return null;
  return (
    <>
      <div className={classes.acts}>
        {acts.map((act) => (
          <Button key={act} size="compact-sm" loading={isPending} onClick={() => mutate(act)}>
            {t(`act.${act}`)}
          </Button>
        ))}
      </div>
      <FormFault>{error ? text(error) : null}</FormFault>
    </>
  );
};
