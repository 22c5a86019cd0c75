/** The levers: what may be moved, where it stands, where it stands today, and what it means. */

import { aboutButton } from "./about.js";
import { el, followed, fresh, refocus } from "./draw.js";
import { before, changesOf, move, moveOf, moveWeek, movesOf, scenarioOf, standsAt } from "./state.js";
import { setting } from "./setting.js";
import { look, say, written } from "./words.js";

const GROUPS = ["services", "programmes", "mechanisms"];
const FIRST = "programmes.client_centred_therapy.coverage"; // moved first by whoever is new here
const OPEN = ["programmes"];

/** The text that a lever is described by. */
export const titleOf = (lever) => say(["lever", lever.name, "title"]);

/** A lever's value as it is shown, without its unit. */
export function shown(lever, value) {
  if (lever.switch) return say(value ? "levers.on" : "levers.off");
  const about = aboutUnit(lever);
  return written(value * (about.times ?? 1), about.decimals ?? 0);
}

const aboutUnit = (lever) =>
  lever.group === "programmes" ? look("programme_unit") : look("lever", lever.name);

/** Builds the levers. Returns what brings them up to date. */
export function levers(app, place) {
  const backAll = el("button", { class: "quiet", type: "button", text: say("levers.all_back") });
  backAll.addEventListener("click", () => {
    app.change((state) => putBack(app, state), true);
    refocus(title);
  });
  const title = el("h2", { tabindex: "-1", text: say("regions.levers") });
  const head = el("div", { class: "part-head" }, title, backAll);
  const scroll = el("div", { class: "scroll" });
  const note = el("p", { class: "note", hidden: true, text: say("levers.hidden_by_lesson") });
  const place_ = setting(app);
  const groups = GROUPS.map((name) => group(app, name));
  scroll.append(note, place_.element, ...groups.map((one) => one.element));
  place.append(head, scroll);
  place.setAttribute("aria-label", say("regions.levers"));
  return () => {
    const moved = movesOf(app.state, app.page).length;
    backAll.hidden = moved === 0 && scenarioOf(app.state, app.page).name === app.page.start.scenario;
    note.hidden = !app.allowed();
    place_.show();
    for (const one of groups) one.show();
  };
}

function putBack(app, state) {
  for (const lever of app.page.levers) state.world.delete(lever.name);
  state.world.delete("scenario");
}

function group(app, name) {
  const rows = app.page.levers.filter((lever) => lever.group === name).map((lever) => row(app, lever));
  const about = el("p", { class: "note", text: say(["groups", name, "about"]) });
  const count = el("span", { class: "count" });
  const summary = el("summary", {}, el("h3", { text: say(["groups", name, "title"]) }), count);
  const element = el("details", { class: "group", open: OPEN.includes(name) }, summary, about, ...rows.map((one) => one.element));
  return {
    element,
    show() {
      const allowed = app.allowed();
      const visible = rows.filter((one) => !allowed || allowed.includes(one.lever.name));
      element.hidden = visible.length === 0;
      if (allowed && visible.length) element.open = true;
      for (const one of rows) {
        one.element.hidden = !visible.includes(one);
        one.show();
      }
      const moved = rows.filter((one) => moveOf(app.state, one.lever)).length;
      count.textContent = moved ? String(moved) : "";
    },
  };
}

function row(app, lever) {
  const id = fresh("lever");
  const title = el("label", { for: id, text: titleOf(lever) });
  const value = el("span", { class: "value" });
  const back = el("button", { class: "back", type: "button", "aria-label": say("levers.put_back_one", { lever: titleOf(lever) }), title: say("levers.put_back"), text: "↺" });
  const info = aboutButton(titleOf(lever), {
    means: say(["lever", lever.name, "means"]),
    example: say(["lever", lever.name, "example"]),
    source: lever.switch ? say("mechanism_source.text") : say(["lever", lever.name, "source"]),
  });
  const control = lever.switch ? toggle(app, lever, id) : slider(app, lever, id);
  const first = lever.name === FIRST ? hint(app, control.input) : null;
  const when = el("span", { class: "when" });
  const element = el(
    "div",
    { class: lever.switch ? "lever switch" : "lever", "data-lever": lever.name },
    first,
    el("div", { class: "lever-head" }, title, value, back, info.button),
    control.element,
    el("div", { class: "lever-foot" }, el("span", { text: lever.group === "services" ? aboutUnit(lever).unit : "" }), when),
    info.text,
  );
  back.addEventListener("click", () => {
    app.change((state) => state.world.delete(lever.name), true);
    refocus(control.input);
  });
  return { lever, element, show: () => showRow(app, lever, { element, value, back, control, when }) };
}

function showRow(app, lever, parts) {
  const at = standsAt(app.state, app.page, lever);
  const moved = moveOf(app.state, lever);
  const today = app.page.scenarios[0].values[lever.name];
  parts.element.classList.toggle("moved", moved !== undefined);
  parts.value.textContent = lever.group === "programmes" ? say("levers.in_100", { n: shown(lever, at) }) : shown(lever, at);
  const why = moved ? movedWhen(app, lever, moved) : byScenario(app, lever, at !== today);
  const then = moved || at !== today ? say("levers.today_mark", { value: shown(lever, today) }) : "";
  parts.when.textContent = [then, why].filter(Boolean).join(" · ");
  parts.back.hidden = moved === undefined;
  parts.control.show(at, today);
}

function movedWhen(app, lever, { week }) {
  return week ? say("levers.moved_at", { week, before: shown(lever, before(app.state, app.page, lever, week)) }) : "";
}

function byScenario(app, lever, differs) {
  const weeks = changesOf(app.state, app.page).flatMap((one) => (lever.name in one.sets ? [one.week] : []));
  if (weeks.length) return say("levers.scenario_later", { weeks: weeks.join(", ") });
  return differs ? say("levers.by_scenario") : "";
}

function slider(app, lever, id) {
  const input = el("input", { type: "range", id, min: lever.low, max: lever.high, step: lever.step });
  const tick = el("span", { class: "tick", "aria-hidden": "true" });
  const element = el("div", { class: "slider" }, tick, input);
  let week = null; // of the drag that is under way
  followed(input, (done) => {
    const from = (week ??= moveWeek(app.state, app.page));
    if (done) week = null;
    app.change((state) => move(state, app.page, lever, Number(input.value), from), done);
  });
  return {
    element,
    input,
    show(value, today) {
      if (Number(input.value) !== value) input.value = value;
      const share = (number) => (number - lever.low) / (lever.high - lever.low);
      element.style.setProperty("--at", share(value));
      element.style.setProperty("--then", share(today));
      const unit = aboutUnit(lever).unit;
      input.setAttribute("aria-valuetext", say("levers.value_text", { value: shown(lever, value), unit, today: shown(lever, today) }));
    },
  };
}

function toggle(app, lever, id) {
  const input = el("input", { type: "checkbox", role: "switch", id });
  input.addEventListener("change", () => {
    app.change((state) => move(state, app.page, lever, input.checked, moveWeek(state, app.page)), true);
  });
  return { element: el("div", { class: "toggle" }, input), input, show: (value) => (input.checked = value) };
}

/** The one thing to do first; gone for good once anything was moved. */
function hint(app, input) {
  const element = el("div", { class: "hint" }, el("strong", { text: say("start.title") }), el("span", { class: "wide", text: say("start.text") }), el("span", { class: "narrow", text: say("start.text_narrow") }));
  const close = el("button", { class: "close", type: "button", "aria-label": say("start.dismiss"), text: "×" });
  close.addEventListener("click", () => {
    element.remove();
    refocus(input);
  });
  element.append(close);
  const gone = () => (app.state.world.size || app.state.lesson) && element.remove();
  app.on("state", gone);
  gone();
  return element;
}
