import { Button, Select, Textarea, TextInput } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { faultOf } from '../../../api/error.ts';
import { Check } from '../../../parts/check.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { useRequestKey } from '../../../parts/use-request-key.ts';
import { type Draft, draftOf, fieldsOf, titleOfSchema, valuesOf } from '../../../schema-form/fields.ts';
import { SchemaFields } from '../../../schema-form/schema-fields.tsx';

interface SendCommandDialogProps {
  device: Device;
  type: DeviceTypeView | null;
  onClose(): void;
}

const times = [60_000, 5 * 60_000, 3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000] as const;

/** A type that takes commands as they come has one field for all of its parameters. */
const anything = { properties: { params: { type: 'object' } } };

/** What the device is to do, and how long it has to take it. */
export const SendCommandDialog = ({ device, type, onClose }: SendCommandDialogProps) => {
  const { t, i18n } = useTranslation('commands');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const requestKey = useRequestKey();
  const names = Object.keys(type?.commands ?? {});
  const [name, setName] = useState(names.length === 1 ? (names[0] ?? '') : '');
  const isFree = type?.open === true && !names.includes(name);
  const fieldsFor = (command: string) =>
    type?.open === true && !names.includes(command) ? [] : fieldsOf(type?.commands[command], i18n.language);
  const fields = fieldsFor(name);
  const [draft, setDraft] = useState<Draft>(() => draftOf(fields));
  const [free, setFree] = useState('');
  const [timeoutMs, setTimeoutMs] = useState<string | null>(null);
  const [approval, setApproval] = useState(false);
  const read = isFree ? valuesOf(fieldsOf(anything, 'en'), { params: free }) : valuesOf(fields, draft);
  const params = isFree ? ((read.values.params as Record<string, unknown> | undefined) ?? {}) : read.values;
  const body = {
    name,
    params,
    ...(timeoutMs === null ? {} : { timeoutMs: Number(timeoutMs) }),
    ...(approval ? { approval } : {}),
  };
  const send = useMutation({
    mutationFn: () =>
      call(routes.commands.send, { params: { deviceId: device.deviceId }, body, idempotencyKey: requestKey(body) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['device', device.deviceId, 'commands'] });
      onClose();
    },
  });
  const faultFor = (field: string) =>
    read.wrong.includes(field) && send.isError ? t('field.wrong') : faultOf(send.error, `/params/${field}`);
  const shown =
    fields.some((field) => faultFor(field.name) !== undefined) || faultOf(send.error, '/name') !== undefined;
  const choose = (next: string) => {
    setName(next);
    setDraft(draftOf(fieldsFor(next)));
    send.reset();
  };
  return (
    <Dialog onClose={onClose} title={t('send.title', { name: device.name })}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '' && read.wrong.length === 0 && !send.isPending) send.mutate();
        }}
      >
        {type?.open === true ? (
          <TextInput
            label={t('send.command')}
            value={name}
            onChange={(event) => choose(event.currentTarget.value)}
            error={faultOf(send.error, '/name')}
            maxLength={128}
            required
            data-autofocus
          />
        ) : (
          <Select
            label={t('send.command')}
            data={names.map((value) => ({
              value,
              label: titleOfSchema(type?.commands[value], i18n.language) ?? value,
            }))}
            value={name || null}
            onChange={(chosen) => choose(chosen ?? '')}
            error={faultOf(send.error, '/name')}
            required
            data-autofocus
          />
        )}
        {isFree ? (
          <Textarea
            label={t('send.params')}
            description={t('field.json')}
            value={free}
            onChange={(event) => setFree(event.currentTarget.value)}
            error={read.wrong.length > 0 ? t('field.wrong') : undefined}
            autosize
            minRows={2}
            spellCheck={false}
          />
        ) : (
          <SchemaFields fields={fields} draft={draft} onChange={setDraft} faultOf={faultFor} />
        )}
        <Select
          label={t('send.time')}
          description={t('send.timeHint')}
          placeholder={t('send.usual')}
          data={times.map((value) => ({ value: String(value), label: t(`time.${value}`) }))}
          value={timeoutMs}
          onChange={setTimeoutMs}
          clearable
        />
        <Check label={t('send.approval')} checked={approval} onChange={setApproval} />
        {device.status === 'online' ? null : <p>{t('send.notThere', { name: device.name })}</p>}
        <FormFault>{send.error && !shown ? text(send.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="filled" loading={send.isPending} disabled={name === ''}>
            {t('send.do')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
