import { Button, Menu, Skeleton } from '@mantine/core';
import type { AuditVerification } from '@muster/contract/audit';
import { routes } from '@muster/contract/routes';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { call, open } from '../../api/client.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Page } from '../../parts/page.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { useKeys } from '../../shell/keys.ts';
import { AdministrationTabs } from '../administration/administration-tabs.tsx';
import { exporter } from '../device/export/exporter.ts';
import { useTimes } from '../device/use-times.ts';
import classes from './audit.module.css';
import { namesOf } from './describe.ts';
import { EntryRow } from './entry-row.tsx';
import { filterOf } from './filter.ts';
import { Filters } from './filters.tsx';
import type { AuditSearch, ChangeAuditSearch } from './search.ts';
import { VerifyResult } from './verify-result.tsx';

const AT_ONCE = 50;
const columns = ['when', 'who', 'what', 'object', 'result', 'address'] as const;

/** Who did what, newest first; whether all of it is as it was written; and as a file. */
const AuditPage = ({ search, onSearch }: { search: AuditSearch; onSearch: ChangeAuditSearch }) => {
  const { t } = useTranslation('audit');
  const { zone } = useTimes();
  const client = useQueryClient();
  const filter = filterOf(search, zone);
  const query = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ signal, pageParam }) =>
      call(routes.audit.list, {
        query: { ...filter, limit: AT_ONCE, ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
  });
  const verify = useMutation({
    // a long trail may take longer than other calls may
    mutationFn: async () => (await (await open(routes.audit.verify)).json()) as AuditVerification,
    onSettled: () => client.invalidateQueries({ queryKey: ['audit'] }),
  });
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const names = namesOf(entries);
  const rows = useRef<HTMLTableSectionElement>(null);
  const step = (by: number) => {
    const openers = [...(rows.current?.querySelectorAll<HTMLElement>('button[aria-expanded]') ?? [])];
    const at = openers.findIndex((opener) => opener.matches(':focus'));
    openers[Math.max(0, Math.min(openers.length - 1, at + by))]?.focus();
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  const isLimited = Object.keys(filter).length > 0;

  const save = (format: 'csv' | 'ndjson', whole: boolean) =>
    void exporter
      .start({
        fileName: `audit ${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}Z.${format}`,
        heading: true,
        open: async (signal) => {
          const limits = whole ? {} : filter;
          const { body } = await open(routes.audit.export, { query: { ...limits, format, timezone: zone }, signal });
          return body ?? new Blob([]).stream();
        },
        save: saveFile,
      })
      .then(() => client.invalidateQueries({ queryKey: ['audit'] }));

  return (
    <Page
      title={t('title')}
      actions={
        <>
          <Button loading={verify.isPending} onClick={() => verify.mutate()}>
            {t('verify.do')}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button>{t('export.do')}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => save('csv', false)}>
                {t(isLimited ? 'export.csvLimited' : 'export.csv')}
              </Menu.Item>
              <Menu.Item onClick={() => save('ndjson', true)}>{t('export.ndjson')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      <AdministrationTabs />
      {verify.data ? <VerifyResult report={verify.data} /> : null}
      {verify.error ? <LoadFault error={verify.error} onRetry={() => verify.mutate()} /> : null}
      <Filters search={search} onSearch={onSearch} />
      {query.error ? <LoadFault error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={240} /> : null}
      {query.isSuccess && entries.length === 0 ? <p className={classes.empty}>{t('none')}</p> : null}
      {entries.length > 0 ? (
        <div className={classes.frame}>
          <table className={classes.table}>
            <thead className={classes.headings}>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col" className={`${classes.head} ${classes[column]}`}>
                    {t(`column.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody ref={rows} className={classes.body}>
              {entries.map((entry) => (
                <EntryRow
                  key={entry.id}
                  entry={entry}
                  names={names}
                  isOpen={search.seq === String(entry.seq)}
                  onToggle={() => onSearch({ seq: search.seq === String(entry.seq) ? undefined : String(entry.seq) })}
                  onSearch={onSearch}
                />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {query.hasNextPage ? (
        <div>
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('older')}
          </Button>
        </div>
      ) : null}
    </Page>
  );
};

export default AuditPage;
