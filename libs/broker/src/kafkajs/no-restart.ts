/**
 * A kafkajs consumer that has crashed stays so, and whoever made it makes another: one that kafkajs starts again by itself cannot be
 * stopped in between, and would live on after it has been closed.
 */
export const NO_RESTART = { restartOnFailure: () => Promise.resolve(false) };
