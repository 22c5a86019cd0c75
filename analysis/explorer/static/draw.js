/** Elements of the page and of pictures. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes, listeners (on…) and children. */
export function el(name, given = {}, ...children) {
  return dressed(document.createElement(name), given, children);
}

/** The same, for pictures. */
export function svg(name, given = {}, ...children) {
  return dressed(document.createElementNS(SVG, name), given, children);
}

function dressed(element, given, children) {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) element.style.setProperty(key, value);
    else if (key === "text") element.textContent = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Attributes of an element, set only where they change: pictures of hundreds of people move smoothly. */
export function set(element, values) {
  for (const [key, value] of Object.entries(values)) {
    const text = String(value);
    if (element.getAttribute(key) !== text) element.setAttribute(key, text);
  }
}

/** Whether somebody asked for less motion. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Focus goes to the first of these that takes it: what had it is gone, or going. */
export const refocus = (...elements) =>
  elements.filter(Boolean).some((one) => {
    one.focus();
    return document.activeElement === one;
  });

/** Follows a slider: `moved(done)`. A drag that ends where it began is over too, though no `change` tells so. */
export function followed(input, moved) {
  let dragged = false;
  const end = () => {
    if (dragged) moved(true);
    dragged = false;
  };
  input.addEventListener("input", () => {
    dragged = true;
    moved(false);
  });
  for (const event of ["change", "blur"]) input.addEventListener(event, end);
  for (const event of ["pointerup", "pointercancel"]) addEventListener(event, end);
}

let ids = 0;
/** A name that no other element has. */
export const fresh = (prefix) => `${prefix}-${(ids += 1)}`;

/** Calls once a flurry of calls is over. */
export function settled(wait, call) {
  let timer = 0;
  return (...about) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...about), wait);
  };
}

/** Moves focus among elements of which only one is in the order of the Tab key. */
export function rove(elements, event, next) {
  const here = elements.indexOf(document.activeElement);
  const to = next(event.key, here, elements.length);
  if (to === undefined || here < 0) return;
  event.preventDefault();
  const target = elements[(to + elements.length) % elements.length];
  for (const element of elements) element.setAttribute("tabindex", element === target ? "0" : "-1");
  target.focus();
}
