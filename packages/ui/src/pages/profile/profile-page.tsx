import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.tsx';
import { Fact, Facts } from '../../parts/facts.tsx';
import { Card, Page } from '../../parts/page.tsx';
import { AccountsCard } from './accounts/accounts-card.tsx';
import { EmailVerification } from './email-verification.tsx';
import { MayCard } from './may-card.tsx';
import { PasskeysCard } from './passkeys/passkeys-card.tsx';
import { PasswordCard } from './password-card.tsx';
import classes from './profile.module.css';
import { SecondFactorCard } from './second-factor/second-factor-card.tsx';
import { SessionsCard } from './sessions-card.tsx';
import { WhoForm } from './who-form.tsx';

/** What belongs to the person in front of the screen: who, what is allowed, the password, the sessions. */
const ProfilePage = () => {
  const { t } = useTranslation('profile');
  const { user } = useSession();
  if (!user) return null;
  return (
    <Page title={t('title')}>
      <div className={classes.columns}>
        <div className={classes.column}>
          <Card title={t('who.title')}>
            <Facts>
              <Fact name={t('who.username')} value={user.username} />
              <Fact name={t('who.organization')} value={user.organization.name} />
            </Facts>
            <WhoForm user={user} />
            <EmailVerification user={user} />
          </Card>
          <PasswordCard user={user} />
          <SecondFactorCard />
          <PasskeysCard />
          <AccountsCard />
        </div>
        <div className={classes.column}>
          <SessionsCard />
          <MayCard user={user} />
        </div>
      </div>
    </Page>
  );
};

export default ProfilePage;
