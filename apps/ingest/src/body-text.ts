// The text of a request: its body as it comes, unpacked. Every byte of it is counted while it is held.
import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { type Answer, ANSWERS, BATCH_LIMIT } from './answer.js';
import { type Hold } from './in-flight.js';

const unzip = promisify(gunzip);

/** Reads it, or says why not. */
export async function readText(request: IncomingMessage, hold: Hold): Promise<string | Answer> {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') return ANSWERS.encoding(encoding);
  if (Number(request.headers['content-length'] ?? 0) > BATCH_LIMIT) return ANSWERS.tooLarge;
  const body = await readBody(request, hold);
  if (!Buffer.isBuffer(body)) return body;
  return encoding === 'gzip' ? unpack(body, hold) : body.toString('utf8');
}

/** After a refusal the rest is read and thrown away, so that the connection stays good for the next request. */
const readBody = (request: Readable, hold: Hold): Promise<Buffer | Answer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BATCH_LIMIT && hold(bytes)) return void chunks.push(chunk);
      request.off('data', onData).resume();
      chunks.length = 0;
      resolve(bytes > BATCH_LIMIT ? ANSWERS.tooLarge : ANSWERS.overloaded);
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => resolve(ANSWERS.cutOff));
  });

async function unpack(packed: Buffer, hold: Hold): Promise<string | Answer> {
  // Until it is unpacked, it counts as large as it may become.
  if (!hold(packed.length + BATCH_LIMIT)) return ANSWERS.overloaded;
  try {
    const body = await unzip(packed, { maxOutputLength: BATCH_LIMIT });
    hold(body.length);
    return body.toString('utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_BUFFER_TOO_LARGE' ? ANSWERS.tooLarge : ANSWERS.notGzip(message);
  }
}
