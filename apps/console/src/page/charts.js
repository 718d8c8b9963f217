// Charts, drawn by uPlot in the page's own colours. Each has a sentence beside it that says the same in words.
import uPlot from '/page/uplot.js';

import { date, number, percent, tierName } from '/page/words.js';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const DAY = 86_400;

/** Keeps a chart as wide as its box, and redraws it when the colour scheme changes. `make(width)` → uPlot. */
function keep(box, make) {
  let chart;
  let width = 0;
  const draw = () => {
    if (!box.isConnected || box.clientWidth === 0) return;
    width = box.clientWidth;
    chart?.destroy();
    chart = make(width);
  };
  const resize = new ResizeObserver(() => box.clientWidth !== width && draw());
  resize.observe(box);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', draw);
  return {
    draw,
    destroy() {
      resize.disconnect();
      scheme.removeEventListener('change', draw);
      chart?.destroy();
    },
  };
}

const axis = (extra) => ({
  stroke: colour('--muted'),
  font: '12px system-ui, sans-serif',
  grid: { stroke: colour('--grid'), width: 1 },
  ticks: { show: false },
  ...extra,
});

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `Mar` or, with the year where it begins, `Jan 2026`; days where the axis is that fine. */
const dates = (_chart, splits) => {
  const isFine = splits.length > 1 && splits[1] - splits[0] < 25 * DAY;
  let year;
  return splits.map((at) => {
    const day = new Date(at * 1000);
    const text = `${isFine ? `${day.getUTCDate()} ` : ''}${months[day.getUTCMonth()]}`;
    const isNewYear = day.getUTCFullYear() !== year;
    year = day.getUTCFullYear();
    return isNewYear ? `${text}\n${year}` : text;
  });
};

const sum = (counts) => counts.reduce((a, b) => a + b, 0);

/** Days, or weeks when there are many, of crossings into a tier by cause. */
export function bucketCrossings(daily, tier) {
  const size = daily.days > 120 ? 7 : 1;
  const start = daily.from === null ? 0 : Date.parse(daily.from) / 1000;
  const buckets = Math.ceil(daily.days / size);
  const add = (cause) => {
    const out = new Array(buckets).fill(0);
    for (const line of daily.series)
      if (line.type === 'crossed' && line.tier === tier && line.cause === cause)
        line.counts.forEach((n, day) => (out[Math.floor(day / size)] += n));
    return out;
  };
  const silence = add('silence');
  const event = add('event');
  return {
    size,
    at: silence.map((_, i) => start + i * size * DAY),
    silence,
    event,
    totals: { silence: sum(silence), event: sum(event) },
  };
}

/** Stacked bars of crossings: silence below, events above. `hover(index | null)` follows the pointer. */
export function crossingsChart(box, buckets, hover) {
  const { at, silence, event, size } = buckets;
  const total = silence.map((n, i) => n + event[i]);
  const bars = uPlot.paths.bars({ size: [size === 7 ? 0.78 : 0.7, 46], radius: [0.15, 0] });
  const kept = keep(
    box,
    (width) =>
      new uPlot(
        {
          width,
          height: 250,
          tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), 'UTC'),
          legend: { show: false },
          cursor: { y: false, points: { show: false }, drag: { setScale: false }, sync: undefined },
          scales: {
            x: {
              range: (_u, low, high) => [
                low - size * DAY * 0.7,
                Math.max(high, low + 12 * size * DAY) + size * DAY * 0.7,
              ],
            },
            y: { range: (_u, _low, high) => [0, Math.max(4, high * 1.08)] },
          },
          axes: [
            axis({ values: dates, grid: { show: false }, space: 56, size: 42 }),
            axis({
              size: 44,
              incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5],
              values: (_u, v) => v.map(number),
            }),
          ],
          series: [
            {},
            { fill: colour('--event'), width: 0, paths: bars, points: { show: false } },
            { fill: colour('--silence'), width: 0, paths: bars, points: { show: false } },
          ],
          hooks: { setCursor: [(chart) => hover(chart.cursor.idx ?? null)] },
        },
        [at, total, silence],
        box,
      ),
  );
  kept.draw();
  return kept;
}

/** Risk while the customer stays silent: until now, and on; thresholds and crossings are marked. */
export function curveChart(box, curve, now) {
  const seconds = (iso) => Date.parse(iso) / 1000;
  const at = curve.points.map((p) => seconds(p.at));
  const present = seconds(now);
  const before = curve.points.map((p, i) => (at[i] <= present ? p.risk : null));
  const after = curve.points.map((p, i) => (at[i] >= present ? p.risk : null));
  const thresholds = ['medium', 'high'].map((tier) => ({ tier, risk: curve.thresholds[tier] }));

  const decorate = (chart) => {
    const { ctx, bbox } = chart;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = `${12 * ratio}px system-ui, sans-serif`;
    ctx.lineWidth = ratio;
    for (const { tier, risk } of thresholds) {
      const y = chart.valToPos(risk, 'y', true);
      ctx.strokeStyle = ctx.fillStyle = colour(`--${tier}`);
      ctx.setLineDash([5 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      // Near the bottom, where no curve of a customer at risk runs; the colour of the line says which is which.
      ctx.textAlign = 'right';
      const up = tier === 'high' ? 26 : 8;
      ctx.fillText(
        `${tierName(tier)} from ${percent(risk)}`,
        bbox.left + bbox.width - 6 * ratio,
        bbox.top + bbox.height - up * ratio,
      );
    }
    const x = chart.valToPos(present, 'x', true);
    ctx.strokeStyle = ctx.fillStyle = colour('--muted');
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const isLate = x > bbox.left + bbox.width * 0.85;
    ctx.textAlign = isLate ? 'right' : 'left';
    ctx.fillText('now', x + (isLate ? -6 : 6) * ratio, bbox.top + 14 * ratio);
    for (const { tier, at: iso } of curve.crossings) {
      const threshold = thresholds.find((t) => t.tier === tier);
      // A curve that starts above the threshold never meets it: a dot there would float.
      if (!threshold || curve.points[0].risk > threshold.risk) continue;
      ctx.beginPath();
      ctx.arc(chart.valToPos(seconds(iso), 'x', true), chart.valToPos(threshold.risk, 'y', true), 5 * ratio, 0, 7);
      ctx.fillStyle = colour(`--${tier}`);
      ctx.fill();
      ctx.strokeStyle = colour('--surface');
      ctx.lineWidth = 2 * ratio;
      ctx.stroke();
    }
    ctx.restore();
  };

  const kept = keep(
    box,
    (width) =>
      new uPlot(
        {
          width,
          height: 290,
          tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), 'UTC'),
          legend: { show: false },
          cursor: { y: false, drag: { setScale: false }, points: { size: 8, fill: colour('--accent') } },
          scales: { y: { range: [0, 1] } },
          axes: [
            axis({ values: dates, space: 64, size: 42 }),
            axis({ size: 50, values: (_u, v) => v.map((risk) => percent(risk)) }),
          ],
          series: [
            {},
            { stroke: colour('--accent'), width: 2.5, fill: colour('--accent-wash'), points: { show: false } },
            {
              stroke: colour('--accent'),
              width: 2,
              dash: [6, 5],
              fill: colour('--accent-faint'),
              points: { show: false },
            },
          ],
          hooks: { draw: [decorate] },
        },
        [at, before, after],
        box,
      ),
  );
  kept.draw();
  return kept;
}

/** What the crossings chart shows, in a sentence. */
export function crossingsSentence({ totals, at }) {
  const all = totals.silence + totals.event;
  if (all === 0) return 'Nobody has crossed into “About to leave” yet.';
  return `All crossings since ${date(at[0] * 1000)}, also of customers who have come back or gone: ${number(all)} into “About to leave”, ${percent(totals.silence / all)} of them by silence alone.`;
}
