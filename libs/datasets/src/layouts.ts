// The table of layouts, most particular first: detection takes the first that fits.
import { cdnow } from './cdnow.js';
import { completeJourney } from './complete-journey.js';
import { ga4 } from './ga4.js';
import { generalCsv } from './general-csv.js';
import { type Layout } from './layout.js';
import { onlineRetailII } from './online-retail-ii.js';
import { rees46 } from './rees46.js';
import { retailrocket } from './retailrocket.js';
import { segment } from './segment.js';
import { taobao } from './taobao.js';

export const LAYOUTS: readonly Layout[] = [
  onlineRetailII, ga4, rees46, retailrocket, taobao, completeJourney, cdnow, segment, generalCsv,
]; // prettier-ignore

/** Names that `--layout` and `openDataset` take. */
export const LAYOUT_NAMES: readonly string[] = LAYOUTS.map((layout) => layout.name);

/** The layout of a name. Throws `RangeError` with the names there are. */
export function layoutNamed(name: string): Layout {
  const layout = LAYOUTS.find((candidate) => candidate.name === name);
  if (layout) return layout;
  throw new RangeError(`No layout is called ${JSON.stringify(name)}; there are ${LAYOUT_NAMES.join(', ')}.`);
}

/** The layout that a file's first line shows, `null` when none fits. */
export const layoutOfLine = (line: string): Layout | null => LAYOUTS.find((layout) => layout.fits(line)) ?? null;
