// What a replay came to: for people as a few lines, for programs as JSON.

/** The layout of `--json FILE`. All arrays are sorted, so that two runs can be compared. */
export interface Summary {
  readonly events: {
    readonly read: number;
    readonly accepted: number;
    readonly duplicates: number;
    /** By reason. */
    readonly rejected: Readonly<Record<string, number>>;
  };
  readonly customers: number;
  readonly crossings: readonly { readonly tier: string; readonly cause: string; readonly count: number }[];
  readonly decisions: readonly { readonly playbook: string; readonly arm: string; readonly count: number }[];
  readonly outcomes: readonly {
    readonly playbook: string;
    readonly arm: string;
    readonly settled: number;
    readonly purchased: number;
  }[];
  readonly wallSeconds: number;
  readonly eventsPerSecond: number;
}

const number = (value: number): string => value.toLocaleString('en-GB');
const total = (rows: readonly { readonly count: number }[]): number => rows.reduce((sum, { count }) => sum + count, 0);

/** The summary as a person wants to read it. */
export function summaryText(summary: Summary): string {
  const { events, crossings, decisions, outcomes } = summary;
  const rejected = Object.entries(events.rejected).map(([reason, count]) => `${number(count)} ${reason}`);
  const silent = total(crossings.filter(({ cause }) => cause === 'silence'));
  const lines = [
    `${number(events.accepted)} of ${number(events.read)} events of ${number(summary.customers)} customers taken in, ` +
      `${number(summary.eventsPerSecond)} a second` +
      (rejected.length > 0 ? ` (rejected: ${rejected.join(', ')})` : ''),
    `${number(total(crossings))} times a customer crossed into a higher tier, ${number(silent)} of them by silence alone`,
    ...decisions.map(({ playbook, arm, count }) => {
      const outcome = outcomes.find((o) => o.playbook === playbook && o.arm === arm);
      const bought =
        outcome && outcome.settled > 0 ? `, ${percent(outcome.purchased / outcome.settled)} bought in time` : '';
      return `  ${playbook}, ${arm}: ${number(count)} decisions${bought}`;
    }),
    'All of it simulated: nobody was contacted, so the expected effect is zero.',
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
