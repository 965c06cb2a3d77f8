import { Select, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Check } from '../parts/check.tsx';
import type { Draft, Field } from './fields.ts';

interface SchemaFieldsProps {
  fields: readonly Field[];
  draft: Draft;
  onChange(draft: Draft): void;
  /** What is wrong with a field; undefined: nothing. */
  faultOf(name: string): string | undefined;
}

/** Fields made of a JSON Schema. */
export const SchemaFields = ({ fields, draft, onChange, faultOf }: SchemaFieldsProps) => (
  <>
    {fields.map((field) => (
      <SchemaField
        key={field.name}
        field={field}
        value={draft[field.name] ?? ''}
        onChange={(value) => onChange({ ...draft, [field.name]: value })}
        fault={faultOf(field.name)}
      />
    ))}
  </>
);

interface SchemaFieldProps {
  field: Field;
  value: string | boolean;
  onChange(value: string | boolean): void;
  fault: string | undefined;
}

const SchemaField = ({ field, value, onChange, fault }: SchemaFieldProps) => {
  const { t } = useTranslation('commands');
  const { kind, required, unit, least, most } = field;
  const label = unit === undefined ? field.label : `${field.label} (${unit})`;
  const bounds = (() => {
    if (least !== undefined && most !== undefined) return t('field.between', { least, most });
    if (least !== undefined) return t('field.atLeast', { least });
    return most === undefined ? undefined : t('field.atMost', { most });
  })();
  const description = [field.hint, bounds].filter((part) => part !== undefined).join(' · ') || undefined;
  const common = { label, description, error: fault, required };
  if (kind === 'boolean') {
    return <Check label={label} note={fault ?? description ?? null} checked={value === true} onChange={onChange} />;
  }
  const typed = String(value);
  if (kind === 'choice') {
    return (
      <Select
        {...common}
        data={[...(field.choices ?? [])]}
        value={typed || null}
        onChange={(chosen) => onChange(chosen ?? '')}
        clearable={!required}
      />
    );
  }
  if (kind === 'json') {
    return (
      <Textarea
        {...common}
        description={description ?? t('field.json')}
        value={typed}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={2}
        spellCheck={false}
      />
    );
  }
  return (
    <TextInput
      {...common}
      value={typed}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(kind === 'number' ? { inputMode: 'decimal' } : {})}
      autoComplete="off"
    />
  );
};
