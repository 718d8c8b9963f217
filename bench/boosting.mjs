// Our gradient boosting against LightGBM on the same rows: those of Online Retail II, with the same four candidates, one thread each.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MODELS } from '@holdfast/training';

import { root } from '../tools/prepare.mjs';
import { median } from './processes.mjs';
import { runPython } from './python.mjs';
import { row } from './results.mjs';

const LIGHTGBM = `
import json, sys, time
import numpy as np
import lightgbm as lgb

folder, columns = sys.argv[1], int(sys.argv[2])
def rows(name):
    return np.fromfile(f'{folder}/{name}.x', '<f4').reshape(-1, columns), np.fromfile(f'{folder}/{name}.y', 'u1')
(x, y), (vx, vy) = rows('training'), rows('validation')
started, cpu = time.perf_counter(), time.process_time()
losses = []
for leaves in (5, 15):
    for least in (20, 100):
        model = lgb.LGBMClassifier(num_leaves=leaves, min_child_samples=least, learning_rate=0.03, n_estimators=800, subsample=0.7,
            subsample_freq=1, colsample_bytree=0.6, reg_lambda=5, random_state=int(sys.argv[3]), n_jobs=1, verbose=-1)
        model.fit(x, y, eval_set=[(vx, vy)], eval_metric='binary_logloss', callbacks=[lgb.early_stopping(40, verbose=False)])
        losses.append(model.best_score_['valid_0']['binary_logloss'])
print(json.dumps(dict(wall=time.perf_counter() - started, cpu=time.process_time() - cpu, loss=min(losses), version=lgb.__version__)))
`;

const loglossOf = (logits, y) =>
  logits.reduce(
    (sum, logit, i) => sum + Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - y[i] * logit,
    0,
  ) / y.length;

/** Fits `runs` times each, in turn. */
export async function boosting({ runs = 3 } = {}) {
  const { prepareTask } = await import(join(root, 'apps', 'trainer', 'dist', 'evaluate', 'prepare-task.js'));
  const { task } = await prepareTask({ data: 'online-retail-ii' });
  const ours = MODELS.find(({ key }) => key === 'lightgbm');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-boosting-'));
  try {
    for (const name of ['training', 'validation']) {
      const { x, y } = task[name];
      await writeFile(join(folder, `${name}.x`), x.values);
      await writeFile(join(folder, `${name}.y`), y);
    }
    const [own, peer] = [[], []];
    for (let seed = 0; seed < runs; seed++) {
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      const fitted = await ours.fit(task, seed);
      const { user, system } = process.cpuUsage(cpu);
      const wall = (performance.now() - started) / 1_000;
      own.push({
        wall,
        cpu: (user + system) / 1e6,
        loss: loglossOf(fitted.logits(task.validation), task.validation.y),
      });
      const theirs = await runPython(LIGHTGBM, [folder, task.training.x.columns, seed], {
        name: 'LightGBM',
        pip: 'lightgbm scikit-learn',
      });
      if (theirs) peer.push(theirs);
    }
    const of = (some, what) => median(some.map((one) => one[what]));
    const against = peer.length > 0 ? `LightGBM ${peer[0].version}, one thread` : null;
    const rows = `gradient boosting of ${task.training.y.length} rows, four candidates`;
    const figures = [
      { what: 'wall', name: 'wall time', unit: 's', digits: 1 },
      { what: 'cpu', name: 'CPU time', unit: 's', digits: 1 },
      { what: 'loss', name: 'log-loss at validation', unit: '', digits: 4 }, // or the faster one would be the one that stops early
    ];
    return figures.map(({ what, name, unit, digits }) => {
      const value = Number(of(own, what).toFixed(digits));
      if (!against) return row(`${rows}, ${name}`, value, unit, { runs });
      const theirs = of(peer, what);
      return row(`${rows}, ${name}`, value, unit, {
        against: `${against}: ${theirs.toFixed(digits)} ${unit}`.trim(),
        ratio: Number((of(own, what) / theirs).toFixed(3)),
        runs,
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
