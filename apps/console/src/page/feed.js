// Crossings as they happen, newest first, each with its reason.
import { h } from '/page/dom.js';
import { dateTime, money, percent, relative, riskSentence } from '/page/words.js';

export const customerLink = (customer) => `#/customers/${encodeURIComponent(customer)}`;

/** The time shown is that of the last full minute: what came after it is news. */
const when = (at, now) => (!now ? dateTime(at) : new Date(at) > new Date(now) ? 'just now' : relative(at, now));

let seen = new Set();

/** The list. Items that were not there before are lit up for a moment. */
export function feed({ recent, currency, now }) {
  const isFirst = seen.size === 0;
  const items = recent.slice(0, 6).map((item) => {
    const isNew = !isFirst && !seen.has(item.id);
    return h(
      'li',
      { class: isNew ? 'new' : undefined },
      h('i', { class: `dot ${item.tierTo}` }),
      h(
        'div',
        {},
        h(
          'p',
          {},
          h('a', { href: customerLink(item.customer), 'data-key': item.id, class: 'who' }, item.customer),
          ' ',
          riskSentence(item),
          '.',
        ),
        h(
          'p',
          { class: 'quiet small' },
          h('time', { datetime: item.at, title: dateTime(item.at) }, when(item.at, now)),
          item.tierTo !== 'lapsed' && ` · risk ${percent(item.risk)}`,
          item.tierTo !== 'lapsed' &&
            item.valueAtRiskMinor > 0 &&
            ` · ${money(item.valueAtRiskMinor, currency)} at stake then`,
        ),
      ),
    );
  });
  seen = new Set(recent.map((item) => item.id));
  if (items.length === 0) return h('p', { class: 'quiet' }, 'Nothing has happened yet.');
  return h('ul', { class: 'feed' }, items);
}
