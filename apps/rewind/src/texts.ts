// What a person is told before they decide, and after.
import { toIso } from '@holdfast/schemas';
import { type StageRewind } from '@holdfast/stream';

export const NOTHING_TO_DO = 'The database is no older than what the stages had reached: nothing to do.';

/** What going on from the backup means. */
export function planText(plan: readonly StageRewind[]): string {
  const rows = plan.map(({ stage, positions, records, since }) => {
    const time = since === 0 ? 'the beginning' : toIso(since);
    const [count, of] = [records.toLocaleString('en-GB'), positions.size];
    return `  ${stage.name.padEnd(18)}${count.padStart(12)} records in ${of} partitions, from ${time} on`;
  });
  return `The database is an older backup. These records would be applied again:

${rows.join('\n')}

The same comes of them: the stages skip what they had written already, and decisions keep their ids and arms. What
has become of messages is taken from intervention.events, so that none is sent again. Only one that had left when
the database was lost, and was not told of yet, leaves once more, under the same key.

To do it, stop all services but ingest, then: npm run rewind -- --yes
`;
}

/** `told`: messages of which the log knows what became of them. */
export const doneText = (told: number): string =>
  `Done: what became of ${told.toLocaleString('en-GB')} messages is noted. Start the services: they go on from the backup.`;
