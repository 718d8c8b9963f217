// What the API answers when it cannot answer: one sentence.
import { HttpException } from '@nestjs/common';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

export const failure = Type.Object({ error: Type.String({ description: 'a sentence' }) }, { title: 'Failure' });

/** An HTTP error whose body is a sentence. */
export const refusal = (status: number, error: string): HttpException => new HttpException({ error }, status);

/** The query, checked. Throws 400 naming the parameter. */
export function readQuery<S extends TSchema>(schema: S, query: unknown): Static<S> {
  if (Value.Check(schema, query)) return query;
  const fault = Value.Errors(schema, query).First();
  const about = fault?.schema.description;
  const what = about === undefined ? '' : ` (${about})`;
  throw refusal(400, `The parameter ${JSON.stringify(fault?.path.slice(1))}${what} is not right: ${fault?.message}.`);
}
