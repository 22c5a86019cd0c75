/** Words of the page: every text comes from the one file that is translated. */

let words = {};
let language = "en";

/** @param {object} known every text, as /api/page gives it */
export function learn(known) {
  words = known;
  language = known.language;
  document.documentElement.lang = language;
}

/** The text (or table of texts) at a path of names; undefined where there is none. */
export function look(...path) {
  return path.reduce((found, name) => (found === undefined ? undefined : found[name]), words);
}

/**
 * A text with its places filled. Path as "story.close"; a name with dots in it is given as an array.
 * @param {string|string[]} path
 * @param {object} [fill]
 */
export function say(path, fill = {}) {
  let text = look(...(Array.isArray(path) ? path : path.split(".")));
  if (text && typeof text === "object") text = fill.n === 1 ? text.one : text.many;
  if (text === undefined) return Array.isArray(path) ? path.at(-1) : path;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in fill ? fill[name] : whole));
}

/** A number as the language writes it; decimals below 0: to tens, hundreds. */
export function written(value, decimals = 0) {
  const places = Math.max(0, decimals);
  const said = new Intl.NumberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: places });
  const rounded = decimals < 0 ? Math.round(value * 10 ** decimals) * 10 ** -decimals : value;
  const text = said.format(Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : rounded);
  return text.replace("-", "−");
}

/** A first letter as a sentence begins. */
export const capital = (text) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

/** Things one after the other, as a sentence lists them. */
export const listed = (things) => new Intl.ListFormat(language, { type: "conjunction" }).format(things);

/** Fills every element that says which text it shows. */
export function fillIn(root) {
  for (const element of root.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
}
