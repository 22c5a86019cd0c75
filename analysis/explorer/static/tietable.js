/** The same ties as a list: for those who read rather than look. */

import { el, refocus } from "./draw.js";
import { otherPeople } from "./asking.js";
import { tiesIn, WORLDS } from "./person.js";
import { say } from "./words.js";

const COLUMNS = ["list_strength", "list_trust", "list_back", "list_expert", "list_friction"];
const LEVELS = ["strength", "trust", "reciprocity", "expertise", "friction"];

/** Builds the list, closed at first. */
export function tieTable(app) {
  const body = el("div", { class: "tables" });
  const note = el("span", { class: "note" });
  const element = el("details", { class: "as-list" }, el("summary", {}, el("span", { text: say("person.list") }), note), body);
  let latest = null;
  let filled = []; // the data and the week that it shows
  const fill = () => {
    if (!element.open || !latest || latest.every((one, k) => one === filled[k])) return;
    const { world, key } = (body.contains(document.activeElement) && document.activeElement.dataset) || {};
    body.replaceChildren(...WORLDS.map((one) => table(app, one, ...latest)));
    filled = latest;
    if (world) refocus(button(world, key), element.querySelector("summary"));
  };
  const button = (world, key) => body.querySelector(`[data-world="${world}"][data-key="${key}"]`);
  element.addEventListener("toggle", fill);
  return {
    element,
    show(data, week) {
      latest = [data, week];
      note.textContent = say(otherPeople(app) ? "trends.other" : "trends.note");
      if (!app.playing) fill();
    },
    button,
  };
}

function table(app, world, data, week) {
  const head = ["list_role", ...COLUMNS, "list_state"].map((name) => el("th", { scope: "col", text: say(["person", name]) }));
  const rows = tiesIn(data[world], week).map((tie) => {
    const open = el("button", { class: "link", type: "button", "data-world": world, "data-key": tie.key, text: say(["roles", tie.role, "one"]) });
    open.addEventListener("click", () => app.openStory(world, tie.key, true));
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, open),
      ...LEVELS.map((level) => el("td", { text: tie[level] })),
      el("td", { text: say(["person", tie.ruptured ? "ruptured" : "not_ruptured"]) }),
    );
  });
  return el("table", {}, el("caption", { text: say(["worlds", world]) }), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
}
