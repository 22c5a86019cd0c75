/** Who gains and who loses, by group. */

import { el, svg } from "./draw.js";
import { decimalsFor, told, unitOf } from "./numbers.js";
import { look, say, written } from "./words.js";

const SAID = { better: "good", worse: "bad" };

/** Builds the part. */
export function whom(app) {
  const note = el("p", { class: "note" });
  const body = el("div", { class: "whom-groups" });
  return {
    element: el("div", { class: "whom" }, el("h3", { text: say("whom.title") }), note, body),
    show(band) {
      if (!band) return;
      const why = band.whom.length ? "note" : band.other_people ? "other_people" : "failed";
      note.textContent = say(["whom", why], { points: band.notable, n: band.replicates });
      const groups = grouped(band.whom);
      body.replaceChildren(...[...groups].map(([by, rows]) => part(by, rows)));
    },
  };
}

function grouped(rows) {
  const groups = new Map();
  for (const one of rows) groups.set(one.by, [...(groups.get(one.by) ?? []), one]);
  return groups;
}

function part(by, rows) {
  const title = by ? el("h4", { text: look("whom", "by", by) ?? by }) : null;
  return el("div", {}, title, el("ul", {}, rows.map(group)));
}

function group(one) {
  const mean = told(one.lower === null ? null : { mean: one.difference, lower: one.lower, upper: one.upper }, unitOf("qpr"));
  const bar = svg(
    "svg",
    { class: "split", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "worse", x: 50 - 50 * one.worse, y: 1, width: 50 * one.worse, height: 8 }),
    svg("rect", { class: "better", x: 50, y: 1, width: 50 * one.better, height: 8 }),
    svg("path", { class: "zero", d: "M50 0V10" }),
  );
  return el(
    "li",
    {},
    el("span", { class: "name", text: look("whom", "groups", one.group) ?? one.group }),
    bar,
    el("span", { class: "said", text: ["worse", "better"].map((what) => share(one, what)).join(" · ") }),
    el("span", { class: "note", text: say("whom.mean", { sentence: mean }) }),
  );
}

/** How many of 100 are better or worse off, with the interval of it. */
function share(one, what) {
  const [n, lower, upper] = [one[what], one[`${what}_lower`], one[`${what}_upper`]].map((part) => (part === null ? NaN : Math.max(0, 100 * part)));
  if (!Number.isFinite(n)) return say("whom.share_all", { n: "–", what: say(["results", SAID[what]]) });
  const decimals = n === 0 ? 0 : Math.min(1, decimalsFor(lower, upper));
  const fill = { n: written(n, decimals), lower: written(lower, decimals), upper: written(upper, decimals), what: say(["results", SAID[what]]) };
  return say(upper > lower ? "whom.share" : "whom.share_all", fill);
}
