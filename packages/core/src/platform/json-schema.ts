import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { invalid } from './errors.ts';
import { faultOf } from './http/schema-fault.ts';

/** JSON Schemas that came as data, such as those of device types: unknown words in them are notes for people and pages. */
const ajv = new Ajv({ allErrors: true, useDefaults: true, coerceTypes: false, strict: false, ownProperties: true });
(formats as unknown as (ajv: Ajv) => void)(ajv);

const compiled = new WeakMap<object, ValidateFunction>();

/**
 * Compares a value with a schema and puts in the defaults that are missing.
 * @param at where the value stands in the input, as a JSON pointer
 * @throws MusterError `invalid` with every fault
 */
export function checkValue(schema: object, value: unknown, at: string, sentence: string): void {
  let check = compiled.get(schema);
  if (!check) {
    check = ajv.compile(schema);
    compiled.set(schema, check);
  }
  if (check(value)) return;
  const faults = (check.errors ?? []).slice(0, 50).map((error: ErrorObject) => faultOf(error));
  throw invalid(
    sentence,
    faults.map((fault) => ({ ...fault, path: `${at}${fault.path}` })),
  );
}
