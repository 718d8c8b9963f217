// The plot of docs/silence.md: how late an alert comes by when customers are scored, on a logarithmic axis.
const [WIDTH, ROW, LEFT, RIGHT, TOP] = [760, 34, 190, 90, 46];
const HOURS = [1 / 60, 1, 24, 24 * 7];
const GREY = { fill: '#666' };
const NAMES = ['a minute', 'an hour', 'a day', 'a week'];

/** SVG of the mean delay of each cadence and of the share of churners it reaches in time. */
export function cadencePlot(cadences) {
  const { heardInSilence } = cadences.find(({ name }) => name === 'on events');
  const height = TOP + ROW * cadences.length + 40;
  const [low, high] = [Math.log(HOURS[0] / 3), Math.log(HOURS.at(-1) * 2)];
  const x = (hours) => LEFT + ((Math.log(hours) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const axis = HOURS.flatMap((hours, i) => [
    `<line x1="${at(x(hours))}" x2="${at(x(hours))}" y1="${TOP - 8}" y2="${height - 36}" stroke="#ddd"/>`,
    text([x(hours), height - 20], NAMES[i], 'middle', GREY),
  ]);
  const rows = cadences.flatMap(({ name, meanDays, inTime }, i) => {
    const y = TOP + ROW * i + 15;
    const style = i === cadences.length - 1 ? { fill: '#0b6e4f', bold: true } : {};
    const said = {
      'on events': text(
        [LEFT + 4, y],
        `not at all, of ${(100 * (1 - heardInSilence)).toFixed(0)} in 100: a silence has no next event`,
        'start',
        { fill: '#b3261e' },
      ),
      'on events and silence': text([LEFT + 4, y], 'at the very second', 'start', style),
    };
    const width = meanDays ? x(24 * meanDays) - LEFT : 0;
    return [
      text([LEFT - 12, y], `${name[0].toUpperCase()}${name.slice(1)}`, 'end', style),
      said[name] ?? `<rect x="${LEFT}" y="${y - 13}" width="${at(width)}" height="18" rx="3" fill="#9aa7b8"/>`,
      text([WIDTH - 20, y], inTime === null ? '–' : `${(100 * inTime).toFixed(0)} %`, 'end', style),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    '<title>How late an alert comes, by when customers are scored</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text([LEFT, 20], 'An alert comes so long after a customer has crossed in silence', 'start', GREY),
    text([WIDTH - 20, 20], 'reached in time', 'end', GREY),
    ...axis,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

const at = (value) => value.toFixed(1);
const text = ([x, y], content, anchor, { fill = '#222', bold = false } = {}) =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" fill="${fill}"${bold ? ' font-weight="600"' : ''}>${content}</text>`;
