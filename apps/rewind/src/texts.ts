// What a person is told before they decide, and after.
import { toIso } from '@holdfast/schemas';
import { type StageRewind } from '@holdfast/stream';

export const NOTHING_TO_DO = 'The database is no older than what the stages had reached: nothing to do.';
export const DONE = 'Done. Start the stages: they go on from the backup.';

/** What going on from the backup means. */
export function planText(plan: readonly StageRewind[]): string {
  const rows = plan.map(({ stage, positions, records, since }) => {
    const time = since === 0 ? 'the beginning' : toIso(since);
    const [count, of] = [records.toLocaleString('en-GB'), positions.size];
    return `  ${stage.name.padEnd(18)}${count.padStart(12)} records in ${of} partitions, from ${time} on`;
  });
  return `The database is an older backup. These records would be applied again:

${rows.join('\n')}

The same comes of them: the stages skip what they had written already, and decisions keep their ids and arms.
${sendsText(plan)}
To do it, stop all services but ingest, then: npm run rewind -- --yes
`;
}

/** The backup does not know what has left since. */
function sendsText(plan: readonly StageRewind[]): string {
  if (!plan.some(({ stage }) => stage.name === 'dispatch')) return '';
  return `Messages that have left since the backup may leave a second time, under the same key: a webhook can tell, a
mailbox may show both. See "Going on from an older backup" in docs/operations.md for how to hold them back.
`;
}
