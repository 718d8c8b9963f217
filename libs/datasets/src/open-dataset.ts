// The one way in: a name of a shipped set, a file or a folder → a data set whose events come in time order.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type EventType } from '@holdfast/schemas';

import { type DatasetLine } from './dataset-line.js';
import { type FileSet, type Layout } from './layout.js';
import { LAYOUT_NAMES, layoutNamed, layoutOfLine } from './layouts.js';
import { firstLine } from './open-file.js';
import { type DatasetContext, jsonLines, tableLines } from './read-layout.js';

/** History, ready to be read any number of times. */
export interface Dataset {
  /** What it was asked for by. */
  readonly name: string;
  /** Name of the layout. */
  readonly layout: string;
  readonly about: string;
  readonly shop: string;
  /** Base currency of the shop, ISO 4217. */
  readonly currency: string;
  /** What churn is told from: events of this type do not come any more. */
  readonly target: EventType;
  /** The files read, in order. */
  readonly files: readonly string[];
  /** Events in time order; between them lines that became none. Throws only when a file cannot be read. */
  events(): AsyncIterable<DatasetLine>;
}

/** Data sets that come with the repository, below data/. */
const SHIPPED: Readonly<Record<string, string>> = { 'online-retail-ii': 'online-retail-ii.csv.gz' };
const dataFolder = fileURLToPath(new URL('../../../data/', import.meta.url));
const READABLE = /\.(csv|txt|tsv|ndjson|jsonl|json)(\.gz|\.br)?$/i;

/**
 * Opens a data set: the name of a shipped one (`online-retail-ii`), a file or a folder. The layout is read off the first line
 * unless named. Throws an `Error` with a plain sentence when there is no such file, or its layout is not known.
 */
export async function openDataset(nameOrFile: string, layout?: string): Promise<Dataset> {
  const path = await locate(nameOrFile);
  const { chosen, files } = await choose(path, layout === undefined ? null : layoutNamed(layout));
  const context: DatasetContext = { shop: 'main', currency: chosen.currency, files };
  return {
    name: nameOrFile,
    layout: chosen.name,
    about: chosen.about,
    shop: context.shop,
    currency: chosen.currency,
    target: chosen.target ?? 'purchase',
    files: files.main,
    events: () => (chosen.kind === 'table' ? tableLines(chosen, context) : jsonLines(chosen, context)),
  };
}

async function locate(nameOrFile: string): Promise<string> {
  if (await exists(nameOrFile)) return nameOrFile;
  const shipped = SHIPPED[nameOrFile];
  if (shipped !== undefined && (await exists(join(dataFolder, shipped)))) return join(dataFolder, shipped);
  if (LAYOUT_NAMES.includes(nameOrFile)) {
    throw new Error(
      `The data set ${nameOrFile} does not come with Holdfast; get it (see data/README.md) and name its file instead.`,
    );
  }
  throw new Error(
    `There is no file ${nameOrFile}, nor a data set of that name. Shipped: ${Object.keys(SHIPPED).join(', ')}.`,
  );
}

async function choose(path: string, wanted: Layout | null): Promise<{ chosen: Layout; files: FileSet }> {
  const isFolder = (await stat(path)).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const names = (await readdir(folder)).filter((name) => READABLE.test(name)).sort();
  const beside = (part: string) => {
    const name = names.find((candidate) => candidate.includes(part));
    return name === undefined ? null : join(folder, name);
  };
  if (!isFolder) {
    const line = await firstLine(path);
    if (line.trim() === '') throw new Error(`${path} begins with an empty line, or is empty: export it again.`);
    const chosen = wanted ?? layoutOfLine(line);
    if (chosen === null) throw unknownLayout(path, line);
    return { chosen, files: { main: [path], beside } };
  }
  const found = new Map<Layout, string[]>();
  for (const name of names) {
    const file = join(folder, name);
    const line = await firstLine(file);
    const layout = wanted === null ? layoutOfLine(line) : wanted.fits(line) ? wanted : null;
    if (layout !== null) found.set(layout, [...(found.get(layout) ?? []), file]);
  }
  const [[chosen, main] = [], ...others] = [...found];
  if (chosen === undefined || main === undefined) throw unknownLayout(path, names.join(', '));
  if (others.length > 0) {
    const kinds = [...found].map(([layout, files]) => `${layout.name} (${files.map((f) => basename(f)).join(', ')})`);
    throw new Error(`The folder ${path} holds several data sets: ${kinds.join('; ')}. Name one file.`);
  }
  const own = main.map((file) => basename(file));
  const whole = main.filter((file) => !chosen.isIn?.(basename(file), own));
  return { chosen, files: { main: whole, beside } };
}

const unknownLayout = (path: string, seen: string): Error =>
  new Error(
    `Holdfast does not know the layout of ${path} (it begins with ${JSON.stringify(seen.slice(0, 120))}). ` +
      'Give the columns customer_id, occurred_at and type, or name one of the layouts ' +
      `${LAYOUT_NAMES.join(', ')} with --layout.`,
  );

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
