// Which view is shown, and what the connection says.
import { connect } from '/page/connection.js';
import { customerView } from '/page/customer.js';
import { customersView } from '/page/customers.js';
import { h, part } from '/page/dom.js';
import { overviewView } from '/page/overview.js';
import { date, dateTime, number, percent, span } from '/page/words.js';

const main = document.getElementById('main');
const status = document.getElementById('status');

let view;
let overview;
let state = 'connecting';
let offset = 0;

/** The overview as of this minute: when nothing happens, time still passes. */
function present() {
  if (overview.clock.mode === 'replay') return overview;
  const now = new Date(Math.floor((Date.now() + offset) / 60_000) * 60_000).toISOString();
  return { ...overview, clock: { ...overview.clock, now } };
}

function makeView() {
  const [path, query = ''] = location.hash.replace(/^#/, '').split('?');
  const [, area, id] = path.split('/');
  if (area === 'customers' && id) return customerView(decodeURIComponent(id));
  if (area === 'customers') return customersView(new URLSearchParams(query));
  return overviewView();
}

function route(event) {
  view?.leave?.();
  view = makeView();
  main.replaceChildren(view.element);
  document.title = `${view.title} · Holdfast`;
  const isCustomers = location.hash.startsWith('#/customers');
  for (const link of document.querySelectorAll('#nav a')) {
    if (link.getAttribute('href').startsWith('#/customers') === isCustomers) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (overview) view.show(present());
  if (event) {
    scrollTo(0, 0);
    (view.focus ?? main).focus({ preventScroll: true });
    if (view.focus) view.focus.setSelectionRange(view.focus.value.length, view.focus.value.length);
  }
}

const banner = part(({ lost, clock, ranksOnly }) => [connection(lost) ?? simulated(clock), ranksOnly && ranking()]);

function connection(lost) {
  if (lost)
    return h(
      'div',
      { class: 'banner lost', role: 'alert' },
      h(
        'p',
        { class: 'wrap' },
        h('strong', {}, 'The connection is lost. '),
        'What you see is what was known last; trying again every few seconds.',
      ),
    );
  return null;
}

/** The first days of a shop. */
const ranking = () =>
  h(
    'div',
    { class: 'banner simulated' },
    h(
      'p',
      { class: 'wrap' },
      h('strong', {}, 'Ranks only. '),
      'Of nobody in this shop is it known yet whether they came back. Percentages say who is riskier than whom, not how likely it is, and what is at stake is no forecast.',
    ),
  );

function simulated(clock) {
  if (!clock?.simulated) return null;
  const isRunning = clock.mode === 'replay';
  return h(
    'div',
    { class: 'banner simulated' },
    h(
      'div',
      { class: 'wrap' },
      h(
        'p',
        {},
        h('strong', {}, 'Simulated. '),
        `This is a replay of ${clock.replay.name === 'online-retail-ii' ? `a public data set (${clock.replay.name})` : clock.replay.name}, moved to the present. Nobody was contacted; the expected effect is zero.`,
      ),
      isRunning &&
        h(
          'p',
          { class: 'progress' },
          h('progress', { max: 1, value: clock.replay.progress, 'aria-label': 'Progress of the replay' }),
          h(
            'span',
            {},
            `${percent(clock.replay.progress)} · ${number(clock.replay.lines)} lines${clock.now ? ` · it is ${date(clock.now)} in the shop` : ''}`,
          ),
        ),
    ),
  );
}
document.getElementById('banner').append(banner.element);

const statusText = part(
  (now) => [
    h('i', { class: `dot ${now.state}` }),
    h('span', {}, now.text),
    now.age && h('span', { class: 'quiet wide-only' }, now.age),
  ],
  { class: 'inline' },
);
status.append(statusText.element);

function showStatus() {
  banner.show({
    lost: state === 'lost' && overview !== undefined,
    clock: overview?.clock.replay ? { ...overview.clock } : undefined,
    ranksOnly: overview?.ranksOnly === true,
  });
  document.body.classList.toggle('is-lost', state === 'lost');
  const isReplay = overview?.clock.mode === 'replay';
  const text =
    state === 'lost' ? 'Connection lost' : state === 'connecting' ? 'Connecting…' : isReplay ? 'Replaying' : 'Live';
  const age =
    state === 'live' && !isReplay && overview?.lastEventAt
      ? ` · last event ${span(overview.lastEventAt, Date.now())} ago`
      : '';
  statusText.show({ state, text, age });
  status.title = overview?.lastEventAt ? `Last event: ${dateTime(overview.lastEventAt)} UTC` : '';
  if (state === 'lost' && overview === undefined)
    main.replaceChildren(h('p', { class: 'problem' }, 'Holdfast does not answer. Trying again every few seconds.'));
}

addEventListener('hashchange', route);
route();
showStatus();
setInterval(() => {
  showStatus();
  if (overview) view.show(present());
}, 30_000);
connect({
  onState(next) {
    if (state === next) return;
    const wasBlank = overview === undefined && state === 'lost';
    state = next;
    showStatus();
    if (wasBlank && next === 'live') route();
  },
  onOverview(next) {
    overview = next;
    if (next.horizonDays) document.getElementById('horizon').textContent = `the next ${next.horizonDays} days`;
    if (next.clock.now) offset = Date.parse(next.clock.now) - Date.now();
    showStatus();
    view.show(present());
  },
});
