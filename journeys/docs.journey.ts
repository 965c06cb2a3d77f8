import { test } from 'node:test';
import { useJourney } from './support/journey.ts';
import { hides, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const journey = useJourney({ environment: { MUSTER_PUBLIC_URL: 'http://muster.example' } });

/** The page is a foreign one, whose one inline style the content policy keeps out: it does without. */
const INLINE_STYLE = /style-src/;

test('who is signed in reads the description of the API, also when the page is opened by its address', async () => {
  const { page, allow } = await journey.visit('/fleet');
  allow(INLINE_STYLE);
  await page.goto('/api/docs');
  await shows(page.getByText('/devices/{deviceId}', { exact: true }).first());
  await takePictures(page, 'docs');
  await page.reload();
  await shows(page.getByText('/devices/{deviceId}', { exact: true }).first());
  await page.goto('/fleet');
  await shows(page.getByRole('heading', { level: 1, name: 'Fleet' }));
});

test('who is not signed in does not', async () => {
  const { page, allow } = await journey.visitAsStranger('/api/docs');
  allow(/401/, INLINE_STYLE);
  await shows(page.getByText('Failed to load API definition.'));
  await hides(page.getByText('/devices/{deviceId}', { exact: true }));
});
