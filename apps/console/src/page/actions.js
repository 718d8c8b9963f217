// What was done about it, and whether it helped.
import { h } from '/page/dom.js';
import { customerLink } from '/page/feed.js';
import { date, number, percent, plural } from '/page/words.js';

const states = {
  queued: 'waiting to be sent', 'no-channel': 'kept here: no channel is set up', simulated: 'simulated: never sent', sent: 'sent',
  failed: 'could not be sent', cancelled: 'cancelled before sending',
}; // prettier-ignore
export const messageState = (state) => states[state] ?? state;

const reasons = {
  expired: 'too late to act', returned: 'came back by themselves', 'no-consent': 'no consent', 'no-address': 'no address known',
  'open-decision': 'already being looked after', 'frequency-cap': 'contacted lately', 'expires-before-send': 'too late after quiet hours',
  capacity: 'no more messages that day', budget: 'budget used up', purchased: 'bought in the meantime', simulated: 'simulated',
}; // prettier-ignore
/** What a server has said about a failed message stays as it is. */
export const reasonWords = (reason) => reasons[reason] ?? reason;

/** Decisions by playbook: who was contacted, who was left alone. */
export function decisions({ decisions: rows, skipped, effects = [] }) {
  if (rows.length === 0) return h('p', { class: 'quiet' }, 'No decision yet. The first crossing will lead to one.');
  const playbooks = [...new Set(rows.map((row) => row.playbook))];
  const count = (playbook, arm) => rows.find((row) => row.playbook === playbook && row.arm === arm)?.count ?? 0;
  const left = skipped.reduce((sum, s) => sum + s.count, 0);
  return [
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Playbook'),
          h('th', { scope: 'col', class: 'n' }, 'Message'),
          h('th', { scope: 'col', class: 'n' }, 'Left alone'),
        ),
      ),
      h(
        'tbody',
        {},
        playbooks.map((playbook) =>
          h(
            'tr',
            {},
            h(
              'th',
              { scope: 'row' },
              rows.find((row) => row.playbook === playbook).name,
              effects.some((e) => e.playbook === playbook && e.isSimulated) && h('span', { class: 'tag' }, 'simulated'),
            ),
            h('td', { class: 'n' }, number(count(playbook, 'treatment'))),
            h('td', { class: 'n' }, number(count(playbook, 'hold-out'))),
          ),
        ),
      ),
    ),
    h('p', { class: 'quiet small' }, 'Some are left alone on purpose, by lot, so that the effect can be measured.'),
    left > 0 &&
      h(
        'p',
        { class: 'quiet small' },
        `Nothing was done about ${plural(left, 'crossing')}: `,
        [...skipped]
          .sort((a, b) => b.count - a.count)
          .map((s) => `${reasonWords(s.reason)} (${number(s.count)})`)
          .join(', '),
        '.',
      ),
  ];
}

const channels = {
  email: 'e-mail',
  sms: 'text message',
  push: 'push message',
  'in-app': 'in-app message',
  webhook: 'webhook',
  staff: 'a person',
};

/** Messages as they were, or would have been, sent. */
export function messageList({ messages, messageStates }) {
  if (messages.length === 0) return h('p', { class: 'quiet' }, 'No message yet.');
  return [
    h(
      'p',
      { class: 'small quiet' },
      messageStates.map((s) => `${number(s.count)} ${messageState(s.state)}`).join(' · '),
    ),
    h(
      'ul',
      { class: 'messages' },
      messages.map((m) =>
        h(
          'li',
          {},
          h(
            'details',
            {},
            h(
              'summary',
              { 'data-key': m.decisionId },
              h('span', { class: 'subject' }, m.subject),
              h(
                'span',
                { class: 'quiet small' },
                `${m.state === 'simulated' ? 'would have gone to' : 'to'} ${m.customer} by ${channels[m.channel] ?? m.channel}, ${date(m.at)}${messageStates.length > 1 ? ` · ${messageState(m.state)}` : ''}`,
              ),
            ),
            h('p', { class: 'body' }, m.body),
            h('p', { class: 'small' }, h('a', { href: customerLink(m.customer) }, 'See this customer')),
          ),
        ),
      ),
    ),
  ];
}

/** Effects against hold-out, each as a sentence and a dot with its interval. */
export function effects(list) {
  if (list.length === 0)
    return h('p', { class: 'quiet' }, 'Nothing to measure yet: the first decisions must run their course.');
  const widest = Math.max(
    0.02,
    ...list.flatMap((e) =>
      e.purchaseRate ? [Math.abs(e.purchaseRate.interval.low), Math.abs(e.purchaseRate.interval.high)] : [],
    ),
  );
  return list.map((e) =>
    h(
      'div',
      { class: 'effect' },
      h('h3', {}, e.name, e.isSimulated && h('span', { class: 'tag' }, 'simulated')),
      h('p', {}, e.sentence),
      e.purchaseRate && whisker(e.purchaseRate, widest),
      h(
        'p',
        { class: 'quiet small' },
        `Bought: ${rate(e.treatment)} with a message, ${rate(e.holdOut)} left alone.`,
        e.purchaseRate &&
          ` Difference ${points(e.purchaseRate.value)} points; 95 % interval from ${points(e.purchaseRate.interval.low)} to ${points(e.purchaseRate.interval.high)}.`,
      ),
    ),
  );
}

const points = (share) => `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(1)}`;
const rate = (arm) => (arm.rate === null ? 'nobody settled yet' : `${percent(arm.rate, 1)} of ${number(arm.settled)}`);

function whisker({ value, interval }, widest) {
  const x = (share) => 150 + 140 * Math.max(-1, Math.min(1, share / widest));
  const label = `Difference ${points(value)} points, between ${points(interval.low)} and ${points(interval.high)}`;
  return h(
    'svg',
    { class: 'whisker', viewBox: '0 0 300 34', role: 'img', 'aria-label': label },
    h('line', { x1: 4, x2: 296, y1: 14, y2: 14, class: 'axis' }),
    h('line', { x1: 150, x2: 150, y1: 4, y2: 24, class: 'zero' }),
    h('line', { x1: x(interval.low), x2: x(interval.high), y1: 14, y2: 14, class: 'interval' }),
    h('circle', { cx: x(value), cy: 14, r: 5 }),
    h('text', { x: 150, y: 33, 'text-anchor': 'middle' }, 'no difference'),
  );
}
