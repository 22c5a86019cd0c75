/** Lessons: predict, try, explain. What the model answers is worked out from its numbers, never written down. */

import { ask } from "./ask.js";
import { el, fresh, refocus } from "./draw.js";
import { atEnd, direction, nameOf, told, unitOf } from "./numbers.js";
import { judgedBy } from "./money.js";
import { read, worldQuery } from "./state.js";
import { say } from "./words.js";

/** Builds the panel. Answers are kept here only, and are gone with the page. */
export function lessons(app, place) {
  const answers = new Map(); // "lesson/step" to the choice taken
  place.setAttribute("aria-label", say("regions.lesson"));
  let shown = "";
  const current = () => app.page.lessons.find((one) => one.name === app.state.lesson);

  function go(step) {
    const lesson = current();
    app.change((state) => {
      state.step = step;
      putInto(app, state, lesson.steps[step].set);
    }, true);
    place.querySelector("h2")?.focus();
  }

  return {
    begin(name) {
      app.change((state) => Object.assign(state, { lesson: name, step: 0 }), false);
      go(0);
    },
    /** The levers that the open step shows; null where all are. */
    allowed: () => current()?.steps[app.state.step]?.allow ?? null,
    show() {
      const lesson = current();
      const key = lesson ? `${lesson.name}/${app.state.step}` : "";
      if (key === shown) return;
      const focus = place.contains(document.activeElement);
      place.hidden = !lesson;
      shown = key;
      document.querySelector("#changes .scroll")?.scrollTo(0, 0); // where the last step has led
      if (lesson) place.replaceChildren(...panel(app, lesson, answers, go));
      if (focus) refocus(lesson && place.querySelector("h2"), document.querySelector("#levers h2"), document.querySelector("h1"));
    },
  };
}

/** Puts the page into the state of a step: its `set` are words of an address. */
export function putInto(app, state, set) {
  if (!set) return;
  const query = new URLSearchParams(Object.entries(set).map(([name, said]) => [name, String(said)]));
  const to = read(query.toString(), app.page).state;
  const { lesson, step } = state;
  const stays = ["who", "view", "show", "budget"].filter((name) => !(name in set)).map((name) => [name, state[name]]);
  Object.assign(state, to, { lesson, step }, Object.fromEntries(stays));
}

function panel(app, lesson, answers, go) {
  const { step } = app.state;
  const now = lesson.steps[step];
  const last = step === lesson.steps.length - 1;
  const button = (text, kind, click, off = false) => {
    const element = el("button", { type: "button", class: kind, text, disabled: off });
    element.addEventListener("click", click);
    return element;
  };
  const leave = () => app.change((state) => Object.assign(state, { lesson: "", step: 0 }), true);
  const next = button(say(last ? "lessons.done" : "lessons.next"), "main", () => (last ? leave() : go(step + 1)));
  const key = (k) => `${lesson.name}/${k}`;
  const needs = now.kind === "predict" && now.question && !answers.has(key(step));
  const held = el("span", { class: "note", text: needs ? say("lessons.your_guess") : "" });
  const free = () => {
    next.disabled = false;
    held.textContent = "";
  };
  next.disabled = Boolean(needs);
  return [
    el("div", { class: "part-head" }, el("p", { class: "lesson-name", text: `${lesson.title} · ${say("lessons.step", { step: step + 1, steps: lesson.steps.length })}` }), button(say("lessons.leave"), "quiet", leave)),
    el("progress", { max: lesson.steps.length, value: step + 1, "aria-label": say("lessons.step", { step: step + 1, steps: lesson.steps.length }) }),
    el("h2", { tabindex: "-1" }, el("span", { class: `kind ${now.kind}`, text: say(["lessons", "kind", now.kind]) }), " ", now.title ?? ""),
    ...(step === 0 && lesson.aim ? [el("p", { class: "note", text: say("lessons.aim", { aim: lesson.aim }) })] : []),
    ...(now.text ?? []).map((text) => el("p", { text })),
    now.question ? question(now, key(step), answers, free) : null,
    now.reveal !== undefined ? reveal(app, lesson, now.reveal, answers, key) : null,
    el("div", { class: "lesson-buttons" }, button(say("lessons.back"), "quiet", () => go(step - 1), step === 0), now.set ? button(say("lessons.put_in"), "quiet", () => go(step)) : null, next, held),
  ].filter(Boolean);
}

function question(step, key, answers, free) {
  const name = fresh("choice");
  const choices = step.choices.map((choice) => {
    const input = el("input", { type: "radio", name, value: choice.name, checked: answers.get(key) === choice.name });
    input.addEventListener("change", () => {
      answers.set(key, choice.name);
      free();
    });
    return el("label", { class: "choice" }, input, el("span", { text: choice.text }));
  });
  return el("fieldset", { class: "question" }, el("legend", { text: step.question }), choices);
}

/** What was thought, and what the model says, once its runs are there. */
function reveal(app, lesson, name, answers, key) {
  const k = lesson.steps.findIndex((step) => step.name === name);
  const step = lesson.steps[k];
  const place = el("div", { class: "reveal", "aria-live": "polite" }, el("p", { class: "note", text: say("lessons.model_waiting") }));
  const texts = (choice) => step.choices.find((one) => one.name === choice)?.text ?? "";
  judged(app, step.answer).then(
    ({ choice, lines }) => {
      const mine = answers.get(key(k));
      const said = [...(mine ? [el("p", { text: say("lessons.you_said", { choice: texts(mine) }) })] : [])];
      said.push(el("p", { class: "model-says", text: texts(choice) ? say("lessons.model_says", { choice: texts(choice) }) : say("lessons.model_unclear") }));
      said.push(el("ul", {}, lines.map((text) => el("li", { text }))));
      if (mine) said.push(el("p", { text: say(mine === choice ? "lessons.right" : "lessons.wrong") }));
      place.replaceChildren(...said);
    },
    () => place.replaceChildren(el("p", { class: "note", text: say("lessons.model_needs") })),
  );
  return place;
}

/**
 * The choice that the model supports: lessons/README.md says which answers there are. Two intervals that overlap are
 * not told apart.
 */
export async function judged(app, answer) {
  const worlds = answer.than ? [answer.set, answer.than] : [answer.set];
  const bands = await Promise.all(worlds.map((set) => ask("band", queryOf(app, set))));
  const ends = answer.groups
    ? answer.groups.map((group) => ofGroup(bands[0], group))
    : bands.map((band) => atEnd(band.outcomes[answer.outcome][answer.of ?? "difference"], answer.outcome));
  const lines = ends.map((end, k) => {
    const sentence = told(end, unitOf(answer.outcome));
    const name = answer.names?.[k];
    return name ? say("lessons.numbers_of", { name, outcome: nameOf(answer.outcome), sentence }) : say("lessons.numbers", { outcome: nameOf(answer.outcome), sentence });
  });
  return { choice: chosen(answer, ends), lines };
}

function chosen(answer, ends) {
  if (answer.budget !== undefined) return judgedBy(ends[0], answer.budget);
  return ends.length > 1 ? compared(...ends, answer.more) : direction(ends[0]);
}

/** What a group of people gains, in points of recovery. */
function ofGroup(band, group) {
  const { difference, lower, upper } = band.whom.find((one) => one.group === group);
  return { mean: difference, lower, upper };
}

function queryOf(app, set) {
  if (!set) return worldQuery(app.state);
  const query = new URLSearchParams(Object.entries(set).map(([name, said]) => [name, String(said)]));
  return worldQuery(read(query.toString(), app.page).state);
}

function compared(first, second, more) {
  const sign = more === "lower" ? -1 : 1;
  const [a, b] = [first, second].map((one) => (sign > 0 ? [one.lower, one.upper] : [-one.upper, -one.lower]));
  return a[0] > b[1] ? "first" : b[0] > a[1] ? "second" : "unclear";
}
