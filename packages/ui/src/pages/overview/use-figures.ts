import type { LiveFleetData } from '@muster/contract/live';
import type { Installation } from '@muster/contract/system';
import { useState } from 'react';
import { useLiveTopic } from '../../live/hooks.ts';

type Figures = Pick<Installation, 'messagesPerSecond' | 'pointsPerSecond'>;

/** What comes in each second, live; before the first live message, what the installation said. */
export const useFigures = (installation: Installation | undefined): Figures | undefined => {
  const [figures, setFigures] = useState<Figures | undefined>();
  useLiveTopic('fleet', (data: LiveFleetData) => {
    if ('figures' in data) setFigures(data.figures);
  });
  return figures ?? installation;
};
