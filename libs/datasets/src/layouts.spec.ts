import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BEHAVIOR_EVENTS } from '@holdfast/schemas';

import { type DatasetLine, LAYOUT_NAMES, openDataset } from './index.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'datasets-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes files into a folder of their own and reads them back as a data set. */
async function read(files: Record<string, string>, layout?: string) {
  const own = await mkdtemp(join(folder, 'set-'));
  for (const [name, text] of Object.entries(files)) {
    const bytes = name.endsWith('.gz') ? gzipSync(text) : name.endsWith('.br') ? brotliCompressSync(text) : text;
    await writeFile(join(own, name), bytes);
  }
  const names = Object.keys(files);
  const dataset = await openDataset(names.length === 1 ? join(own, names[0]!) : own, layout);
  const lines: DatasetLine[] = [];
  for await (const line of dataset.events()) lines.push(line);
  const events = lines.flatMap((line) => ('event' in line ? [line.event] : []));
  const bad = lines.flatMap((line) => ('event' in line ? [] : [`${line.file}:${line.line} ${line.reason}`]));
  return { dataset, lines, events, bad };
}

interface Case {
  readonly layout: string;
  readonly files: Record<string, string>;
  /** `time type customer amountMinor lines` of each event, `-` where there is none. */
  readonly events: readonly string[];
  readonly bad: readonly string[];
}

const cases: readonly Case[] = [
  {
    layout: 'online-retail-ii',
    files: {
      'online_retail_II_year_2009_2010.csv':
        'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n' +
        '489434,85048,"BALL, GLASS",12,2009-12-01 07:46:00,6.95,13085,United Kingdom\n' +
        '489434,22041,FRAME,2,2009-12-01 07:45:00,2.10,13085,United Kingdom\n' +
        'C489449,22087,BUNTING,-12,2009-12-01 10:33:00,2.95,16321,Australia\n' +
        '489450,22087,BUNTING,1,2009-12-01 10:34:00,2.95,,Australia\n' +
        '489451,22087,BUNTING,1,2009-12-01 10:35:00,0,13085,Australia\n' +
        '536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n',
      'online_retail_II_year_2010_2011.csv':
        'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n' +
        '536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n',
    },
    events: [
      '2009-12-01T07:45:00 purchase 13085 8760 2',
      '2009-12-01T10:33:00 refund 16321 3540 1',
      '2010-12-01T08:26:00 purchase 17850 1530 1',
    ],
    bad: [
      'online_retail_II_year_2009_2010.csv:5 no-customer',
      'online_retail_II_year_2009_2010.csv:6 no-purchase',
      'online_retail_II_year_2009_2010.csv:7 overlap',
    ],
  },
  {
    layout: 'cdnow',
    files: {
      'CDNOW_master.txt.gz':
        ' customer_id  date number_of_cds  dollar_value\n 00002 19970112  1   12.00\n 00001 19970101  1   11.77\n' +
        ' 00002 19970112  5   77.00\n 00003 19971332  5   77.00\n',
      'CDNOW_sample.txt': ' 00002 0001 19970112  1   12.00\n', // in the other one, too
    },
    events: [
      '1997-01-01T00:00:00 purchase 00001 1177 -',
      '1997-01-12T00:00:00 purchase 00002 1200 -',
      '1997-01-12T00:00:00 purchase 00002 7700 -',
    ],
    bad: ['CDNOW_master.txt.gz:5 bad-time'],
  },
  {
    layout: 'cdnow',
    files: { 'sample.txt': ' 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n' },
    events: ['1997-01-01T00:00:00 purchase 00004 2933 -', '1997-01-18T00:00:00 purchase 00004 2973 -'],
    bad: [],
  },
  {
    layout: 'ga4',
    files: {
      'events.csv':
        'user_id,ga_session_id,country,device,type,item_id,date\n' +
        '2133,16909,US,mobile,purchase,94,2020-11-01 00:27:14\n2133,16909,US,mobile,purchase,425,2020-11-01 00:27:14\n' +
        '5789,16909,SE,desktop,add_to_cart,94,2020-11-01 00:10:00\n5789,16909,SE,desktop,nap,1,2020-11-01 00:10:00\n',
      'items.csv':
        'id,name,brand,variant,category,price_in_usd\n94,Cap,Google,One,Apparel,14\n425,Mug,Google,One,New,28\n',
    },
    events: [
      '2020-11-01T00:10:00 view 5789 - -',
      '2020-11-01T00:10:00 cart 5789 1400 1',
      '2020-11-01T00:27:14 view 2133 - -',
      '2020-11-01T00:27:14 purchase 2133 4200 2',
    ],
    bad: ['events.csv:5 unknown-type'],
  },
  {
    layout: 'rees46',
    files: {
      '2019-Oct.csv':
        'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n' +
        '2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde\n' +
        '2019-10-01 00:00:02 UTC,purchase,3900821,2053,appliances.kitchen,aqua,33.20,554748717,9333dfbd\n' +
        '2019-10-01 00:00:01 UTC,cart,3900821,2053,appliances.kitchen,aqua,33.20,554748717,9333dfbd\n',
    },
    events: ['2019-10-01T00:00:00 view 541312140 3579 -', '2019-10-01T00:00:02 purchase 554748717 3320 1'],
    bad: ['2019-Oct.csv:4 out-of-order'],
  },
  {
    layout: 'retailrocket',
    files: {
      'events.csv':
        'timestamp,visitorid,event,itemid,transactionid\n1433220848630,467124,transaction,396318,77\n' +
        '1433220848631,467124,transaction,396319,77\n1433193132535,1134473,view,396045,\nsoon,1,view,2,\n',
    },
    events: ['2015-06-01T21:12:12 view 1134473 - -', '2015-06-02T04:54:08 purchase 467124 - 2'],
    bad: ['events.csv:5 bad-time'],
  },
  {
    layout: 'taobao',
    files: {
      'UserBehavior.csv':
        '1,2268318,2520377,pv,1511544070\n1,2333346,2520771,buy,1511561733\n1,1,1,pv,-1\n1,5,6,buy,1511561733\n',
    },
    events: ['2017-11-25T01:21:10 view 1 - -', '2017-11-25T06:15:33 purchase 1 - 2'],
    bad: ['UserBehavior.csv:3 bad-time'],
  },
  {
    layout: 'complete-journey',
    files: {
      'transactions_sample.csv':
        '"household_id","store_id","basket_id","product_id","quantity","sales_value","retail_disc","coupon_disc","coupon_match_disc","week","transaction_timestamp"\n' +
        '"2261","309","316","940996",1,3.86,0.43,0,0,5,"2017-01-28 14:06:53"\n' +
        '"2261","309","316","873902",2,1.59,0.9,0,0,5,"2017-01-28 14:06:53"\n"1","1","2","3",0,0,0,0,0,1,"2017-01-01 00:00:00"\n',
      'coupon_redemptions.csv':
        '"household_id","coupon_upc","campaign_id","redemption_date"\n"2261","51380041013","26",2017-01-01\n' +
        '"2261","51380041313","26",2017-01-01\n"165","53377610033","26",2017-01-03\n',
    },
    events: ['2017-01-01T00:00:00 coupon-applied 2261 - -', '2017-01-28T14:06:53 purchase 2261 545 2'],
    bad: ['transactions_sample.csv:4 no-purchase', 'coupon_redemptions.csv:4 no-purchase'],
  },
  {
    layout: 'segment',
    files: {
      'export.ndjson.gz':
        '{"type":"track","event":"Order Completed","userId":"u1","timestamp":"2024-02-01T10:00:00Z","messageId":"m2",' +
        '"properties":{"order_id":"o1","total":"1200","currency":"JPY","products":[{"sku":"a","price":600,"quantity":2}]}}\n' +
        '{"type":"page","name":"Home","anonymousId":"a9","timestamp":"2024-02-01T09:00:00.000Z","messageId":"m1"}\n' +
        '{"type":"track","event":"Product Viewed"}\nnot json\n{"type":"dance","userId":"u1","timestamp":"2024-02-01T10:00:00Z"}\n',
    },
    events: ['2024-02-01T09:00:00 view a9 - -', '2024-02-01T10:00:00 purchase u1 1200 1'],
    bad: ['export.ndjson.gz:3 no-customer', 'export.ndjson.gz:4 bad-json', 'export.ndjson.gz:5 unknown-type'],
  },
  {
    layout: 'csv',
    files: {
      'history.csv.br':
        'customer_id,occurred_at,type,order_id,amount,currency,sku,quantity,category,discount\n' +
        'c1,2024-01-02T10:00:00+02:00,purchase,o1,10.00,EUR,a,1,tea,\nc1,2024-01-02T10:00:00+02:00,purchase,o1,5.5,EUR,b,2,tea,0.50\n' +
        'c2,2024-01-01,cart-add,,1.005,KWD,a,1,,\nc2,2024-01-03,dance,,,,,,,\n,2024-01-03,view,,,,,,,\nc2,2024-01-03,view,,ten,,,,,\n' +
        'c2,2024-01-03,purchase,"o,9,1,EUR,,,,\nc2,2024-01-04 08:00,refund,o1,-5.5,EUR,b,-1,,\n',
    },
    events: [
      '2024-01-01T00:00:00 cart c2 1005 -',
      '2024-01-02T08:00:00 purchase c1 1550 2',
      '2024-01-04T08:00:00 refund c2 550 1',
    ],
    bad: [
      'history.csv.br:5 unknown-type',
      'history.csv.br:6 no-customer',
      'history.csv.br:7 bad-number',
      'history.csv.br:8 bad-csv',
    ],
  },
];

describe('a data set', () => {
  it.each(cases)('in the layout $layout becomes events in time order, bad lines named', async (one) => {
    const { dataset, events, bad } = await read(one.files);
    expect(dataset.layout).toBe(one.layout);
    expect(
      events.map((e) => {
        const time = new Date(e.occurredAt).toISOString().slice(0, 19);
        return `${time} ${e.type} ${e.customer} ${e.amountMinor ?? '-'} ${e.lines?.length ?? '-'}`;
      }),
    ).toEqual(one.events);
    expect([...bad].sort()).toEqual([...one.bad].sort());
  });

  it.each(cases)('in the layout $layout gives events that pass the schema, under ids of their own', async (one) => {
    const { events } = await read(one.files);
    for (const event of events) {
      const bytes = BEHAVIOR_EVENTS.encode(event, { id: event.messageId, sequence: 1 });
      expect(BEHAVIOR_EVENTS.decode(bytes)).toEqual(event);
      expect(event).toMatchObject({ shop: 'main', origin: 'replay', receivedAt: event.occurredAt });
    }
    expect(new Set(events.map((event) => event.messageId)).size).toBe(events.length);
    expect((await read(one.files)).events).toEqual(events);
  });

  it('covers every layout there is', () => {
    expect(new Set(cases.map((one) => one.layout))).toEqual(new Set(LAYOUT_NAMES));
  });

  it('says what to do when the layout is not known', async () => {
    await expect(read({ 'x.csv': 'a,b\n1,2\n' })).rejects.toThrow(/does not know the layout.*customer_id/s);
    await expect(read({ 'x.csv': 'a,b\n1,2\n' }, 'excel')).rejects.toThrow(/No layout is called "excel"; there are/);
    await expect(read({ 'x.csv': '' })).rejects.toThrow(/x\.csv begins with an empty line, or is empty/);
    await expect(openDataset('cdnow')).rejects.toThrow(/does not come with Holdfast; get it/);
    await expect(openDataset('/nowhere.csv')).rejects.toThrow('There is no file /nowhere.csv');
  });

  it('lets an unclosed quote cost its own line only', async () => {
    const { events, bad } = await read({
      'x.csv': 'customer_id,occurred_at,type,sku\nc,2024-01-01,view,"a\n' + 'c,2024-01-02,view,b\n'.repeat(100),
    });
    expect(bad).toEqual(['x.csv:2 bad-csv']);
    expect(events).toHaveLength(100);
  });

  it('reads quoted fields that hold commas, quotes and line ends', async () => {
    const { events } = await read({
      'x.csv': 'customer_id,occurred_at,type,sku\r\n"c,""1""",2024-01-01,view,"a\nb"\r\nd,2024-01-02,view,z\r\n',
    });
    expect(events.map((e) => [e.customer, e.sku])).toEqual([['c,"1"', 'a\nb'], ['d', 'z']]); // prettier-ignore
  });
});
