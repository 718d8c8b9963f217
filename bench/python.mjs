// A program in Python that something of ours is held against, where Python has what it needs.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const call = promisify(execFile);

/** What it prints, JSON; null: its package is not there, which is said. */
export async function runPython(program, args, { name, pip }) {
  try {
    const { stdout } = await call(process.env.PYTHON || 'python3', ['-c', program, ...args.map(String)]);
    return JSON.parse(stdout);
  } catch (error) {
    if (!/No module named|is required for|ENOENT/.test(String(error.stderr ?? error.message))) throw error;
    process.stderr.write(
      `Without ${name} there is nothing to hold it against: pip install ${pip}, or name a PYTHON that has it.\n`,
    );
    return null;
  }
}
