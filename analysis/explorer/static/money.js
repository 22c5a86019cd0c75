/** What the what-if costs, and whether it stays within a budget; a cut is held against none. */

import { aboutButton } from "./about.js";
import { el, fresh } from "./draw.js";
import { atEnd, told, unitOf } from "./numbers.js";
import { MOST_MONEY } from "./state.js";
import { capital, look, say, written } from "./words.js";

/** Builds the part. */
export function money(app) {
  const id = fresh("budget");
  const input = el("input", { id, type: "number", min: 0, max: MOST_MONEY, step: 10, inputmode: "numeric", "aria-describedby": `${id}-note ${id}-wrong` });
  const verdict = el("p", { class: "verdict" });
  const wrong = el("p", { class: "wrong", role: "alert", id: `${id}-wrong` });
  const { means, example, as_opened, source } = look("budget");
  const info = aboutButton(say("budget.title"), { means, example, as_opened, source });
  const refuse = (is) => {
    wrong.textContent = is ? say("budget.wrong", { most: written(MOST_MONEY) }) : "";
    input.setAttribute("aria-invalid", String(is));
  };
  input.addEventListener("change", () => {
    const value = Number(input.value);
    const empty = input.value.trim() === "";
    const right = !empty && value >= 0 && value <= MOST_MONEY;
    refuse(!right && (!empty || input.validity.badInput));
    app.change((state) => (state.budget = right ? value : null), true);
  });
  return {
    element: el("div", { class: "money" }, el("div", { class: "lever-head" }, el("h3", { text: say("budget.title") }), info.button), info.text, el("div", { class: "beside" }, el("label", { for: id, text: say("budget.label") }), input), el("p", { class: "note", id: `${id}-note`, text: say("budget.hint") }), wrong, verdict),
    show(band) {
      if (app.state.budget !== null) refuse(false);
      if (document.activeElement !== input && !wrong.textContent) input.value = app.state.budget ?? "";
      const extra = band && atEnd(band.outcomes.cost.difference, "cost");
      const fill = { short: extra ? told(extra, unitOf("cost")) : "" };
      const way = !band ? "waiting" : app.state.budget === null || !band.ranked ? "none" : judgedBy(extra, app.state.budget);
      verdict.textContent = [say(["budget", way], fill), band?.remark ? `${capital(band.remark)}.` : ""].join(" ").trim();
      verdict.className = `verdict ${way}`;
    },
  };
}

/** Whether extra costs stay within a budget: within, over, or unclear where the interval holds it. */
export function judgedBy(extra, budget) {
  if (!extra) return "none";
  return extra.upper <= budget ? "within" : extra.lower > budget ? "over" : "unclear";
}
