// One customer: where they stand, what comes if nothing happens, why, and what was before.
import { messageState, reasonWords } from '/page/actions.js';
import { curveChart } from '/page/charts.js';
import { get } from '/page/connection.js';
import { card, h } from '/page/dom.js';
import {
  date,
  newcomer,
  counterfactualSentence,
  dateTime,
  eventName,
  factorSentence,
  money,
  percent,
  plural,
  reasonName,
  relative,
  riskSentence,
  span,
  tierName,
} from '/page/words.js';

/** Makes the view for `#/customers/ID`. Loads anew when the live feed tells of this customer. */
export function customerView(id) {
  const element = h('div', {}, h('p', { class: 'quiet' }, 'Loading…'));
  let chart;
  let last;
  let now;
  async function load() {
    try {
      const customer = await get(`/api/customers/${encodeURIComponent(id)}`);
      const text = JSON.stringify(customer);
      if (text === last) return;
      last = text;
      chart?.destroy();
      const box = customer.curve && h('div', { class: 'chart', 'aria-hidden': 'true' });
      element.replaceChildren(...page(customer, box, now));
      if (box) chart = curveChart(box, customer.curve, customer.curve.now);
    } catch (error) {
      element.replaceChildren(
        h('p', {}, h('a', { href: '#/customers?tier=high' }, '← Customers')),
        h('p', { class: 'problem' }, error.message),
      );
    }
  }
  let heard;
  return {
    element,
    title: id,
    show(overview) {
      now = overview.clock.now ?? new Date().toISOString();
      const latest = overview.recent.find((item) => item.customer === id)?.id ?? overview.lastEventAt;
      if (heard === latest) return;
      heard = latest;
      void load();
    },
    leave: () => chart?.destroy(),
  };
}

function page(customer, box, now) {
  const {
    profile: p,
    currency,
    curve,
    reasons,
    factors,
    counterfactuals,
    remembered,
    risk,
    events,
    decisions,
  } = customer;
  const present = curve?.now ?? now;
  return [
    h('p', { class: 'back' }, h('a', { href: `#/customers?tier=${p.tier ?? 'high'}` }, '← Customers')),
    h(
      'div',
      { class: 'person' },
      h('div', {}, h('h1', { class: 'plain' }, p.customer), p.email && h('p', { class: 'quiet' }, p.email)),
      h('span', { class: `badge large ${p.tier ?? 'prospect'}` }, tierName(p.tier)),
    ),
    h('p', { class: 'lead' }, story(p, present)),
    h(
      'dl',
      { class: 'facts' },
      fact('Risk now', curve ? percent(curve.riskNow) : p.risk === null ? '–' : percent(p.risk)),
      fact(
        'At stake at the last change',
        p.valueAtRiskMinor > 0 && p.tier !== 'lapsed' ? money(p.valueAtRiskMinor, currency) : '–',
      ),
      fact('Orders', String(p.orders)),
      fact('Spent', money(p.spendMinor, currency)),
      p.segment && fact('Kind of customer', capital(p.segment)),
      fact('Last active', p.lastActivityAt ? relative(p.lastActivityAt, present) : '–'),
      fact('Customer for', p.firstSeenAt ? span(p.firstSeenAt, present) : '–'),
    ),
    h(
      'div',
      { class: 'columns wide-left' },
      h(
        'div',
        { class: 'stack' },
        card(
          'Risk while they stay silent',
          `The chance of no purchase within ${curve ? plural(curve.horizonDays, 'day') : 'the coming weeks'}. Anything they do draws this curve anew.${stays(p.tier, curve)}`,
          box ?? h('p', { class: 'quiet' }, noCurve(p.tier)),
        ),
        card('What happened', null, timeline({ risk, events, decisions, currency })),
      ),
      h(
        'div',
        { class: 'side' },
        curve && card('If nothing happens', null, crossings(curve, present)),
        counterfactuals.length > 0 &&
          card(
            'What would change it',
            null,
            counterfactuals.map((item) => h('p', {}, counterfactualSentence(item))),
          ),
        card('Why', curve ? 'As it stands now.' : risk[0] ? `As of ${dateTime(risk[0].at)}.` : null, why(reasons)),
        remembered.length > 1 &&
          card(
            'What is remembered',
            'Of the last things they did, those that still mean most.',
            listOfSteps(remembered),
          ),
        factors && card('What it comes from', 'The same risk, by what is known of them.', what(factors, currency)),
      ),
    ),
  ];
}

/** Why somebody can stand in a tier with a risk below its threshold. */
const stays = (tier, curve) =>
  curve && (tier === 'high' || tier === 'medium')
    ? ` “${tierName(tier)}” begins at ${percent(curve.thresholds[tier])} and stays until below ${percent(curve.thresholds[tier] - curve.hysteresis)}, and only when they act.`
    : '';

const noCurve = (tier) =>
  tier === null
    ? 'Drawn after the first purchase.'
    : tier === 'lapsed'
      ? 'Silent for so long that no curve is drawn any more.'
      : 'The curve appears a few seconds after the last event.';

const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

function story(p, now) {
  if (p.tier === null) return 'No purchase yet: nobody to lose.';
  const since = p.tierSince ? ` since ${date(p.tierSince)}` : '';
  const because =
    p.tier !== 'lapsed' && p.cause === 'event' && p.orders === 1
      ? `: ${newcomer}`
      : p.cause === 'silence'
        ? ', because they fell silent'
        : p.cause === 'event'
          ? ', after the last thing they did'
          : '';
  const { next } = p;
  const state = `${tierName(p.tier)}${since}${p.tier === 'low' ? '' : because}.`;
  if (p.tier === 'lapsed' || !next) return state;
  return `${state} If nothing happens: ${tierName(next.tier).toLowerCase()} on ${date(next.at)}, ${relative(next.at, now)}.`;
}

const crossings = (curve, now) => {
  const coming = curve.crossings.filter((c) => new Date(c.at) > new Date(now));
  const lapse =
    curve.lapsesAt && new Date(curve.lapsesAt) > new Date(now)
      ? [{ tier: 'lapsed', at: curve.lapsesAt, probability: curve.lapseProbability }]
      : [];
  const all = [...coming, ...lapse];
  if (all.length === 0) return h('p', { class: 'quiet small' }, 'No further crossing ahead.');
  return h(
    'ul',
    { class: 'timeline' },
    all.map((c) =>
      h(
        'li',
        {},
        h('i', { class: `dot ${c.tier}` }),
        h(
          'div',
          {},
          h('p', {}, tierName(c.tier)),
          h('p', { class: 'quiet small' }, `${dateTime(c.at)}, ${relative(c.at, now)}`),
          c.probability !== undefined && h('p', { class: 'quiet small' }, likelihood(c)),
        ),
      ),
    ),
  );
};

/** How likely they are to get there, and how sure its day is. */
const likelihood = ({ probability, earliest, latest }) =>
  `${percent(probability)} likely not to come again until then.${earliest ? ` The model might as well say ${date(earliest)} to ${latest ? date(latest) : 'never'}.` : ''}`;

const why = (reasons) =>
  reasons.length === 0
    ? h('p', { class: 'quiet' }, 'No reason on record yet.')
    : bars(reasons.map(({ name, weight }) => ({ text: reasonName(name), weight })));

/** Those that hardly matter are left out. */
function what({ terms, facts }, currency) {
  const widest = Math.max(...terms.map(({ weight }) => Math.abs(weight)));
  const some = terms.filter(({ weight }) => Math.abs(weight) >= LEAST_SHARE * widest);
  return bars(some.map(({ name, weight }) => ({ text: factorSentence(name, facts, currency), weight })));
}

const MOST_STEPS = 4;
const listOfSteps = (steps) =>
  bars(
    steps
      .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
      .slice(0, MOST_STEPS)
      .map(({ type, at, weight }) => ({ text: `${eventName(type)}, ${date(at)}`, weight })),
  );

/** Terms of a risk as bars to either side. */
function bars(terms) {
  const widest = Math.max(...terms.map((term) => Math.abs(term.weight)), 0.01);
  return [
    h(
      'ul',
      { class: 'reasons' },
      terms.map(({ text, weight }) =>
        h(
          'li',
          {},
          h('span', {}, text),
          h('span', { class: 'quiet small' }, direction(weight / widest)),
          h(
            'span',
            { class: `track ${weight >= 0 ? 'up' : 'down'}`, 'aria-hidden': 'true' },
            h('span', { vars: { '--share': Math.abs(weight) / widest } }),
          ),
        ),
      ),
    ),
    h('p', { class: 'quiet small' }, 'Longer bars weigh more.'),
  ];
}

const LEAST_SHARE = 0.03;
const direction = (share) =>
  Math.abs(share) < LEAST_SHARE ? 'hardly matters' : share > 0 ? 'raises the risk' : 'lowers the risk';

const armSentence = (d) => {
  const offer = d.discountPercent ? ` (${d.discountPercent} % off)` : '';
  if (d.arm === 'hold-out') return `${d.name}: left alone on purpose, to measure the effect`;
  return `${d.name}${offer}: ${d.message ? messageState(d.message) : 'decided'}${d.reason ? ` (${reasonWords(d.reason)})` : ''}`;
};
const outcome = (d, currency) =>
  d.outcome === null
    ? null
    : d.outcome.purchased
      ? `bought for ${money(d.outcome.revenueMinor, currency)} within the window`
      : 'did not buy within the window';

/** Events, crossings and decisions in one line of time, newest first. */
function timeline({ risk, events, decisions, currency }) {
  const entries = [
    ...events.map((e) => ({ at: e.at, kind: 'event', rank: 0, text: `${eventName(e.type)}${e.amountMinor !== null ? ` ${e.type === 'purchase' ? 'for ' : ''}${money(e.amountMinor, currency, true)}` : ''}`, note: [e.orderId && `order ${e.orderId}`, e.coupon && `coupon ${e.coupon}`].filter(Boolean).join(' · ') })),
    ...risk.map((r) => ({ at: r.at, kind: r.tierTo, rank: 1, text: capital(riskSentence(r).replace(/^is /, 'now ')), note: `risk ${percent(r.risk)}` })),
    ...decisions.map((d) => ({ at: d.at, kind: 'decision', rank: 2, text: armSentence(d), note: outcome(d, currency) })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.rank - a.rank); // prettier-ignore
  if (entries.length === 0) return h('p', { class: 'quiet' }, 'Nothing on record.');
  const first = entries.slice(0, 25);
  const list = h('ol', { class: 'timeline' }, first.map(entry));
  const rest = entries.length - first.length;
  if (rest === 0) return list;
  const more = h(
    'button',
    { type: 'button', class: 'more' },
    `Show ${plural(rest, 'earlier entry', 'earlier entries')}`,
  );
  more.addEventListener('click', () => {
    list.append(...entries.slice(25).map(entry));
    more.remove();
  });
  return [list, more];
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const entry = (e) =>
  h(
    'li',
    { class: e.kind },
    h('i', { class: `dot ${e.kind}` }),
    h(
      'div',
      {},
      h('p', {}, e.text),
      h('p', { class: 'quiet small' }, h('time', { datetime: e.at }, dateTime(e.at)), e.note && ` · ${e.note}`),
    ),
  );
