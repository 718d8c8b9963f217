// Progress of the replay: a bar on a terminal, a line for every tenth elsewhere.
import { SingleBar } from 'cli-progress';

export interface Progress {
  /** `share` 0..1; `detail` is shown behind the bar. */
  update(share: number, detail: string): void;
  stop(): void;
}

/** A progress display on `stream`. */
export function showProgress(title: string, stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(title, stream) : tenths(title, stream);
}

function bar(title: string, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar({
    stream,
    format: `${title} {bar} {percentage} %  {detail}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: false,
  });
  single.start(1_000, 0, { detail: '' });
  return {
    update: (share, detail) => single.update(Math.floor(share * 1_000), { detail }),
    stop: () => single.stop(),
  };
}

function tenths(title: string, stream: NodeJS.WriteStream): Progress {
  let shown = -1;
  return {
    update(share, detail) {
      const tenth = Math.floor(share * 10);
      if (tenth <= shown) return;
      shown = tenth;
      stream.write(`${title} ${tenth * 10} %  ${detail}\n`);
    },
    stop: () => undefined,
  };
}
