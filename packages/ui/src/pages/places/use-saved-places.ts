import { useQueryClient } from '@tanstack/react-query';

/** Reads anew what shows places, after one was changed. */
export const useSavedPlaces = () => {
  const client = useQueryClient();
  return () => Promise.all(['places', 'overview'].map((key) => client.invalidateQueries({ queryKey: [key] })));
};
