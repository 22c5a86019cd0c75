/** On small screens the levers come up from below, with what they do in one line above them. */

import { el } from "./draw.js";
import { say } from "./words.js";

/** Builds the bar at the bottom of small screens. */
export function sheet(app, place, changes) {
  const button = el("button", { class: "main", type: "button", "aria-controls": "levers", "aria-expanded": "false" });
  const said = el("p", { class: "sheet-said" });
  place.append(said, button);
  const show = () => {
    const open = document.body.classList.contains("sheet-open");
    button.textContent = say(open ? "levers.close" : "levers.open");
    button.setAttribute("aria-expanded", String(open));
    said.textContent = changes.headline();
  };
  button.addEventListener("click", () => {
    document.body.classList.toggle("sheet-open");
    show();
  });
  return { show };
}
