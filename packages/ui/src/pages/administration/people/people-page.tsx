import { Button, Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Suspense, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { useMay } from '../../../api/session.tsx';
import { lazyPart } from '../../../app/lazy-part.ts';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Page } from '../../../parts/page.tsx';
import { SearchField } from '../../../parts/search-field.tsx';
import { useKeys } from '../../../shell/keys.ts';
import { AdministrationTabs } from '../administration-tabs.tsx';
import { OpenInvitations } from './invitations/open-invitations.tsx';
import classes from './people.module.css';
import { PersonRow } from './person-row.tsx';
import type { PeopleSearch } from './search.ts';

const InviteDialog = lazyPart(() => import('./invitations/invite-dialog.tsx'));
const AddPersonDialog = lazyPart(() => import('./add-person-dialog.tsx'));
const AT_ONCE = 100;

interface PeoplePageProps {
  search: PeopleSearch;
  /** `replace`: not a step that Back returns to. */
  onSearch(next: PeopleSearch, options?: { replace?: boolean }): void;
}

/** Everybody who may sign in: found, opened, added. */
const PeoplePage = ({ search: { q, add, invite }, onSearch }: PeoplePageProps) => {
  const { t } = useTranslation('people');
  const invitations = useTranslation('invitations').t;
  const maySee = useMay('user:read');
  const mayAdd = useMay('user:write');
  const list = useRef<HTMLUListElement>(null);
  const { data, error, isPending, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['people', 'list', q ?? ''],
    queryFn: ({ pageParam, signal }) =>
      call(routes.users.list, { query: { search: q, limit: AT_ONCE, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const people = data?.pages.flatMap((page) => page.items) ?? [];

  const step = (by: number) => {
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const at = links.findIndex((link) => link.matches(':focus'));
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    ...(mayAdd ? { n: () => onSearch({ add: true }) } : {}),
  });

  return (
    <Page
      title={t('title')}
      note={data && !hasNextPage ? t(q === undefined ? 'total' : 'matching', { count: people.length }) : null}
      actions={
        mayAdd ? (
          <>
            <Button onClick={() => onSearch({ invite: true })}>{invitations('invite.do')}</Button>
            <Button variant="filled" onClick={() => onSearch({ add: true })} aria-keyshortcuts="n">
              {t('add.do')}
            </Button>
          </>
        ) : null
      }
    >
      <AdministrationTabs />
      {maySee ? <OpenInvitations mayChange={mayAdd} /> : null}
      <SearchField
        className={classes.search}
        q={q}
        onSearch={(next) => onSearch({ q: next }, { replace: true })}
        label={t('search')}
      />
      {error ? <LoadFault error={error} onRetry={refetch} /> : null}
      {isPending ? <Skeleton height={160} /> : null}
      {people.length > 0 ? (
        <div className={classes.list}>
          <div className={classes.header} aria-hidden="true">
            {(['name', 'email', 'roles', 'signIn'] as const).map((column) => (
              <span key={column}>{t(`column.${column}`)}</span>
            ))}
          </div>
          <ul ref={list} aria-label={t('title')}>
            {people.map((person) => (
              <PersonRow key={person.id} person={person} />
            ))}
          </ul>
        </div>
      ) : null}
      {data && people.length === 0 ? <p className={classes.empty}>{t('none')}</p> : null}
      {hasNextPage ? (
        <Button className={classes.more ?? ''} loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('more')}
        </Button>
      ) : null}
      <Suspense>
        {invite && mayAdd ? <InviteDialog onClose={() => onSearch({ invite: undefined }, { replace: true })} /> : null}
        {add && mayAdd ? <AddPersonDialog onClose={() => onSearch({ add: undefined }, { replace: true })} /> : null}
      </Suspense>
    </Page>
  );
};

export default PeoplePage;
