// What a person sees while training: a bar with loss and time left; without a terminal, one line an epoch.
import { type FitProgress } from '@holdfast/training';
import { Presets, SingleBar } from 'cli-progress';

/** Shows progress until `stop`. */
export interface ProgressBar {
  /** The teacher: fits done of fits needed. */
  teaching(done: number, of: number): void;
  /** The network. */
  training(progress: FitProgress): void;
  stop(): void;
}

const text = (value: number | null): string => (value === null ? '–' : value.toFixed(4));

/** A bar on stderr, first over the teacher's fits, then over at most `epochs` epochs. */
export function openProgressBar(epochs: number): ProgressBar {
  if (!process.stderr.isTTY) return lines();
  const bar = new SingleBar(
    {
      format: '{stage} |{bar}| {detail} · at most {eta_formatted} left',
      etaBuffer: 60,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let stage = '';
  const show = (now: string, value: number, total: number, detail: string) => {
    if (stage !== now) bar.start(total, value, { stage: now, detail });
    stage = now;
    bar.update(value, { detail });
  };
  return {
    teaching: (done, of) => show('teacher', done, of, `${done} of ${of} fits`),
    training({ epoch, batch, batches, loss, validation }) {
      const detail = `epoch ${epoch}/${epochs} · loss ${text(loss)} · validation ${text(validation)}`;
      show('network', (epoch - 1) * batches + batch, epochs * batches, detail);
    },
    stop: () => bar.stop(),
  };
}

const lines = (): ProgressBar => ({
  teaching: (done, of) => void process.stderr.write(`teacher: ${done} of ${of} fits\n`),
  training({ epoch, batch, batches, loss, validation }) {
    if (batch === batches) {
      process.stderr.write(`epoch ${epoch}: loss ${text(loss)}, best validation so far ${text(validation)}\n`);
    }
  },
  stop: () => {},
});
