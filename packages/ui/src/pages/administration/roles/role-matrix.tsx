import { VisuallyHidden } from '@mantine/core';
import type { Role } from '@muster/contract/access';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAllPermissions, usePermissionGroups } from '../../../data/permissions.ts';
import { useRoles } from '../../../data/roles.ts';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { useScrollCue } from '../../../parts/use-scroll-cue.ts';
import classes from './roles.module.css';

/** Permissions down, roles across. */
export const RoleMatrix = ({ onOpen }: { onOpen(id: string): void }) => {
  const { t } = useTranslation('roles');
  const { roles, nameOf, solutionOf } = useRoles();
  const { permissions, error, refetch } = useAllPermissions();
  const { group } = usePermissionGroups();
  const scroller = useRef<HTMLDivElement | null>(null);
  const cue = useScrollCue();
  if (error) return <LoadFault error={error} onRetry={refetch} />;
  const kindOf = (role: Role): string => {
    const solution = solutionOf(role);
    if (solution !== null) return solution;
    return role.builtIn ? t('kind.core') : t('kind.own');
  };
  const kinds = [...Map.groupBy(roles, kindOf)];
  const columns = kinds.flatMap(([, members]) => members);
  return (
    <div className={classes.card}>
      <div
        className={classes.scroller}
        ref={(element) => {
          scroller.current = element;
          cue(element);
        }}
      >
        <table className={classes.matrix} aria-label={t('matrix')}>
          <thead>
            <tr>
              <td rowSpan={2} className={classes.corner}>
                <span className={classes.legend}>
                  <Mark kind="own" /> {t('legend.own')}
                </span>
                <span className={classes.legend}>
                  <Mark kind="inherited" /> {t('legend.inherited')}
                </span>
              </td>
              {kinds.map(([kind, members]) => (
                <th key={kind} scope="colgroup" colSpan={members.length} className={classes.kind}>
                  {kind}
                </th>
              ))}
            </tr>
            <tr>
              {kinds.map(([kind, members]) =>
                members.map((role, index) => (
                  <th key={role.id} scope="col" className={classes.role} data-first={index === 0} data-kind={kind}>
                    <button type="button" className={classes.open} onClick={() => onOpen(role.id)}>
                      {nameOf(role.id)}
                      <span className={classes.count}>{t('people', { count: role.people })}</span>
                    </button>
                  </th>
                )),
              )}
            </tr>
          </thead>
          {group(permissions, (id) => id).map(({ id, title, items }) => (
            <tbody key={id}>
              <tr>
                <th scope="rowgroup" className={classes.group}>
                  {title}
                </th>
                <td colSpan={columns.length} className={classes.group} />
              </tr>
              {items.map(({ item: permission, title: words }) => (
                <tr key={permission}>
                  <th scope="row">{words}</th>
                  {kinds.map(([, members]) =>
                    members.map((role, index) => (
                      <td key={role.id} data-first={index === 0}>
                        <Cell role={role} permission={permission} />
                      </td>
                    )),
                  )}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
      <div className={classes.more}>
        <button
          type="button"
          className={classes.moreRoles}
          onClick={() => scroller.current?.scrollBy({ left: scroller.current.clientWidth / 2 })}
        >
          {t('moreRoles')}
        </button>
      </div>
    </div>
  );
};

const Cell = ({ role, permission }: { role: Role; permission: string }) => {
  const { t } = useTranslation('roles');
  const isOwn = role.permissions.includes(permission);
  const kind = isOwn ? 'own' : role.effective.includes(permission) ? 'inherited' : 'absent';
  return (
    <>
      {kind === 'absent' ? null : <Mark kind={kind} />}
      <VisuallyHidden>{t(kind)}</VisuallyHidden>
    </>
  );
};

const Mark = ({ kind }: { kind: 'own' | 'inherited' }) => (
  <svg className={classes.mark} viewBox="0 0 12 12" aria-hidden="true" data-kind={kind}>
    <rect x="1.75" y="1.75" width="8.5" height="8.5" rx="2" />
  </svg>
);
