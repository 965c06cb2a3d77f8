import type { FaultCode } from '@muster/contract/schema';
import type { Fault } from '../errors.ts';

/** What ajv says of a value that is not as its schema wants it. */
interface SchemaFault {
  keyword: string;
  params: Record<string, unknown>;
}

interface SchemaError extends SchemaFault {
  instancePath: string;
  message?: string | undefined;
}

const bounds: Record<string, [code: FaultCode, name: 'least' | 'most']> = {
  minLength: ['too-short', 'least'],
  maxLength: ['too-long', 'most'],
  minItems: ['too-few', 'least'],
  maxItems: ['too-many', 'most'],
  minimum: ['too-small', 'least'],
  maximum: ['too-large', 'most'],
};

/** The same as a fault: with its place, and a code for programs and for pages in other languages. */
export function faultOf(error: SchemaError): Fault {
  const { keyword, instancePath, params, message } = error;
  const missing = params.missingProperty ?? params.additionalProperty;
  return {
    path: missing === undefined ? instancePath : `${instancePath}/${missing}`,
    message: keyword === 'additionalProperties' ? 'is not a known field' : (message ?? 'is not right'),
    ...codeOf(error),
  };
}

/** What kind of fault it is, with the figure of the rule. */
export function codeOf({ keyword, params }: SchemaFault): Pick<Fault, 'code' | 'params'> {
  if (keyword === 'required') return { code: 'missing' };
  if (keyword === 'additionalProperties') return { code: 'unknown-field' };
  const bound = bounds[keyword];
  if (!bound) return { code: 'wrong-form' };
  const [code, name] = bound;
  return { code, params: { [name]: params.limit as number } };
}
