// The folder that holds everything: checked before anything is started in it.
import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder that cannot be used; the message says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Creates the folder if need be. Throws {@link DataFolderError} when nothing can be written there. */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.W_OK);
    const probe = join(folder, '.writable');
    await writeFile(probe, '');
  } catch (error) {
    throw new DataFolderError(
      `Holdfast cannot write to ${folder} (${(error as NodeJS.ErrnoException).code}): choose another folder with --data-dir.`,
    );
  }
}

/** One by one: Node's own `recursive` never comes back where folders cannot be made at all, as in /proc. */
async function makeFolders(folder: string): Promise<void> {
  if (
    await access(folder).then(
      () => true,
      () => false,
    )
  )
    return;
  if (dirname(folder) !== folder) await makeFolders(dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** The write key of this installation, made at its first start. It may also import history. */
export async function writeKeyOf(folder: string): Promise<string> {
  const file = join(folder, 'write-key');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim() !== '') return kept.trim();
  const key = randomBytes(18).toString('base64url');
  // Written beside and renamed: a kill leaves no key or a whole one, never an empty one that no start gets past.
  await writeFile(`${file}.new`, `${key}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return key;
}
