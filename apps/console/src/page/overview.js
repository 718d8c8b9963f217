// The overview: what is going on, in one look.
import { decisions, effects, messageList } from '/page/actions.js';
import { bucketCrossings, crossingsChart, crossingsSentence } from '/page/charts.js';
import { card, h, part } from '/page/dom.js';
import { feed } from '/page/feed.js';
import { headline, tierCards } from '/page/tiers.js';
import { date, number } from '/page/words.js';

/** Makes the view; `show(overview)` brings it up to date. */
export function overviewView() {
  const head = part(headline, { class: 'head' });
  const tiers = part(tierCards);
  const crossings = crossingsPart();
  const happenings = part(feed);
  const done = part(decisions);
  const sent = part(messageList);
  const helped = part(effects, { class: 'effects' });
  const full = h(
    'div',
    { class: 'overview' },
    head.element,
    tiers.element,
    h(
      'div',
      { class: 'columns wide-left' },
      card('Who slipped, and why', null, crossings.element),
      card('As it happens', null, happenings.element),
    ),
    h(
      'div',
      { class: 'columns wide-left' },
      h(
        'div',
        { class: 'stack' },
        card('Did it help?', null, helped.element),
        card('What was done', null, done.element),
      ),
      card('Messages', null, sent.element),
    ),
  );
  const element = h('div', {}, h('p', { class: 'quiet' }, 'Loading…'));
  let state;
  return {
    element,
    title: 'Overview',
    show(overview) {
      const next = overview.customers > 0 ? 'full' : overview.clock.mode === 'replay' ? 'starting' : 'empty';
      if (next !== state) element.replaceChildren(next === 'full' ? full : next === 'starting' ? starting() : empty());
      state = next;
      if (next !== 'full') return;
      const { tiers: counts, currency } = overview;
      head.show({ tiers: counts, currency });
      tiers.show({ tiers: counts, currency });
      crossings.show(overview.daily);
      happenings.show({ recent: overview.recent, currency: overview.currency, now: overview.clock.now });
      done.show({ ...overview.actions, effects: overview.effects });
      sent.show(overview.actions);
      helped.show(overview.effects);
    },
    leave: crossings.leave,
  };
}

function crossingsPart() {
  const sentence = h('p', { class: 'about' });
  const box = h('div', { class: 'chart', 'aria-hidden': 'true' });
  const hover = h('p', { class: 'hover small quiet', 'aria-hidden': 'true' });
  const element = h(
    'figure',
    {},
    h('figcaption', {}, sentence),
    box,
    h(
      'p',
      { class: 'legend small' },
      h('span', {}, h('i', { class: 'key silence' }), 'Fell silent'),
      h('span', {}, h('i', { class: 'key event' }), 'After something they did'),
      hover,
    ),
  );
  let last;
  let chart;
  return {
    element,
    show(daily) {
      const text = JSON.stringify(daily);
      if (text === last) return;
      last = text;
      const buckets = bucketCrossings(daily, 'high');
      sentence.textContent = crossingsSentence(buckets);
      chart?.destroy();
      box.replaceChildren();
      if (buckets.at.length === 0) return;
      const perUnit = () => (buckets.size === 7 ? 'per week' : 'per day');
      hover.textContent = perUnit();
      chart = crossingsChart(box, buckets, (i) => {
        hover.textContent =
          i === null
            ? perUnit()
            : `${buckets.size === 7 ? 'Week of ' : ''}${date(buckets.at[i] * 1000)}: ${number(buckets.silence[i])} by silence, ${number(buckets.event[i])} after an event`;
      });
    },
    leave: () => chart?.destroy(),
  };
}

const starting = () =>
  h(
    'div',
    { class: 'empty' },
    h('h1', {}, 'The replay is starting.'),
    h('p', { class: 'lead' }, 'The first customers appear in a moment.'),
  );

/** A shop that has just been set up. */
function empty() {
  const command = [
    `curl ${location.origin}/v1/track -u YOUR_WRITE_KEY: \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '{"type":"track","userId":"customer-1","event":"Order Completed",`,
    `       "properties":{"order_id":"1","total":25.00,"currency":"GBP"}}'`,
  ].join('\n');
  const copy = h('button', { type: 'button', onclick: onCopy }, 'Copy');
  async function onCopy() {
    await navigator.clipboard.writeText(command);
    copy.textContent = 'Copied';
  }
  return h(
    'div',
    { class: 'empty' },
    h('h1', {}, 'No customer has been seen yet.'),
    h('p', { class: 'lead' }, 'Send the first event; it shows up here within a second.'),
    h('div', { class: 'code' }, h('pre', {}, h('code', {}, command)), navigator.clipboard ? copy : null),
    h(
      'p',
      { class: 'quiet' },
      'Holdfast speaks the Segment HTTP API: a site that sends events to Segment today can send them here by changing the address and the write key. ',
      'The write key was printed when Holdfast started; with several processes, use the address of ingest.',
    ),
  );
}
