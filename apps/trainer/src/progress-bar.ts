// What a person sees while training: a bar with loss and time left; without a terminal, one line an epoch.
import { type FitProgress } from '@holdfast/training';
import { Presets, SingleBar } from 'cli-progress';

/** Shows progress until `stop`. */
export interface ProgressBar {
  show(progress: FitProgress): void;
  stop(): void;
}

const text = (value: number | null): string => (value === null ? '–' : value.toFixed(4));

/** A bar on stderr over at most `epochs` epochs. */
export function openProgressBar(epochs: number): ProgressBar {
  if (!process.stderr.isTTY) return lines();
  const bar = new SingleBar(
    {
      format: 'training |{bar}| epoch {epoch} · loss {loss} · validation {validation} · at most {eta_formatted} left',
      etaBuffer: 60,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    show({ epoch, batch, batches, loss, validation }) {
      const payload = { epoch: `${epoch}/${epochs}`, loss: text(loss), validation: text(validation) };
      if (!started) bar.start(epochs * batches, 0, payload);
      started = true;
      bar.update((epoch - 1) * batches + batch, payload);
    },
    stop: () => bar.stop(),
  };
}

const lines = (): ProgressBar => ({
  show({ epoch, batch, batches, loss, validation }) {
    if (batch === batches) {
      process.stderr.write(`epoch ${epoch}: loss ${text(loss)}, best validation so far ${text(validation)}\n`);
    }
  },
  stop: () => {},
});
