/** How the person is doing: five processes, depression, anxiety, week by week in both worlds. */

import { el, set, svg } from "./draw.js";
import { say } from "./words.js";

const MOST = { phq9: 27, gad7: 21 };
const [WIDE, HIGH] = [100, 34];

/** Builds the small lines. */
export function trends(app) {
  const cells = [...app.page.processes, "phq9", "gad7"].map(cell);
  const element = el("div", { class: "trends", role: "group", "aria-label": say("trends.title") }, cells.map((one) => one.element));
  let drawn = null;
  return {
    element,
    show(data, week) {
      if (drawn !== data) for (const one of cells) one.draw(data);
      drawn = data;
      for (const one of cells) one.show(data, week);
    },
  };
}

function cell(name) {
  const most = MOST[name] ?? 100;
  const lines = { today: svg("path", { class: "line today" }), what_if: svg("path", { class: "line what_if" }) };
  const cursor = svg("path", { class: "cursor" });
  const now = el("span", { class: "now" });
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": say(["processes", name]) }, svg("path", { class: "floor", d: `M0 ${HIGH - 0.5}H${WIDE}` }), lines.today, lines.what_if, cursor);
  const element = el("div", { class: "trend" }, el("span", { class: "trend-name", text: say(["trends", "short", name]) }), picture, now);
  return {
    element,
    draw(data) {
      for (const world of Object.keys(lines)) set(lines[world], { d: path(data[world][name], most) });
    },
    show(data, week) {
      const x = (WIDE * week) / Math.max(1, data.today[name].length - 1);
      set(cursor, { d: `M${x.toFixed(1)} 0V${HIGH}` });
      const [today, whatIf] = [data.today[name][week], data.what_if[name][week]];
      now.replaceChildren(el("span", { class: "today", text: today }), " → ", el("span", { class: "what_if", text: whatIf }), name in MOST ? ` ${say("trends.of", { most })}` : "");
      set(picture, { "aria-label": say("trends.alt", { name: say(["processes", name]), today, what_if: whatIf, week }) });
    },
  };
}

function path(values, most) {
  const x = (k) => ((WIDE * k) / Math.max(1, values.length - 1)).toFixed(1);
  const y = (value) => (HIGH - 1 - ((HIGH - 3) * value) / most).toFixed(1);
  return `M${values.map((value, k) => `${x(k)} ${y(value)}`).join("L")}`;
}
