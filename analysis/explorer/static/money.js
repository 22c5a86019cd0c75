/** What the what-if costs, and whether it stays within a budget. */

import { el, fresh } from "./draw.js";
import { atEnd, told, unitOf } from "./numbers.js";
import { MOST_MONEY } from "./state.js";
import { say } from "./words.js";

/** Builds the part. */
export function money(app) {
  const id = fresh("budget");
  const input = el("input", { id, type: "number", min: 0, max: MOST_MONEY, step: 10, inputmode: "numeric", "aria-describedby": `${id}-note` });
  const verdict = el("p", { class: "verdict" });
  input.addEventListener("change", () => {
    const value = Number(input.value);
    const said = input.value.trim() === "" || !(value >= 0 && value <= MOST_MONEY) ? null : value;
    app.change((state) => (state.budget = said), true);
  });
  return {
    element: el("div", { class: "money" }, el("h3", { text: say("budget.title") }), el("div", { class: "beside" }, el("label", { for: id, text: say("budget.label") }), input), el("p", { class: "note", id: `${id}-note`, text: say("budget.hint") }), verdict),
    show(band) {
      if (document.activeElement !== input) input.value = app.state.budget ?? "";
      const extra = band && atEnd(band.outcomes.cost.difference, "cost");
      const fill = { short: extra ? told(extra, unitOf("cost")) : "" };
      const way = !band ? "waiting" : app.state.budget === null ? "none" : judgedBy(extra, app.state.budget);
      verdict.textContent = say(["budget", way], fill);
      verdict.className = `verdict ${way}`;
    },
  };
}

/** Whether extra costs stay within a budget: within, over, or unclear where the interval holds it. */
export function judgedBy(extra, budget) {
  if (!extra) return "none";
  return extra.upper <= budget ? "within" : extra.lower > budget ? "over" : "unclear";
}
