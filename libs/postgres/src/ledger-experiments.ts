// The sums from which libs/policy computes effects: one row per playbook, real and simulated apart, made by the database so
// that it costs the same whatever the number of units.
import { type Transaction } from './transaction.js';

interface Sums {
  readonly y: number;
  readonly yy: number;
  readonly x: number;
  readonly xx: number;
  readonly xy: number;
}
/** One arm; the shape of `ArmMoments` in libs/policy. */
export interface ArmSums {
  readonly assigned: number;
  readonly settled: number;
  readonly purchased: number;
  readonly purchase: Sums;
  readonly margin: Sums;
}
/** One playbook; the shape of `Experiment` in libs/policy: `effectOf(row)` is its effect. */
export interface ExperimentRow {
  readonly playbook: string;
  readonly isSimulated: boolean;
  readonly treatment: ArmSums;
  readonly holdOut: ArmSums;
  readonly holdOutShare: number;
}

const sums = (y: string, x: string, name: string) =>
  [
    ['y', y],
    ['yy', `${y} * ${y}`],
    ['x', x],
    ['xx', `${x} * ${x}`],
    ['xy', `${x} * ${y}`],
  ].map(([sum, term]) => `coalesce(sum(${term}), 0)::float8 as ${name}_${sum}`);

const QUERY = `
  select playbook, is_simulated, arm, count(*) as assigned, count(y) as settled, count(*) filter (where y = 1) as purchased,
         avg(hold_out_share)::float8 as share, ${sums('y', 'x1', 'p').join(', ')}, ${sums('m', 'x2', 'm').join(', ')}
    from (
      select playbook, is_simulated, arm,
             case arm when 'hold-out' then propensity else 1 - propensity end as hold_out_share,
             case when settled_at is not null then purchased::int end as y,
             case when settled_at is not null then margin_minor end as m,
             case when settled_at is not null then ln(1 + greatest(prior_orders, 0)) end as x1,
             case when settled_at is not null then ln(1 + greatest(prior_spend_minor, 0)) end as x2
        from decisions where shop = $1 and is_unit
    ) units
   group by playbook, is_simulated, arm order by playbook, is_simulated, arm`;

type Row = Readonly<Record<string, number>> & {
  readonly playbook: string;
  readonly is_simulated: boolean;
  readonly arm: string;
};

/** All experiments of a shop, sorted by playbook. */
export async function listExperiments(database: Transaction, shop: string): Promise<ExperimentRow[]> {
  const rows = await database.query<Row>(QUERY, [shop]);
  const keys = [...new Set(rows.map((row) => `${row.playbook}\u0000${row.is_simulated}`))];
  return keys.map((key) => {
    const [playbook, simulated] = key.split('\u0000') as [string, string];
    const arms = rows.filter((row) => row.playbook === playbook && String(row.is_simulated) === simulated);
    const total = arms.reduce((sum, row) => sum + row.assigned!, 0);
    return {
      playbook,
      isSimulated: simulated === 'true',
      treatment: armOf(arms.find(({ arm }) => arm === 'treatment')),
      holdOut: armOf(arms.find(({ arm }) => arm === 'hold-out')),
      holdOutShare: arms.reduce((sum, row) => sum + row.share! * row.assigned!, 0) / total,
    };
  });
}

function armOf(row: Row | undefined): ArmSums {
  const value = (name: string) => row?.[name] ?? 0;
  const sumsOf = (name: string): Sums => ({
    y: value(`${name}_y`),
    yy: value(`${name}_yy`),
    x: value(`${name}_x`),
    xx: value(`${name}_xx`),
    xy: value(`${name}_xy`),
  });
  return {
    assigned: value('assigned'),
    settled: value('settled'),
    purchased: value('purchased'),
    purchase: sumsOf('p'),
    margin: sumsOf('m'),
  };
}
