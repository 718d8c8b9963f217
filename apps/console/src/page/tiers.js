// How many customers stand where: one bar, and one card a tier.
import { h } from '/page/dom.js';
import { money, number, percent, plural, tiers } from '/page/words.js';

const order = ['high', 'medium', 'low', 'lapsed'];

/** The headline: the one sentence that a shop opens this page for. */
export function headline(overview) {
  const high = overview.tiers.find((t) => t.tier === 'high');
  const medium = overview.tiers.find((t) => t.tier === 'medium');
  const isAre = (n) => (n === 1 ? 'is' : 'are');
  const silent = high.bySilence === high.customers ? 'all of them' : `${number(high.bySilence)} of them`;
  return [
    h(
      'h1',
      {},
      high.customers === 0
        ? 'Nobody is about to leave right now.'
        : [
            h('strong', { class: 'high' }, plural(high.customers, 'customer')),
            ` ${isAre(high.customers)} about to leave now`,
            high.bySilence > 0 && high.customers > 1 ? `, ${silent} because they fell silent.` : '.',
          ],
    ),
    h(
      'p',
      { class: 'lead' },
      high.customers > 0 && high.valueAtRiskMinor > 0
        ? `${money(high.valueAtRiskMinor, overview.currency)} of their next orders is at stake. `
        : '',
      medium.customers > 0 ? `${plural(medium.customers, 'more customer')} ${isAre(medium.customers)} drifting.` : '',
    ),
  ];
}

/** The bar and the cards. */
export function tierCards(overview) {
  const shown = order.map((tier) => overview.tiers.find((t) => t.tier === tier));
  const prospects = overview.tiers.find((t) => t.tier === 'prospect').customers;
  const total = Math.max(
    1,
    shown.reduce((sum, t) => sum + t.customers, 0),
  );
  return [
    h(
      'div',
      { class: 'bar', 'aria-hidden': 'true' },
      shown
        .filter((t) => t.customers > 0)
        .map((t) => h('span', { class: t.tier, vars: { '--share': t.customers / total } })),
    ),
    h(
      'ul',
      { class: 'tiers' },
      shown.map((t) =>
        h(
          'li',
          {},
          h(
            'a',
            {
              class: `tier ${t.tier}`,
              href: `#/customers?tier=${t.tier}`,
              'data-key': t.tier,
              title: tiers[t.tier].about,
            },
            h('span', { class: 'name' }, h('i', { class: `dot ${t.tier}` }), tiers[t.tier].name),
            h('span', { class: 'figure' }, number(t.customers)),
            h(
              'span',
              { class: 'quiet' },
              percent(t.customers / total),
              t.valueAtRiskMinor > 0 && (t.tier === 'high' || t.tier === 'medium')
                ? ` · ${money(t.valueAtRiskMinor, overview.currency)} at stake`
                : '',
            ),
          ),
        ),
      ),
    ),
    prospects > 0 &&
      h(
        'p',
        { class: 'quiet small' },
        `${plural(prospects, 'more visitor')} without a purchase so far: nobody to lose yet.`,
      ),
  ];
}
