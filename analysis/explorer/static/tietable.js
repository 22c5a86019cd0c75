/** The same ties as a list: for those who read rather than look. */

import { el } from "./draw.js";
import { tiesIn, WORLDS } from "./person.js";
import { say } from "./words.js";

const COLUMNS = ["list_strength", "list_trust", "list_back", "list_expert", "list_friction"];
const LEVELS = ["strength", "trust", "reciprocity", "expertise", "friction"];

/** Builds the list, closed at first. */
export function tieTable(app) {
  const body = el("div", { class: "tables" });
  const element = el("details", { class: "as-list" }, el("summary", {}, el("span", { text: say("person.list") }), el("span", { class: "note", text: say("trends.note") })), body);
  let latest = null;
  const fill = () => element.open && latest && body.replaceChildren(...WORLDS.map((world) => table(app, world, ...latest)));
  element.addEventListener("toggle", fill);
  return {
    element,
    show(data, week) {
      latest = [data, week];
      if (!app.playing) fill();
    },
  };
}

function table(app, world, data, week) {
  const head = ["list_role", ...COLUMNS, "list_state"].map((name) => el("th", { scope: "col", text: say(["person", name]) }));
  const rows = tiesIn(data[world], week).map((tie) => {
    const open = el("button", { class: "link", type: "button", text: say(["roles", tie.role, "one"]) });
    open.addEventListener("click", () => app.openStory(world, tie.key, open));
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
