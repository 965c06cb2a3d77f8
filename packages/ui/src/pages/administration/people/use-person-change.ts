import type { Person } from '@muster/contract/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../../api/error.ts';
import { keepPerson, personQuery } from '../../../data/people.ts';

/** Sends a change of a person; where somebody else was faster, what is there now is read. */
export const usePersonChange = (id: string, send: () => Promise<Person>, onSaved: () => void) => {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: send,
    onSuccess: async (saved) => {
      await keepPerson(client, saved);
      onSaved();
    },
    onError: (error) => {
      if (isStale(error)) void client.invalidateQueries({ queryKey: personQuery(id).queryKey });
    },
  });
  return { ...save, isStale: isStale(save.error) };
};

const isStale = (error: unknown): boolean => error instanceof ApiError && error.status === 412;
