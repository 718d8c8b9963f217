// Makes data/online-retail-ii.csv.gz from the two yearly files of UCI Online Retail II: the columns and rows that Holdfast reads, in
// time order, invoices in one piece. Usage: node tools/make-dataset.mjs FOLDER (with online_retail_II_year_*.csv[.gz]).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

const OUTPUT = new URL('../data/online-retail-ii.csv.gz', import.meta.url);
const COLUMNS = ['Invoice', 'StockCode', 'Quantity', 'InvoiceDate', 'Price', 'Customer ID'];

const folder = process.argv[2];
const files = folder ? readdirSync(folder).filter((name) => /^online_retail_II.*\.csv(\.gz)?$/i.test(name)) : [];
if (files.length !== 2) {
  console.error('Name the folder that holds the two yearly CSV files of Online Retail II.');
  process.exit(1);
}

const years = files.sort().map((name) => {
  const bytes = readFileSync(join(folder, name));
  return parse(name.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true, bom: true, relax_quotes: true });
});
// The week of 2010-12-01 is in both files: the first one ends where the second begins.
const end = years[1][0].InvoiceDate.slice(0, 10);
const rows = [...years[0].filter((row) => row.InvoiceDate < end), ...years[1]].filter((row) => {
  if (row['Customer ID'] === '') return false;
  const quantity = Number(row.Quantity);
  return row.Invoice.startsWith('C') ? quantity < 0 : quantity > 0 && Number(row.Price) > 0;
});

const invoices = new Map();
for (const row of rows) {
  const invoice = invoices.get(row.Invoice) ?? { at: row.InvoiceDate, rows: [] };
  if (row.InvoiceDate < invoice.at) invoice.at = row.InvoiceDate;
  invoice.rows.push(row);
  invoices.set(row.Invoice, invoice);
}
const inOrder = [...invoices.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
const lines = inOrder.flatMap((invoice) => invoice.rows.map((row) => COLUMNS.map((name) => row[name]).join(',')));
const text = `${COLUMNS.join(',')}\n${lines.join('\n')}\n`;
// zlib writes no time and no name: the same rows give the same bytes.
const packed = gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
writeFileSync(OUTPUT, packed);
console.log(`${lines.length} rows, ${invoices.size} invoices, ${(packed.length / 1e6).toFixed(2)} MB`);
