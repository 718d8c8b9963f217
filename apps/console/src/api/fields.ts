// Fields that several answers share.
import { ORIGINS, TIERS } from '@holdfast/schemas';
import { FormatRegistry, type TSchema, Type } from '@sinclair/typebox';

// TypeBox knows no formats of its own and would refuse them all.
FormatRegistry.Set('date-time', (text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)));
FormatRegistry.Set('date', (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)));

export const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Union(values.map((value) => Type.Literal(value as T[number])));
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const instant = (description: string) => Type.String({ format: 'date-time', description });
export const money = (description: string) =>
  Type.Number({ description: `${description}; minor units of the base currency` });

export const tierName = oneOf(TIERS);
export const causeName = oneOf(['event', 'silence'] as const);
export const originName = oneOf(ORIGINS);
