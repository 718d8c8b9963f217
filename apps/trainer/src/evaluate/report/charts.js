// Draws the charts of a report with uPlot, which stands in the page before this. A chart: {id, x, series, xLabel, yLabel, isShare,
// diagonal}; a series: {name, y, shown}. Dots where points are few.
/* global uPlot */
const { charts } = JSON.parse(document.getElementById('data').textContent);

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const HUES = [
  '#0d7a83',
  '#b3361e',
  '#8796e0',
  '#d9a441',
  '#2c7a52',
  '#a05195',
  '#76808c',
  '#c9626f',
  '#4f8ad9',
  '#8f5a04',
];
const percent = (share) => `${Math.round(100 * share)} %`;

const axis = (label, format, extra) => ({
  ...{ label, labelSize: 18, size: 30, font: '12px system-ui, sans-serif', labelFont: '12px system-ui, sans-serif' },
  ...{ stroke: colour('--muted'), grid: { stroke: colour('--grid'), width: 1 }, ticks: { show: false } },
  values: (_, splits) => splits.map(format),
  ...extra,
});

function draw(chart) {
  const box = document.getElementById(chart.id);
  const x = chart.isShare ? percent : (value) => String(value);
  const y = chart.isLift ? (value) => `${value} ×` : percent;
  const few = chart.x.length < 40;
  const lines = chart.series.map(({ name, shown, dash }, i) => ({
    ...{
      label: name,
      show: shown,
      width: dash ? 1 : 2,
      spanGaps: true,
      value: (_, v) => (v === null ? '–' : y(chart.isLift ? v.toFixed(2) : v)),
    },
    stroke: dash ? colour('--muted') : HUES[i % HUES.length],
    points: { show: few && !dash, size: 6 },
    ...(dash && { dash: [4, 4] }),
  }));
  const plot = new uPlot(
    {
      ...{ width: box.clientWidth, height: 300 },
      scales: {
        x: { time: false },
        y: { range: (_, low, high) => (chart.isLift ? [0, high * 1.05] : [Math.min(0, low), 1]) },
      },
      axes: [axis(chart.xLabel, x), axis(chart.yLabel, y, { size: 56 })],
      series: [
        { label: chart.xLabel, value: (_, v) => (v === null ? '–' : chart.isShare ? percent(v) : v.toFixed(1)) },
        ...lines,
      ],
      legend: { live: true },
    },
    [chart.x, ...chart.series.map((series) => series.y)],
    box,
  );
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: 300 })).observe(box);
  return plot;
}

let drawn = charts.map(draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const plot of drawn) plot.destroy();
  drawn = charts.map(draw);
});
