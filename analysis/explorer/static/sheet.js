/** On small screens the levers come up from below, with what they do in one line above them. */

import { el, refocus } from "./draw.js";
import { say } from "./words.js";

/** Builds the bar at the bottom of small screens. */
export function sheet(app, place, changes) {
  const button = el("button", { class: "main", type: "button", "aria-controls": "levers", "aria-expanded": "false" });
  const said = el("p", { class: "sheet-said" });
  place.setAttribute("aria-label", say("regions.sheet"));
  place.append(said, button);
  const show = () => {
    if (document.body.classList.contains("no-levers")) document.body.classList.remove("sheet-open"); // nothing to show there
    const open = document.body.classList.contains("sheet-open");
    button.textContent = say(open ? "levers.close" : "levers.open");
    button.setAttribute("aria-expanded", String(open));
    said.textContent = changes.headline();
  };
  const open = (is) => {
    document.body.classList.toggle("sheet-open", is);
    show();
  };
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    if (getComputedStyle(button).display !== "none") open(true);
    refocus(...["#levers", "#lesson h2", "h1"].map((one) => document.querySelector(one)));
  });
  button.addEventListener("click", () => open(!document.body.classList.contains("sheet-open")));
  if (!location.search && getComputedStyle(place).display !== "none") {
    document.body.classList.add("sheet-open"); // whoever is new here sees the first thing to do
    requestAnimationFrame(() => document.querySelector(".lever:has(.hint)")?.scrollIntoView({ block: "center" }));
  }
  return { show };
}
