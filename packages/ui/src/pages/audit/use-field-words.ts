import { useTranslation } from 'react-i18next';
import { useRoles } from '../../data/roles.ts';

interface HeldRole {
  role: string;
  placeId?: string | null;
  deviceId?: string | null;
}

const rolesIn = (value: string): HeldRole[] | undefined => {
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) && parsed.every((one) => typeof one?.role === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** Says fields and values of an entry in words; what has none stays as the server wrote it. */
export const useFieldWords = (names: ReadonlyMap<string, string>) => {
  const { t } = useTranslation('audit');
  const { nameOf } = useRoles();
  const fieldOf = (name: string): string =>
    name
      .split('.')
      .map((part) => t(`field.${part}`, { defaultValue: part }))
      .join(' · ');
  const wordsOf = (name: string, value: string | undefined): string => {
    if (value === undefined) return '–';
    const roles = name === 'roles' ? rolesIn(value) : undefined;
    if (roles) return roles.map(({ role, placeId, deviceId }) => words(nameOf(role), placeId ?? deviceId)).join(', ');
    const isWord = ['true', 'false', 'null'].includes(value) || (name === 'status' && /^[a-z]+$/.test(value));
    return names.get(value) ?? (isWord ? t(`value.${value}`, { defaultValue: value }) : value);
  };
  return { fieldOf, wordsOf };
};

const words = (role: string, where: string | null | undefined): string => (where ? `${role} (${where})` : role);
