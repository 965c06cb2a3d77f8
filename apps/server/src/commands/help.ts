import { faultNames } from '@muster/edge/simulate/faults';
import { simulators } from '../solutions.ts';

const text = `muster <command>

  start      run the server
  demo       run the server with an organization, places and a simulated fleet
  simulate   let simulated devices talk to the server that runs here
               --type TYPE        ${Object.keys(simulators).join(', ')}
               --devices N        how many (default 10)
               --rate N           messages a second of each (default 1)
               --seed N           the same seed tells the same values (default 1)
               --fault NAME       ${faultNames.join(', ')}; may be repeated
               --seconds N        stop after this long (default: at Ctrl-C)
               --truth FILE       keep what was sent and acknowledged
               --organization S   slug of the organization (default: the first)
  user       reset-password NAME: a new first password, for whoever locked himself out
               --organization S        slug of the organization (default: the first)
               --remove-second-factor  the authenticator is lost too
  audit verify [FILE]
             whether the audit trail is as it was written: of the server that runs here, or of an export as NDJSON
               --organization S   slug of the organization (default: the first)
               --key ID           the export must be signed by this key
  config     print the effective settings

Settings are environment variables: see "muster config" and the README.
`;

/** `muster help` */
export async function help(): Promise<number> {
  process.stdout.write(text);
  return 0;
}
