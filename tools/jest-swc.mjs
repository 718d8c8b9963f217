// How Jest reads TypeScript. Modules under test run in a context of their own, in which every use of a global is a call out of it: in a loop over numbers
// that takes more time than the arithmetic. So each module looks the globals of arithmetic up once.
import swc from '@swc/jest';

/** On the first line, so that the lines of source maps stay. */
const GLOBALS =
  'const { Math, Number, Array, Object, Map, Float32Array, Float64Array, Uint8Array, Infinity } = globalThis; ';

const prefixed = ({ code, ...rest }) => ({ ...rest, code: GLOBALS + code });

export default {
  createTransformer(options) {
    const transformer = swc.createTransformer(options);
    return {
      ...transformer,
      process: (...args) => prefixed(transformer.process(...args)),
      processAsync: async (...args) => prefixed(await transformer.processAsync(...args)),
      getCacheKey: (...args) => `${GLOBALS.length} ${transformer.getCacheKey(...args)}`,
    };
  },
};
