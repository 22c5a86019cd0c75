/** Place and people: where the what-if starts from, who lives here, how long, with which luck. */

import { aboutButton } from "./about.js";
import { el, followed, fresh } from "./draw.js";
import { scenarioOf, setWorld, valueOf } from "./state.js";
import { look, say } from "./words.js";

/** A scenario's name and what it assumes: as translated, else as in the library. */
export const scenarioWords = (scenario) => ({ ...scenario, ...look("scenarios", scenario.name) });

/** Builds the group. */
export function setting(app) {
  const { page } = app;
  const choices = {
    scenario: page.scenarios.map((one) => [one.name, scenarioWords(one).title]),
    preset: page.presets.map((name) => [name, say(["setting", "preset", name])]),
    uncertain: page.uncertain.map((name) => [name, say(["setting", "uncertain", name])]),
  };
  const assumes = el("p", { class: "note" });
  const folded = el("details", { class: "as-list" }, el("summary", { text: say("setting.scenario.assumes") }), assumes);
  const parts = [
    choose(app, "scenario", choices.scenario),
    { element: folded, show: () => (assumes.textContent = scenarioWords(scenarioOf(app.state, page)).assumes) },
    choose(app, "preset", choices.preset),
    count(app, "patients", page.limits.patients, 10),
    count(app, "weeks", page.limits.weeks, 1),
    luck(app),
    choose(app, "uncertain", choices.uncertain),
  ];
  const element = el(
    "details",
    { class: "group" },
    el("summary", {}, el("h3", { text: say("groups.setting.title") }), el("span", { class: "count" })),
    el("p", { class: "note", text: say("groups.setting.about") }),
    ...parts.map((one) => one.element),
  );
  return {
    element,
    show() {
      element.hidden = Boolean(app.allowed());
      for (const one of parts) one.show();
    },
  };
}

function titled(app, name, id, control, ...more) {
  const words = look("setting", name);
  const info = aboutButton(words.title, { means: words.means, example: words.example, as_opened: opened(app.page, name), source: words.source });
  const note = el("p", { class: "aside", id: `${id}-note`, text: words.means });
  return el("div", { class: "field" }, el("div", { class: "lever-head" }, el("label", { for: id, text: words.title }), info.button), control, ...more, info.text, note);
}

/** A setting as it is on a page that nobody has touched, in words. */
function opened(page, name) {
  const at = page.start[name];
  if (name === "scenario") return scenarioWords(page.scenarios.find((one) => one.name === at)).title;
  return look("setting", name, at) ?? [at, say(["setting", name, "unit"])].join(" ").trim();
}

function choose(app, name, options) {
  const id = fresh(name);
  const select = el("select", { id, "aria-describedby": `${id}-note` }, options.map(([value, text]) => el("option", { value, text })));
  select.addEventListener("change", () => app.change((state) => setWorld(state, app.page, name, select.value), true));
  return { element: titled(app, name, id, select), show: () => (select.value = valueOf(app.state, app.page, name)) };
}

function count(app, name, [low, high], step) {
  const id = fresh(name);
  const input = el("input", { type: "range", id, min: low, max: high, step, "aria-describedby": `${id}-note` });
  const value = el("span", { class: "value" });
  const slider = el("div", { class: "slider" }, input);
  followed(input, (done) => app.change((state) => setWorld(state, app.page, name, input.value), done));
  return {
    element: titled(app, name, id, slider, value),
    show() {
      input.value = valueOf(app.state, app.page, name);
      slider.style.setProperty("--at", (Number(input.value) - low) / (high - low));
      value.textContent = `${input.value} ${say(["setting", name, "unit"])}`;
      input.setAttribute("aria-valuetext", value.textContent);
    },
  };
}

function luck(app) {
  const id = fresh("seed");
  const input = el("input", { type: "number", id, min: 0, max: 999999, step: 1, inputmode: "numeric", "aria-describedby": `${id}-note` });
  const draw = el("button", { class: "quiet", type: "button", text: say("setting.seed.draw") });
  const take = (seed) => app.change((state) => setWorld(state, app.page, "seed", seed), true);
  input.addEventListener("change", () => input.reportValidity() && take(input.value ? input.valueAsNumber : app.page.start.seed));
  draw.addEventListener("click", () => take(1 + Math.floor(Math.random() * 9999)));
  return {
    element: titled(app, "seed", id, el("div", { class: "beside" }, input, draw)),
    show: () => (input.value = valueOf(app.state, app.page, "seed")),
  };
}
