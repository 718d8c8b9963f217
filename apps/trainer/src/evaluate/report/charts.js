// Draws the charts of a report with uPlot, which stands in the page before this. What a chart and a series are: charts-of.ts. Dots where
// a series has few points.
/* global uPlot */
const { charts } = JSON.parse(document.getElementById('data').textContent);

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/** Legible on white and on black; when they are used up they come again with dashes. */
const HUES = ['#0d8a94', '#c8503a', '#6f7fd8', '#b07d14', '#3a9467', '#b05fa6', '#7d8894', '#3f85d6'];
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
  const y = chart.isLift ? (value) => `${value}\u00a0×` : percent;
  const lines = chart.series.map(({ name, shown, hue, isReference, y: values }) => ({
    ...{
      label: name,
      show: shown,
      width: 2,
      spanGaps: true,
      value: (_, v) => (v === null ? '–' : y(chart.isLift ? v.toFixed(2) : v)),
    },
    stroke: isReference ? colour('--muted') : HUES[hue % HUES.length],
    points: { show: !isReference && values.filter((value) => value !== null).length < 20, size: 6 },
    ...(isReference ? { dash: [4, 4] } : hue >= HUES.length && { dash: [10, 4] }),
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
      // A dashed line has a dashed mark.
      legend: { live: true, markers: { dash: (u, i) => (u.series[i].dash ? 'dashed' : 'solid') } },
    },
    [chart.x, ...chart.series.map((series) => series.y)],
    box,
  );
  const resize = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: 300 }));
  resize.observe(box);
  return () => {
    resize.disconnect();
    plot.destroy();
  };
}

let drawn = charts.map(draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const remove of drawn) remove();
  drawn = charts.map(draw);
});
