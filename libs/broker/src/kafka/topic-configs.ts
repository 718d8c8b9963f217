// How topics are kept. A topic with an end to its days counts them from the time of writing: counted by the records' own time,
// a replay of old events would be deleted before anybody has read it. The records keep their own time all the same.
const DAY_MS = 86_400_000;

/** Kafka's settings for a topic kept so many days; null: for ever. */
export function topicConfigs(retentionDays: number | null): { name: string; value: string }[] {
  if (retentionDays === null) return [{ name: 'retention.ms', value: '-1' }];
  return [
    { name: 'retention.ms', value: String(retentionDays * DAY_MS) },
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
  ];
}
