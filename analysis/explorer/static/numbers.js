/** Numbers in words: never without their interval, never with more digits than the interval allows. */

import { look, say, written } from "./words.js";

const MOST_DECIMALS = 2;
const FINEST = 4; // where an end would otherwise read as 0

const times = (outcome) => look("outcomes", outcome).times ?? 1;
export const unitOf = (outcome) => look("outcomes", outcome).unit;
export const nameOf = (outcome) => look("outcomes", outcome).name;

/** Decimals that an interval leaves: one digit of half its width; below 0 for tens, hundreds. */
export function decimalsFor(lower, upper) {
  const error = (upper - lower) / 2;
  return error > 0 ? Math.min(MOST_DECIMALS, -Math.floor(Math.log10(error))) : MOST_DECIMALS;
}

/** The end of a difference with its interval, in the outcome's unit; null where it is not there. */
export function atEnd(found, outcome) {
  const last = (values) => (values.at(-1) === null ? NaN : values.at(-1) * times(outcome));
  const [mean, lower, upper] = [last(found.mean), last(found.lower), last(found.upper)];
  return Number.isFinite(mean) && Number.isFinite(lower) && Number.isFinite(upper) ? { mean, lower, upper } : null;
}

/** What an interval tells: higher, lower, unclear, or the same; none where there is nothing to compare. */
export function direction(one) {
  if (!one) return "none";
  if (one.mean === 0 && one.lower === 0 && one.upper === 0) return "same";
  return one.lower > 0 ? "higher" : one.upper < 0 ? "lower" : "unclear";
}

/** A difference as a sentence: `kind` is sentence or short. */
export function told(one, unit, kind = "sentence") {
  const way = direction(one);
  if (way === "same" || way === "none") return say(["results", kind, way]);
  const [mean, lower, upper] = way === "lower" ? [-one.mean, -one.upper, -one.lower] : [one.mean, one.lower, one.upper];
  let decimals = decimalsFor(lower, upper);
  // an interval that holds 0 inside is not told as one that begins or ends there, nor one that holds none as one that does
  const nearest = way === "unclear" ? Math.min(-lower, upper) : lower;
  while (decimals < FINEST && nearest > 0 && nearest < 0.5 * 10 ** -decimals) decimals += 1;
  const fill = { difference: written(mean, decimals), lower: written(lower, decimals), upper: written(upper, decimals), unit };
  return say(["results", kind, way], fill);
}

/** Whether a difference is for the better: good, bad, or "" where it is neither or can't be told. */
export function valued(one, better) {
  const way = direction(one);
  if (!better || (way !== "higher" && way !== "lower")) return "";
  return way === better ? "good" : "bad";
}

/** Values in the unit that is shown. */
export const scaled = (values, outcome) => values.map((value) => (value === null ? NaN : value * times(outcome)));
