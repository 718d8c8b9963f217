// Builds elements. Text is always set as text: nothing a customer is called can become markup.

const svgNames = new Set(['svg', 'line', 'circle', 'rect', 'path', 'text', 'g', 'title']);

/** `h('a', { class: 'x', href: '#/' }, 'text', child)`; `on…` properties are listeners, `vars` are CSS variables. */
export function h(tag, properties, ...children) {
  const element = svgNames.has(tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'vars') for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** A part of the page that is drawn anew only when its data have changed, and keeps the keyboard focus when it is. */
export function part(draw, properties = {}, tag = 'div') {
  const element = h(tag, properties);
  let last;
  return {
    element,
    show(data) {
      const text = JSON.stringify(data);
      if (text === last) return;
      last = text;
      const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
      element.replaceChildren(...[draw(data)].flat(Infinity).filter(Boolean));
      if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    },
  };
}

/** A titled card. */
export const card = (title, about, ...children) =>
  h('section', { class: 'card' }, h('h2', {}, title), about && h('p', { class: 'about' }, about), ...children);
