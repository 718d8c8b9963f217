import { describe, expect, it } from '@jest/globals';

import { ApiController } from './api.controller.js';
import { openApiDocument } from './open-api.js';
import { PastController } from './past.controller.js';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: object }>>;
}
const operations = Object.entries(openApiDocument.paths).map(
  ([path, { get }]) => [path, get as unknown as Operation] as const,
);

describe('the OpenAPI document', () => {
  it('describes every route of the API and no other', () => {
    const routes = [ApiController.prototype, PastController.prototype].flatMap((controller) =>
      Object.getOwnPropertyNames(controller)
        .filter((name) => name !== 'constructor')
        .map((name) => {
          const handler = controller[name as keyof typeof controller] as object;
          return `/api/${String(Reflect.getMetadata('path', handler)).replace(/\*|:id/, '{id}')}`;
        }),
    );
    expect([...operations.map(([path]) => path), '/api/openapi.json'].sort()).toEqual(routes.sort());
  });

  it('is OpenAPI 3.1: unique operations, declared path parameters, a described answer with a schema each', () => {
    expect(openApiDocument).toMatchObject({
      openapi: '3.1.0',
      info: { title: expect.any(String), version: expect.any(String) },
    });
    const ids = operations.map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, { parameters = [], responses, summary }] of operations) {
      expect(summary).toMatch(/\.$/);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((p) => p.in === 'path').map((p) => p.name)).toEqual(inPath);
      expect(responses['200']).toBeDefined();
      for (const { description, content } of Object.values(responses)) {
        expect(description).toMatch(/\.$/);
        for (const media of Object.values(content) as { schema: object }[]) expect(media.schema).toHaveProperty('type');
      }
    }
  });

  it('holds nothing but JSON Schema 2020-12: known keywords, known types, required fields that exist', () => {
    const keywords = new Set([
      'type', 'properties', 'required', 'items', 'anyOf', 'const', 'title', 'description', 'format', 'minimum', 'maximum', 'maxLength', 'minLength',
      'pattern',
    ]); // prettier-ignore
    const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
    const check = (schema: Record<string, unknown>, where: string): void => {
      expect([where, Object.keys(schema).filter((key) => !keywords.has(key))]).toEqual([where, []]);
      if (schema['type'] !== undefined) expect(types).toContain(schema['type']);
      else expect(schema).toHaveProperty('anyOf');
      const properties = (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>;
      expect(Object.keys(properties)).toEqual(expect.arrayContaining((schema['required'] as string[]) ?? []));
      for (const [name, property] of Object.entries(properties)) check(property, `${where}/${name}`);
      for (const option of (schema['anyOf'] ?? []) as Record<string, unknown>[]) check(option, `${where}?`);
      if (schema['items']) check(schema['items'] as Record<string, unknown>, `${where}[]`);
    };
    for (const [path, { responses, parameters = [] }] of operations) {
      for (const parameter of parameters)
        check(parameter.schema as Record<string, unknown>, `${path}?${parameter.name}`);
      for (const { content } of Object.values(responses))
        for (const media of Object.values(content) as { schema: Record<string, unknown> }[]) check(media.schema, path);
    }
  });
});
