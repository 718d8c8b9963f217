// Consumer groups of the stages, as Kafka's own tools show them.

/** Of a task or sink. */
export const groupOf = (stage: string): string => `holdfast.${stage}`;
