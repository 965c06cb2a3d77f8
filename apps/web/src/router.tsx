import { checked } from '@muster/ui/nav/checked.ts';
import { requireSetup, requireSignedIn, requireSignedOut, requireStep } from '@muster/ui/nav/guards.ts';
import { type PlaceSearch, parsePlace } from '@muster/ui/nav/place.ts';
import { parseReturn, parseSignIn } from '@muster/ui/nav/return.ts';
import { parsePeopleSearch } from '@muster/ui/pages/administration/people/search.ts';
import { parseRolesSearch } from '@muster/ui/pages/administration/roles/search.ts';
import { parseAuditSearch } from '@muster/ui/pages/audit/search.ts';
import { parseDeviceSearch } from '@muster/ui/pages/device/search.ts';
import { parseFirstStepsSearch } from '@muster/ui/pages/first-steps/search.ts';
import { parseFleetSearch } from '@muster/ui/pages/fleet/search.ts';
import { parsePlacesSearch } from '@muster/ui/pages/places/search.ts';
import { Frame } from '@muster/ui/shell/frame.tsx';
import { PageFailed, PageMissing, PageWaiting } from '@muster/ui/shell/page-states.tsx';
import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  retainSearchParams,
  stringifySearchWith,
} from '@tanstack/react-router';

const SetupPage = lazyRouteComponent(() => import('@muster/ui/pages/setup/setup-page.tsx'));
const SignInPage = lazyRouteComponent(() => import('@muster/ui/pages/sign-in/sign-in-page.tsx'));
const NewPasswordPage = lazyRouteComponent(() => import('@muster/ui/pages/new-password/new-password-page.tsx'));
const SecondFactorPage = lazyRouteComponent(() => import('@muster/ui/pages/second-factor/second-factor-page.tsx'));
const ForgotPasswordPage = lazyRouteComponent(() => import('@muster/ui/pages/mail-links/forgot-password-page.tsx'));
const ResetPasswordPage = lazyRouteComponent(() => import('@muster/ui/pages/mail-links/reset-password-page.tsx'));
const VerifyEmailPage = lazyRouteComponent(() => import('@muster/ui/pages/mail-links/verify-email-page.tsx'));
const AcceptInvitationPage = lazyRouteComponent(() => import('@muster/ui/pages/mail-links/accept-invitation-page.tsx'));
const OverviewPage = lazyRouteComponent(() => import('@muster/ui/pages/overview/overview-page.tsx'));
const FirstStepsPage = lazyRouteComponent(() => import('@muster/ui/pages/first-steps/first-steps-page.tsx'));
const FleetPage = lazyRouteComponent(() => import('@muster/ui/pages/fleet/fleet-page.tsx'));
const PlacesPage = lazyRouteComponent(() => import('@muster/ui/pages/places/places-page.tsx'));
const DevicePage = lazyRouteComponent(() => import('@muster/ui/pages/device/device-page.tsx'));
const AdministrationPage = lazyRouteComponent(() => import('@muster/ui/pages/administration/administration-page.tsx'));
const AuditPage = lazyRouteComponent(() => import('@muster/ui/pages/audit/audit-page.tsx'));
const PeoplePage = lazyRouteComponent(() => import('@muster/ui/pages/administration/people/people-page.tsx'));
const PersonPage = lazyRouteComponent(() => import('@muster/ui/pages/administration/people/person-page.tsx'));
const RolesPage = lazyRouteComponent(() => import('@muster/ui/pages/administration/roles/roles-page.tsx'));
const ApiKeysPage = lazyRouteComponent(() => import('@muster/ui/pages/administration/api-keys/api-keys-page.tsx'));
const EnrollmentPage = lazyRouteComponent(
  () => import('@muster/ui/pages/administration/enrollment/enrollment-page.tsx'),
);
const OrganizationsPage = lazyRouteComponent(
  () => import('@muster/ui/pages/administration/organizations/organizations-page.tsx'),
);
const ProvidersPage = lazyRouteComponent(() => import('@muster/ui/pages/administration/sign-in/providers-page.tsx'));
const ProfilePage = lazyRouteComponent(() => import('@muster/ui/pages/profile/profile-page.tsx'));

const root = createRootRoute();

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: requireSetup,
  component: SetupPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: checked(parseSignIn),
  beforeLoad: ({ search }) => requireSignedOut(search),
  component: () => <SignInPage search={signIn.useSearch()} />,
});

const newPassword = createRoute({
  getParentRoute: () => root,
  path: '/new-password',
  validateSearch: checked(parseReturn),
  beforeLoad: ({ search }) => requireStep('newPassword', search),
  component: NewPasswordPage,
});

const secondFactor = createRoute({
  getParentRoute: () => root,
  path: '/second-factor',
  validateSearch: checked(parseReturn),
  beforeLoad: ({ search }) => requireStep('secondFactor', search),
  component: SecondFactorPage,
});

/** What links in mails open, and asking for one: for whoever has the link, signed in or not. */
const mailLinks = [
  createRoute({ getParentRoute: () => root, path: '/forgot-password', component: ForgotPasswordPage }),
  createRoute({ getParentRoute: () => root, path: '/reset-password', component: ResetPasswordPage }),
  createRoute({ getParentRoute: () => root, path: '/verify-email', component: VerifyEmailPage }),
  createRoute({ getParentRoute: () => root, path: '/accept-invitation', component: AcceptInvitationPage }),
] as const;

/** Everything inside the frame: for whoever is signed in, with the place filter in every address. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  validateSearch: parsePlace,
  search: { middlewares: [retainSearchParams<PlaceSearch>(['place'])] },
  beforeLoad: ({ location }) => requireSignedIn(location.href),
  component: Frame,
});

const overview = createRoute({ getParentRoute: () => inside, path: '/', component: OverviewPage });

const firstSteps = createRoute({
  getParentRoute: () => inside,
  path: '/first-steps',
  validateSearch: checked(parseFirstStepsSearch, ['place']),
  loader: () => FirstStepsPage.preload?.(),
  component: () => {
    const navigate = firstSteps.useNavigate();
    return (
      <FirstStepsPage
        search={firstSteps.useSearch()}
        onSearch={(next) => void navigate({ search: (before) => ({ ...before, ...next }) })}
      />
    );
  },
});

const fleet = createRoute({
  getParentRoute: () => inside,
  path: '/fleet',
  validateSearch: checked(parseFleetSearch, ['place']),
  loader: () => FleetPage.preload?.(),
  component: () => {
    const navigate = fleet.useNavigate();
    return (
      <FleetPage
        search={fleet.useSearch()}
        onSearch={(next, { replace = false } = {}) =>
          void navigate({ search: (before) => ({ ...before, ...next }), replace, resetScroll: false })
        }
      />
    );
  },
});

const places = createRoute({
  getParentRoute: () => inside,
  path: '/fleet/places',
  validateSearch: checked(parsePlacesSearch, ['place']),
  loader: () => PlacesPage.preload?.(),
  component: () => {
    const navigate = places.useNavigate();
    return (
      <PlacesPage
        search={places.useSearch()}
        onSearch={(next) =>
          void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
        }
      />
    );
  },
});

const device = createRoute({
  getParentRoute: () => inside,
  path: '/devices/$deviceId',
  validateSearch: checked(parseDeviceSearch, ['place']),
  loader: () => DevicePage.preload?.(),
  component: () => {
    const navigate = device.useNavigate();
    const { deviceId } = device.useParams();
    return (
      <DevicePage
        deviceId={deviceId}
        search={device.useSearch()}
        onSearch={(next, { replace = false } = {}) =>
          void navigate({ search: (before) => ({ ...before, ...next }), replace, resetScroll: false })
        }
      />
    );
  },
});

const administration = createRoute({
  getParentRoute: () => inside,
  path: '/administration',
  component: AdministrationPage,
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/administration/audit',
  validateSearch: checked(parseAuditSearch, ['place']),
  loader: () => AuditPage.preload?.(),
  component: () => {
    const navigate = audit.useNavigate();
    return (
      <AuditPage
        search={audit.useSearch()}
        onSearch={(next) =>
          void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
        }
      />
    );
  },
});

const people = createRoute({
  getParentRoute: () => inside,
  path: '/administration/people',
  validateSearch: checked(parsePeopleSearch, ['place']),
  loader: () => PeoplePage.preload?.(),
  component: () => {
    const navigate = people.useNavigate();
    return (
      <PeoplePage
        search={people.useSearch()}
        onSearch={(next, { replace = false } = {}) =>
          void navigate({ search: (before) => ({ ...before, ...next }), replace, resetScroll: false })
        }
      />
    );
  },
});

const person = createRoute({
  getParentRoute: () => inside,
  path: '/administration/people/$personId',
  loader: () => PersonPage.preload?.(),
  component: () => {
    const { personId } = person.useParams();
    return <PersonPage key={personId} id={personId} />;
  },
});

const roles = createRoute({
  getParentRoute: () => inside,
  path: '/administration/roles',
  validateSearch: checked(parseRolesSearch, ['place']),
  loader: () => RolesPage.preload?.(),
  component: () => {
    const navigate = roles.useNavigate();
    return (
      <RolesPage
        search={roles.useSearch()}
        onSearch={(next) => void navigate({ search: (before) => ({ ...before, ...next }), resetScroll: false })}
      />
    );
  },
});

const apiKeys = createRoute({
  getParentRoute: () => inside,
  path: '/administration/api-keys',
  component: ApiKeysPage,
});

const enrollment = createRoute({
  getParentRoute: () => inside,
  path: '/administration/enrollment',
  component: EnrollmentPage,
});

const organizations = createRoute({
  getParentRoute: () => inside,
  path: '/administration/organizations',
  component: OrganizationsPage,
});

const providers = createRoute({
  getParentRoute: () => inside,
  path: '/administration/sign-in',
  component: ProvidersPage,
});

const profile = createRoute({ getParentRoute: () => inside, path: '/profile', component: ProfilePage });

const nowhere = createRoute({ getParentRoute: () => inside, path: '$', component: PageMissing });

const asWritten = (text: string): string => text;

/** Every address of the app. Text in an address stays text: `?q=123`, never `?q="123"`. */
export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    signIn,
    newPassword,
    secondFactor,
    ...mailLinks,
    inside.addChildren([
      overview,
      firstSteps,
      fleet,
      places,
      device,
      administration,
      people,
      person,
      roles,
      apiKeys,
      enrollment,
      organizations,
      providers,
      audit,
      profile,
      nowhere,
    ]),
  ]),
  parseSearch: parseSearchWith(asWritten),
  stringifySearch: stringifySearchWith(String),
  defaultPreload: 'intent',
  defaultPendingComponent: PageWaiting,
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

const pages = new Map<AnyRoute, { preload?: () => Promise<void> | undefined }>([
  [overview, OverviewPage],
  [firstSteps, FirstStepsPage],
  [fleet, FleetPage],
  [places, PlacesPage],
  [device, DevicePage],
  [administration, AdministrationPage],
  [audit, AuditPage],
  [people, PeoplePage],
  [person, PersonPage],
  [roles, RolesPage],
  [apiKeys, ApiKeysPage],
  [providers, ProvidersPage],
  [profile, ProfilePage],
]);

/** Fetches the files of all pages, so that each of them opens while the server is away, too. */
export const fetchPages = (): void => {
  for (const page of pages.values()) void page.preload?.();
};

/** Fetches the file of an address's page while it is still being found out who asks for it. */
export const warmUp = (pathname: string): void => {
  const [, , route] = router.getMatchedRoutes(pathname);
  if (route) void pages.get(route)?.preload?.();
};

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
