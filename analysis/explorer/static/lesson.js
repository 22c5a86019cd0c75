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
  let ended = null; // the lesson whose closing words stand there
  let left = new AbortController(); // what a step has asked for is given up when it is left
  const current = () => app.page.lessons.find((one) => one.name === app.state.lesson);

  function go(step) {
    const lesson = current();
    app.change((state) => {
      state.step = step;
      putInto(app, state, lesson.steps[step].set);
    }, true);
    place.querySelector("h2")?.focus();
  }

  function begin(name) {
    app.change((state) => Object.assign(state, { lesson: name, step: 0, budget: null }), false);
    go(0);
  }

  /** Everything is put back, and the lesson's last words are said. */
  function end() {
    ended = current();
    app.change((state) => {
      putInto(app, state, {});
      Object.assign(state, { lesson: "", step: 0, budget: null });
    }, true);
    place.querySelector("h2")?.focus();
  }

  function shut() {
    ended = null;
    app.emit("state");
  }

  return {
    begin,
    /** The levers that the open step shows; null where all are. */
    allowed: () => current()?.steps[app.state.step]?.allow ?? null,
    show() {
      const lesson = current();
      if (lesson) ended = null;
      const key = lesson ? `${lesson.name}/${app.state.step}` : ended ? `${ended.name}/end` : "";
      if (key === shown) return;
      const focus = place.contains(document.activeElement);
      place.hidden = !key;
      shown = key;
      left.abort();
      left = new AbortController();
      document.querySelector("#changes .scroll")?.scrollTo(0, 0); // where the last step has led
      place.classList.toggle("closing", Boolean(ended));
      if (lesson) place.replaceChildren(...panel(app, lesson, answers, { go, end, left: left.signal }));
      else if (ended) place.replaceChildren(...closing(app, ended, begin, shut));
      if (focus) refocus(key && place.querySelector("h2"), document.querySelector("#levers h2"), document.querySelector("h1"));
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

function button(text, kind, click, off = false) {
  const element = el("button", { type: "button", class: kind, text, disabled: off });
  element.addEventListener("click", click);
  return element;
}

const head = (lesson, where, ...more) => el("div", { class: "part-head" }, el("p", { class: "lesson-name", text: `${lesson.order} ${lesson.title} · ${where}` }), ...more);

/** A lesson's last words: what was put in, what came out, a question; and the next lesson. */
function closing(app, lesson, begin, shut) {
  const next = app.page.lessons[app.page.lessons.indexOf(lesson) + 1];
  const words = Object.entries(lesson.closing).map(([part, text]) => el("p", {}, el("strong", { text: say(["lessons", "closing", part]) }), " ", text));
  return [
    head(lesson, say("lessons.end")),
    el("h2", { tabindex: "-1", text: say("lessons.closing.title") }),
    ...words,
    el("div", { class: "lesson-buttons" }, next && button(say("lessons.next_lesson", { lesson: `${next.order} ${next.title}` }), "main", () => begin(next.name)), button(say("lessons.shut"), "quiet", shut)),
  ];
}

function panel(app, lesson, answers, { go, end, left }) {
  const { step } = app.state;
  const now = lesson.steps[step];
  const last = step === lesson.steps.length - 1;
  const leave = () => app.change((state) => Object.assign(state, { lesson: "", step: 0 }), true);
  const next = button(say(last ? "lessons.done" : "lessons.next"), "main", () => (last ? end() : go(step + 1)));
  const key = (k) => `${lesson.name}/${k}`;
  const needs = now.kind === "predict" && now.question && !answers.has(key(step));
  const held = el("span", { class: "note", text: needs ? say("lessons.your_guess") : "" });
  const free = () => {
    next.disabled = false;
    held.textContent = "";
  };
  next.disabled = Boolean(needs);
  return [
    head(lesson, say("lessons.step", { step: step + 1, steps: lesson.steps.length }), button(say("lessons.leave"), "quiet", leave)),
    el("progress", { max: lesson.steps.length, value: step + 1, "aria-label": say("lessons.step", { step: step + 1, steps: lesson.steps.length }) }),
    el("h2", { tabindex: "-1" }, el("span", { class: `kind ${now.kind}`, text: say(["lessons", "kind", now.kind]) }), " ", now.title ?? ""),
    ...(step === 0 && lesson.aim ? [el("p", { class: "note", text: say("lessons.aim", { aim: lesson.aim }) })] : []),
    now.reveal !== undefined ? reveal(app, lesson, now.reveal, answers, key, left) : null,
    ...(now.text ?? []).map((text) => el("p", { text })),
    now.question ? question(now, key(step), answers, free) : null,
    el("div", { class: "lesson-buttons" }, button(say("lessons.back"), "quiet", () => go(step - 1), step === 0), now.set && now.kind !== "predict" ? button(say("lessons.put_in"), "quiet", () => go(step)) : null, next, held),
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

/**
 * What was thought, and what the model says, once its runs are there: by luck alone first, then with its unknown numbers
 * varying too. A guess that is right by either is right.
 */
function reveal(app, lesson, name, answers, key, left) {
  const k = lesson.steps.findIndex((step) => step.name === name);
  const { answer, choices } = lesson.steps[k];
  const mine = answers.get(key(k));
  const place = el("div", { class: "reveal", "aria-live": "polite" }, el("p", { class: "note", text: say("lessons.model_waiting") }));
  const texts = (choice) => choices.find((one) => one.name === choice)?.text ?? say("lessons.model_unclear");
  const said = (by, { choice, lines }) => [el("p", { class: by.replace("_", "-"), text: say(["lessons", by], { choice: texts(choice) }) }), el("ul", {}, lines.map((text) => el("li", { text })))];
  const verdict = (way) => (mine ? [el("p", { class: "judged", text: say(["lessons", way]) })] : []);

  async function tell() {
    const found = await judged(app, answer, {}, left);
    const right = mine === found.choice;
    const more = answer.set?.uncertain === undefined && app.page.uncertain.includes("numbers"); // asked about next
    const waits = el("p", { class: "note", text: say("lessons.numbers_waiting") });
    const guess = mine ? [el("p", { text: say("lessons.you_said", { choice: texts(mine) }) })] : [];
    place.replaceChildren(...guess, ...said("model_says", found), ...(right || !more ? verdict(right ? "right" : "wrong") : []), ...(more ? [waits] : []));
    if (!more) return;
    const wider = await judged(app, answer, { uncertain: "numbers" }, left).catch(() => null);
    waits.replaceWith(...(wider ? said("with_numbers", wider) : []), ...(right ? [] : verdict(wider?.choice === mine ? "right_with_numbers" : "wrong")));
  }
  tell().catch(() => place.replaceChildren(el("p", { class: "note", text: say("lessons.model_needs") })));
  return place;
}

/**
 * The choice that the model supports: lessons/README.md says which answers there are. Two intervals that overlap are
 * not told apart.
 * @param {object} [more] further words of an address for the worlds that are asked about
 * @param {AbortSignal} [left]
 */
export async function judged(app, answer, more = {}, left = undefined) {
  const bands = []; // one after the other: whoever moves a lever meanwhile is not kept waiting
  for (const set of answer.than ? [answer.set, answer.than] : [answer.set]) bands.push(await ask("band", queryOf(app, set, more), left));
  const ends = answer.groups
    ? answer.groups.map((group) => ofGroup(bands[0], group))
    : bands.map((band) => atEnd(band.outcomes[answer.outcome][answer.of ?? "difference"], answer.outcome));
  const lines = ends.map((end, k) => {
    const sentence = told(end, unitOf(answer.outcome), "short");
    const name = answer.names?.[k];
    return say("lessons.numbers", { name: name ?? nameOf(answer.outcome), sentence });
  });
  const lacks = answer.set?.uncertain && !app.page.uncertain.includes(answer.set.uncertain);
  const cautions = lacks ? bands[0].cautions.map((text) => say("results.caution", { text })) : [];
  return { choice: chosen(answer, ends), lines: [...lines, ...cautions] };
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

function queryOf(app, set, more) {
  const query = new URLSearchParams(set ? Object.entries(set).map(([name, said]) => [name, String(said)]) : worldQuery(app.state));
  for (const [name, said] of Object.entries(more)) query.set(name, said);
  return worldQuery(read(query.toString(), app.page).state);
}

function compared(first, second, more) {
  const sign = more === "lower" ? -1 : 1;
  const [a, b] = [first, second].map((one) => (sign > 0 ? [one.lower, one.upper] : [-one.upper, -one.lower]));
  return a[0] > b[1] ? "first" : b[0] > a[1] ? "second" : "unclear";
}
