// Carries out one command.
import { letterJson, summaryJson } from './json.js';
import { readLetter, readLetters } from './letters.js';
import { type OpenPlace } from './open-place.js';
import { type CommandLine } from './options.js';
import { type Outcome, replay } from './replay.js';
import { standingOf } from './standing.js';
import { listText, outcomeText, sentText, showText, summaryText, type Told } from './texts.js';

/** Where a command writes to. */
export interface Output {
  readonly say: (text: string) => void;
  /** Of the terminal; Infinity: none. */
  readonly width: number;
}

const asJson = (value: unknown): string => JSON.stringify(value, null, 2);

/** Returns false when the one letter that was named could not be sent back. */
export async function run(command: CommandLine, place: OpenPlace, { say, width }: Output): Promise<boolean> {
  switch (command.command) {
    case 'list': {
      const told = await tell(
        place,
        await readLetters(place.broker, command.stage === null ? undefined : [command.stage]),
      );
      const shown = command.all ? told : told.filter(({ standing }) => standing !== 'taken-in');
      shown.sort((a, b) => a.letter.record.at - b.letter.record.at);
      if (command.json) say(asJson(shown.map(summaryJson)));
      else {
        if (shown.length > 0) say(`${listText(shown, width)}\n`);
        say(summaryText(shown, told.length - shown.length));
      }
      return true;
    }
    case 'show': {
      const [told] = await tell(place, [await readLetter(place.broker, command.id)]);
      say(command.json ? asJson(letterJson(told!)) : showText(told!));
      return true;
    }
    case 'replay': {
      const { id, stage, json } = command;
      const letters =
        id === null
          ? await readLetters(place.broker, stage === null ? undefined : [stage])
          : [await readLetter(place.broker, id)];
      const outcomes: Outcome[] = [];
      for await (const outcome of replay(place, letters)) {
        outcomes.push(outcome);
        // Of all the letters there ever were, only those that are still to be dealt with.
        if (!json && (id !== null || outcome.outcome !== 'taken-in')) say(outcomeText(outcome));
      }
      const sent = outcomes.filter(({ outcome }) => outcome === 'sent-back').length;
      if (json) say(asJson(outcomes));
      else if (sent > 0 || id === null) say(sentText(sent, place.isRunning));
      return id === null || outcomes.every(({ outcome }) => outcome !== 'refused');
    }
  }
}

async function tell(place: OpenPlace, letters: Awaited<ReturnType<typeof readLetters>>): Promise<Told[]> {
  const standing = await standingOf(place, letters);
  return letters.map((letter) => ({ letter, standing: standing.get(letter.id)! }));
}
