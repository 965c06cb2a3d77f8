import { ActionIcon, Button, Select, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { faultOf } from '../../../api/error.ts';
import { useRoles } from '../../../data/roles.ts';
import { DeviceSelect } from '../../../parts/device-select.tsx';
import { PlaceSelect } from '../../../parts/place-select.tsx';
import { Icon } from '../../../shell/icons.tsx';
import { type AssignmentRow, newRow } from './assignments.ts';
import classes from './people.module.css';

interface RoleRowsProps {
  rows: readonly AssignmentRow[];
  onChange(rows: AssignmentRow[]): void;
  /** What the server said about them. */
  error: unknown;
  readOnly?: boolean;
  /** A heading stands above them already. */
  isTitled?: boolean;
}

/** The roles that somebody is to hold, each with where. */
export const RoleRows = ({ rows, onChange, error, readOnly = false, isTitled = false }: RoleRowsProps) => {
  const { t } = useTranslation('people');
  const { options } = useRoles();
  const set = (key: number, part: Partial<AssignmentRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <fieldset className={classes.roleRows}>
      <legend>{isTitled ? <VisuallyHidden>{t('roles.title')}</VisuallyHidden> : t('roles.title')}</legend>
      {rows.length === 0 ? <p className={classes.quiet}>{t('roles.none')}</p> : null}
      {rows.map((row, index) => {
        const number = index + 1;
        const known = options.some(({ value }) => value === row.role);
        const unknown = row.role === null || known ? [] : [{ value: row.role, label: row.role }];
        return (
          <div key={row.key} className={classes.roleRow} data-where={row.where}>
            <Select
              aria-label={t('roles.role', { number })}
              placeholder={t('roles.choose')}
              data={[...options, ...unknown]}
              value={row.role}
              onChange={(role) => set(row.key, { role })}
              error={faultOf(error, `/roles/${index}/role`)}
              readOnly={readOnly}
              searchable
            />
            <Select
              className={classes.where ?? ''}
              aria-label={t('roles.where', { number })}
              data={(['everywhere', 'place', 'device'] as const).map((where) => ({
                value: where,
                label: t(`where.${where}`),
              }))}
              value={row.where}
              onChange={(where) => set(row.key, { where: (where ?? 'everywhere') as AssignmentRow['where'] })}
              readOnly={readOnly}
            />
            {row.where === 'place' ? (
              <PlaceSelect
                className={classes.target ?? ''}
                aria-label={t('roles.place', { number })}
                placeholder={t('roles.choosePlace')}
                value={row.placeId}
                onChange={(placeId) => set(row.key, { placeId })}
                error={faultOf(error, `/roles/${index}/placeId`)}
                readOnly={readOnly}
                clearable={false}
              />
            ) : null}
            {row.where === 'device' ? (
              <DeviceSelect
                className={classes.target ?? ''}
                aria-label={t('roles.device', { number })}
                value={row.deviceId}
                onChange={(deviceId) => set(row.key, { deviceId })}
                error={faultOf(error, `/roles/${index}/deviceId`)}
                readOnly={readOnly}
              />
            ) : null}
            {readOnly ? null : (
              <ActionIcon
                className={classes.remove ?? ''}
                aria-label={t('roles.remove', { number })}
                onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
              >
                <Icon name="remove" />
              </ActionIcon>
            )}
          </div>
        );
      })}
      {readOnly ? null : (
        <Button className={classes.addRole ?? ''} onClick={() => onChange([...rows, newRow()])}>
          {t('roles.add')}
        </Button>
      )}
    </fieldset>
  );
};
