// The OpenAPI document, made of the same schemas that the answers are typed by.
import { type TObject, type TSchema } from '@sinclair/typebox';

import { customer } from './api/customer.js';
import { customersPage, customersQuery } from './api/customers.js';
import { decisionTrace } from './api/decision-trace.js';
import { effects } from './api/effects.js';
import { failure } from './api/failure.js';
import { overview } from './api/overview.js';
import { riskAt, riskAtQuery } from './api/risk-at.js';
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

const inPath = (name: string) => [{ name, in: 'path', required: true, schema: { type: 'string' } }];

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
        parameters: inPath('id'),
        failures: { 404: 'Nobody of that name has been seen.' },
      }),
    },
    '/api/customers/{id}/risk': {
      get: operation(
        'riskAt',
        'What was known of a customer at an instant of the past, and said of them; read from the log, which takes a while.',
        riskAt,
        {
          parameters: [...inPath('id'), ...inQuery(riskAtQuery)],
          failures: {
            400: 'A parameter is not right, or the instant is still to come.',
            404: 'Nothing was known of them.',
            429: 'The log is being read for others.',
            503: 'A release that the log names is not in the folder.',
          },
        },
      ),
    },
    '/api/decisions/{id}': {
      get: operation(
        'decision',
        'One decision, what led to it, and what was known of the customer then.',
        decisionTrace,
        {
          parameters: inPath('id'),
          failures: {
            404: 'There is no such decision.',
            429: 'The log is being read for others.',
            503: 'A release that the log names is not in the folder.',
          },
        },
      ),
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
