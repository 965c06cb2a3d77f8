import { useTranslation } from 'react-i18next';
import { Secret } from '../secret.tsx';

/** The secret of a key, and how a script uses it. */
export const KeySecret = ({ secret, onKept }: { secret: string; onKept(): void }) => {
  const { t } = useTranslation('apiKeys');
  return (
    <Secret
      secret={secret}
      text={t('secret.text')}
      use={t('secret.use')}
      command={`curl -H 'Authorization: Bearer ${secret}' ${location.origin}/api/v1/devices`}
      onKept={onKept}
    />
  );
};
