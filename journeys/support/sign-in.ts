import type { Page } from 'playwright-core';

/** Fills in the sign-in page. */
export async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Replaces the password that somebody else gave, which a first sign-in asks for. */
export async function choosePassword(page: Page, first: string, own: string): Promise<void> {
  await page.getByLabel('Current password').fill(first);
  await page.getByLabel('New password').fill(own);
  await page.getByRole('button', { name: 'Set the password and go on' }).click();
}
