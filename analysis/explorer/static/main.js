/** The page: reads its address, builds its parts, and keeps them together. */

import { area } from "./area.js";
import { ask } from "./ask.js";
import { asking, otherPeople } from "./asking.js";
import { calm, el } from "./draw.js";
import { lessons, putInto } from "./lesson.js";
import { levers } from "./levers.js";
import { person } from "./person.js";
import { results } from "./results.js";
import { headButtons } from "./share.js";
import { sheet } from "./sheet.js";
import { read, valueOf, weeksOf, write } from "./state.js";
import { story } from "./story.js";
import { time } from "./time.js";
import { messages } from "./told.js";
import { fillIn, learn, look, say } from "./words.js";

const at = (id) => document.getElementById(id);

async function begin() {
  const page = await ask("page");
  learn(page.words);
  fillIn(document);
  build(page);
}

function build(page) {
  const listeners = { state: [], data: [] };
  const told = messages(at("messages"), () => startAgain(app), () => app.asking.refresh(true));
  const app = {
    page, told, data: {}, playing: false, dragging: false,
    on: (event, call) => listeners[event].push(call),
    emit: (event, about) => listeners[event].forEach((call) => call(about)),
    tell: (text) => (at("live").textContent = text),
    unread: null, // what the page itself can't read in its address: shown until somebody starts again
    problem(mistake) {
      const now = app.unread ?? mistake;
      told.problem(now);
      document.body.classList.toggle("has-problem", Boolean(now) && !now.failed);
    },
    allowed: () => app.lesson?.allowed() ?? null,
  }; // prettier-ignore
  take(app, location.search);
  app.change = (change, done) => changed(app, change, done);
  app.showWeek = (week, done) => weekChanged(app, week, done);
  app.asking = asking(app);
  const parts = assemble(app);
  app.on("state", () => showAll(app, parts));
  app.on("data", () => showAll(app, parts));
  app.weekShown = () => showWeek(app, parts);
  addEventListener("popstate", () => {
    take(app, location.search);
    app.emit("state");
    app.asking.refresh(true);
  });
  app.emit("state");
  app.asking.refresh(true);
  if (!location.search && !calm()) firstLook(app, parts);
}

/** Once there is somebody to be seen, their two years pass by. */
function firstLook(app, parts) {
  let looked = false;
  app.on("data", (what) => {
    if (what !== "person" || looked) return;
    looked = true;
    if (!app.state.world.size && app.state.week === null) parts.time.once();
  });
}

/** Takes the state from an address, and tells the first thing that the page itself can't read in it. */
function take(app, search) {
  const { state, mistakes } = read(search, app.page);
  app.state = state;
  const step = app.page.lessons.find((one) => one.name === state.lesson)?.steps[state.step];
  if (step && !state.world.size) putInto(app, state, step.set); // a teacher's short address: the page's own always says v
  app.unread = mistakes.length ? told(app, mistakes[0]) : null;
  app.problem(null);
}

function told(app, { name, said }) {
  const fill = { weeks: weeksOf(app.state, app.page), last: (app.state.world.get("patients") ?? app.page.start.patients) - 1 };
  return { where: name, what: say(/^\d+$/.test(said) ? "messages.out_of_range" : "messages.not_known"), found: said, expected: say(["messages", "page_only", name], fill) };
}

function startAgain(app) {
  history.pushState(null, "", location.pathname);
  take(app, "");
  app.emit("state");
  app.asking.refresh(true);
}

/** The state changes; done: nothing moves any more. One entry of the history for a whole drag. */
function changed(app, change, done) {
  change(app.state);
  app.state.who = Math.min(app.state.who, Math.max(0, Number(app.state.world.get("patients") ?? app.page.start.patients) - 1));
  if (app.state.week !== null) app.state.week = Math.min(app.state.week, weeksOf(app.state, app.page));
  const address = write(app.state, app.page);
  if (app.dragging) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  app.dragging = !done;
  app.emit("state");
  app.asking.refresh(done);
}

function weekChanged(app, week, done) {
  app.state.week = week >= weeksOf(app.state, app.page) ? null : week;
  if (done) history.replaceState(null, "", write(app.state, app.page));
  app.weekShown();
}

function assemble(app) {
  at("people").setAttribute("aria-label", say("regions.people"));
  at("messages").setAttribute("aria-label", say("regions.messages"));
  const panels = { person: el("div", { class: "view one" }), area: el("div", { class: "view all" }) };
  const tabs = tabBar(app, panels);
  at("people").append(tabs.element, panels.person, panels.area);
  app.lesson = lessons(app, at("lesson"));
  app.story = story(app, at("story"), (focus) => {
    views.person.choose(null, null);
    if (focus) views.person.focus(focus);
  });
  const views = { person: person(app, panels.person), area: area(app, panels.area) };
  app.openStory = (world, key, listed = false) => {
    app.story.open({ world, key, listed });
    if (app.story.isOpen()) views.person.choose(world, key);
  };
  headButtons(app, at("head-buttons"));
  const changes = results(app, at("changes"));
  return { levers: levers(app, at("levers")), tabs, views, time: time(app, at("time")), changes, sheet: sheet(app, at("sheet-bar"), changes) };
}

function tabBar(app, panels) {
  const buttons = Object.keys(panels).map((view) => {
    panels[view].id = `view-${view}`;
    Object.assign(panels[view], { role: "tabpanel" });
    panels[view].setAttribute("role", "tabpanel");
    panels[view].setAttribute("aria-label", say(["tabs", view]));
    const button = el("button", { type: "button", role: "tab", class: "tab", id: `tab-${view}`, "aria-controls": `view-${view}`, text: say(["tabs", view]) });
    button.addEventListener("click", () => app.change((state) => (state.view = view), true));
    button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      const other = buttons.find((one) => one !== button);
      other.click();
      other.focus();
    });
    return button;
  });
  const same = el("p", { class: "note" });
  const element = el("div", { class: "tabs" }, el("div", { role: "tablist", "aria-label": say("tabs.label") }, buttons), same);
  return {
    element,
    show() {
      const preset = say(["people_living_with", valueOf(app.state, app.page, "preset")]);
      const why = otherPeople(app);
      const fill = { patients: valueOf(app.state, app.page, "patients"), who: preset, why };
      same.textContent = why === undefined ? " " : say(why ? "worlds.other" : "worlds.same", fill);
      for (const [k, view] of Object.keys(panels).entries()) {
        const on = app.state.view === view;
        panels[view].hidden = !on;
        buttons[k].setAttribute("aria-selected", String(on));
        buttons[k].tabIndex = on ? 0 : -1;
      }
    },
  };
}

function showAll(app, parts) {
  document.body.classList.toggle("no-levers", app.allowed()?.length === 0);
  document.body.classList.toggle("in-lesson", Boolean(app.state.lesson));
  app.lesson.show();
  parts.tabs.show();
  parts.levers();
  parts.changes.show();
  parts.sheet.show();
  showWeek(app, parts);
}

function showWeek(app, parts) {
  parts.time.show();
  parts.views[app.state.view].show();
  parts.changes.week();
  app.story.show();
}

begin().catch((error) => {
  at("messages").textContent = look("messages", "failed") ?? error.message;
});
