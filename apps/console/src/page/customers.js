// Customers by risk: search, tier filter, pages.
import { get } from '/page/connection.js';
import { h } from '/page/dom.js';
import { customerLink } from '/page/feed.js';
import { date, money, percent, relative, tierName, tiers } from '/page/words.js';

const filters = [...['high', 'medium', 'low', 'lapsed'].map((tier) => [tier, tiers[tier].name]), ['', 'All']];

/** Makes the view for `#/customers?tier=&q=`. */
export function customersView(parameters) {
  const tier = parameters.get('tier') ?? '';
  const search = parameters.get('q') ?? '';
  const list = h('div', { class: 'list' }, h('p', { class: 'quiet' }, 'Loading…'));
  const address = (changes) => {
    const next = new URLSearchParams({ tier, q: search, ...changes });
    for (const [name, value] of [...next]) if (value === '') next.delete(name);
    return `#/customers${next.size > 0 ? `?${next}` : ''}`;
  };
  const input = h('input', {
    type: 'search', id: 'q', name: 'q', value: search, placeholder: 'Customer or e-mail address', autocomplete: 'off', 'aria-label': 'Search customers',
  }); // prettier-ignore
  let wait;
  const go = () => {
    clearTimeout(wait);
    if (input.value.trim() !== search) location.hash = address({ q: input.value.trim() });
  };
  input.addEventListener('input', () => {
    clearTimeout(wait);
    wait = setTimeout(go, 350);
  });
  const element = h(
    'div',
    {},
    h('h1', { class: 'plain' }, 'Customers'),
    h(
      'form',
      { class: 'filters', role: 'search', onsubmit: (event) => (event.preventDefault(), go()) },
      input,
      h(
        'div',
        { class: 'chips', role: 'group', 'aria-label': 'Tier' },
        filters.map(([value, name]) =>
          h(
            'a',
            { class: 'chip', href: address({ tier: value }), 'aria-current': value === tier ? 'true' : undefined },
            value && h('i', { class: `dot ${value}` }),
            name,
          ),
        ),
      ),
    ),
    list,
  );

  let context = { currency: 'GBP', now: undefined };
  let isLoaded = false;
  const body = h('tbody', {});
  const more = h('button', { type: 'button', class: 'more' }, 'Show more');
  async function load(cursor) {
    const query = new URLSearchParams();
    if (tier) query.set('tier', tier);
    if (search) query.set('q', search);
    if (cursor) query.set('cursor', cursor);
    more.disabled = true;
    try {
      const page = await get(`/api/customers?${query}`);
      body.append(...page.customers.map((customer) => row(customer, context)));
      if (!cursor) list.replaceChildren(body.children.length > 0 ? table(body) : nobody(tier, search), more);
      more.hidden = page.next === null;
      more.onclick = () => void load(page.next);
    } catch (error) {
      list.replaceChildren(h('p', { class: 'problem' }, error.message));
    }
    more.disabled = false;
  }
  return {
    element,
    title: tier ? tierName(tier) : 'Customers',
    focus: search ? input : undefined,
    show(overview) {
      context = { currency: overview.currency, now: overview.clock.now ?? undefined };
      if (isLoaded) return;
      isLoaded = true;
      void load();
    },
    leave: () => clearTimeout(wait),
  };
}

const table = (body) =>
  h(
    'table',
    { class: 'customers' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['Customer', 'Risk', 'At stake', 'If nothing happens', 'Orders', 'Last active'].map((name, i) =>
          h('th', { scope: 'col', class: i === 2 || i === 4 ? 'n' : undefined }, name),
        ),
      ),
    ),
    body,
  );

const nobody = (tier, search) =>
  h(
    'p',
    { class: 'quiet' },
    search
      ? `No customer matches “${search}”.`
      : tier
        ? `No customer is “${tierName(tier)}” right now.`
        : 'No customer yet.',
  );

function row(c, { currency, now }) {
  const when = (iso) => (iso === null ? '–' : now ? relative(iso, now) : date(iso));
  return h(
    'tr',
    {},
    h(
      'th',
      { scope: 'row' },
      h('a', { href: customerLink(c.customer), class: 'who' }, c.customer),
      c.email && h('span', { class: 'quiet small mail' }, c.email),
    ),
    h(
      'td',
      { class: 'risk' },
      h('span', { class: `badge ${c.tier ?? 'prospect'}` }, tierName(c.tier)),
      c.risk !== null && c.tier !== 'lapsed' && riskBar(c.risk, c.tier),
      c.orders === 1 &&
        c.cause === 'event' &&
        c.tier === 'high' &&
        h('span', { class: 'quiet small' }, 'new: one order so far'),
    ),
    h(
      'td',
      { class: 'n', 'data-label': 'At stake' },
      c.valueAtRiskMinor > 0 && c.tier !== 'lapsed' ? money(c.valueAtRiskMinor, currency) : '–',
    ),
    h('td', { 'data-label': 'If nothing happens' }, c.next ? `${tierName(c.next.tier)} ${when(c.next.at)}` : '–'),
    h(
      'td',
      { class: 'n', 'data-label': 'Orders' },
      h('span', {}, `${c.orders}`, h('span', { class: 'quiet small' }, ` · ${money(c.spendMinor, currency)}`)),
    ),
    h(
      'td',
      { 'data-label': 'Last active' },
      h(
        'time',
        { datetime: c.lastActivityAt, title: c.lastActivityAt && date(c.lastActivityAt) },
        when(c.lastActivityAt),
      ),
    ),
  );
}

/** A bar with the figure beside it. */
const riskBar = (risk, tier) =>
  h(
    'span',
    { class: 'riskbar', title: `${percent(risk, 1)} risk right now` },
    h(
      'span',
      { class: 'track', 'aria-hidden': 'true' },
      h('span', { class: tier ?? 'low', vars: { '--share': risk } }),
    ),
    h('span', { class: 'figure' }, percent(risk)),
  );
