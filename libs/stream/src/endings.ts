// The ways in which a partition's run ends. Everything else that is thrown is worth another try from the checkpoint.

/** Somebody newer owns the partition. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** The partition cannot go on until a person has looked: nothing resets by itself. `message` is a sentence that says what to do. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** The run was told to end without delay. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}
