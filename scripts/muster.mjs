#!/usr/bin/env node
// The `muster` command of this checkout: `npx muster simulate …`.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runServer } from './lib/command.mjs';

await runServer(dirname(dirname(fileURLToPath(import.meta.url))), process.argv.slice(2));
