// The OpenAPI document, made of the same schemas that the answers are typed by.
import { type TObject, type TSchema } from '@sinclair/typebox';

import { customer } from './api/customer.js';
import { customersPage, customersQuery } from './api/customers.js';
import { effects } from './api/effects.js';
import { failure } from './api/failure.js';
import { overview } from './api/overview.js';
import { summary, summaryQuery } from './api/summary.js';

const json = (description: string, schema: TSchema) => ({
  description,
  content: { 'application/json': { schema: plain(schema) } },
});

const operation = (
  operationId: string,
  summary: string,
  answer: TSchema,
  {
    parameters = [],
    failures = {},
  }: { parameters?: readonly object[]; failures?: Readonly<Record<string, string>> } = {},
) => ({
  operationId,
  summary,
  parameters,
  responses: {
    200: json('As asked.', answer),
    401: json('The token is missing or wrong.', failure),
    ...Object.fromEntries(Object.entries(failures).map(([code, why]) => [code, json(why, failure)])),
  },
});

const inQuery = (schema: TObject) =>
  Object.entries<TSchema>(schema.properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    ...(property.description === undefined ? {} : { description: property.description }),
    schema: plain(property),
  }));

/** Without TypeBox's symbols. */
const plain = (schema: TSchema): unknown => JSON.parse(JSON.stringify(schema));

export const openApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'Holdfast console',
    version: '1',
    description:
      'Which customers are about to leave, why, what was done about it, and whether it helped. Times are ISO 8601.',
  },
  security: [{ bearer: [] }, { cookie: [] }, { query: [] }, {}],
  paths: {
    '/api/overview': { get: operation('overview', 'The shop at a glance.', overview) },
    '/api/customers': {
      get: operation(
        'customers',
        'Customers by tier, those about to leave first, then by value at risk, page by page.',
        customersPage,
        {
          parameters: inQuery(customersQuery),
          failures: { 400: 'A parameter is not right.' },
        },
      ),
    },
    '/api/customers/{id}': {
      get: operation('customer', 'One customer: profile, risk to come, reasons, events, decisions.', customer, {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        failures: { 404: 'Nobody of that name has been seen.' },
      }),
    },
    '/api/effects': { get: operation('effects', 'Did it help? One row a playbook.', effects) },
    '/api/summary': {
      get: operation('summary', 'Counts up to an instant, sorted.', summary, {
        parameters: inQuery(summaryQuery),
        failures: { 400: 'A parameter is not right.' },
      }),
    },
    '/api/stream': {
      get: {
        operationId: 'stream',
        summary: 'Server-sent events: `overview`, whose data is that of /api/overview, whenever it changes.',
        responses: {
          200: { description: 'As it happens.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'holdfast_console' },
      query: { type: 'apiKey', in: 'query', name: 'token' },
    },
  },
};
