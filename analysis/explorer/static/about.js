/** The "i" beside whatever can be set: what it means, an example, how it is today, where its number comes from. */

import { el, fresh } from "./draw.js";
import { say } from "./words.js";

/** The button and the list that it opens. `rows`: texts by what they tell (a name in [levers]), in their order. */
export function aboutButton(title, rows) {
  const id = fresh("about");
  const said = Object.entries(rows).filter(([, text]) => text);
  const text = el("dl", { class: "about", id, hidden: true }, said.flatMap(([name, words]) => [el("dt", { text: say(["levers", name]) }), el("dd", { text: words })]));
  const button = el("button", { class: "info", type: "button", "aria-expanded": "false", "aria-controls": id, "aria-label": say("levers.about", { lever: title }), text: "i" });
  button.addEventListener("click", () => {
    text.hidden = !text.hidden;
    button.setAttribute("aria-expanded", String(!text.hidden));
  });
  return { button, text };
}
