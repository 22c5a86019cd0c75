/** The time bar: play, pause, step, scrub; marks where levers were moved. */

import { calm, el, fresh } from "./draw.js";
import { changesOf, movesOf, weekOf, weeksOf } from "./state.js";
import { titleOf } from "./levers.js";
import { say } from "./words.js";

const SPEEDS = { slow: 2, normal: 6, fast: 16 }; // weeks a second
const FIRST_LOOK = 4; // seconds
const TOUCHES = ["pointerdown", "keydown", "wheel", "input"];
const LEAP = 4; // weeks at a time, once a second, where less motion is asked for

/** Builds the time bar. Returns what brings it up to date, and what plays once at the start. */
export function time(app, place) {
  place.setAttribute("aria-label", say("regions.time"));
  const parts = controls(app);
  const clock = { playing: false, since: 0, from: 0, speed: "normal" };
  place.append(
    el("div", { class: "time-buttons" }, parts.back, parts.play, parts.forward),
    el("div", { class: "time-line" }, parts.said, parts.note, el("div", { class: "slider long" }, parts.range, parts.marks)),
    parts.speed,
  );
  parts.play.addEventListener("click", () => (clock.playing ? pause() : play()));
  parts.back.addEventListener("click", () => step(-1));
  parts.forward.addEventListener("click", () => step(1));
  parts.range.addEventListener("input", () => go(Number(parts.range.value), false));
  parts.range.addEventListener("change", () => go(Number(parts.range.value), true));
  parts.speed.querySelector("select").addEventListener("change", (event) => {
    clock.speed = event.target.value;
    if (clock.playing) play();
  });

  function go(week, done) {
    if (clock.playing) pause();
    app.showWeek(week, done);
  }

  const step = (by) => go(Math.max(0, Math.min(weeksOf(app.state, app.page), weekOf(app.state, app.page) + by)), true);

  function play() {
    const weeks = weeksOf(app.state, app.page);
    const now = weekOf(app.state, app.page);
    Object.assign(clock, { playing: true, since: performance.now(), from: now >= weeks ? 0 : now, pace: SPEEDS[clock.speed] });
    app.playing = true;
    show();
    requestAnimationFrame(tick);
  }

  function pause() {
    clock.playing = app.playing = false;
    app.showWeek(weekOf(app.state, app.page), true);
    show();
  }

  function tick(at) {
    if (!clock.playing) return;
    const seconds = Math.max(0, at - clock.since) / 1000;
    const lived = calm() ? LEAP * Math.floor(seconds) : Math.floor(seconds * clock.pace);
    const weeks = weeksOf(app.state, app.page);
    const week = Math.min(weeks, clock.from + lived);
    if (week !== weekOf(app.state, app.page) || lived === 0) app.showWeek(week, false);
    if (week >= weeks) pause();
    else requestAnimationFrame(tick);
  }

  /** Both lives once, in a few seconds, for whoever opens the page for the first time; any touch ends it. */
  function once() {
    play();
    clock.pace = weeksOf(app.state, app.page) / FIRST_LOOK;
    const end = (touch) => {
      for (const event of TOUCHES) removeEventListener(event, end, true);
      if (!clock.playing || parts.play.contains(touch.target)) return; // the button pauses by itself
      clock.playing = app.playing = false;
      app.showWeek(weeksOf(app.state, app.page), false);
    };
    for (const event of TOUCHES) addEventListener(event, end, true);
  }

  function show() {
    const weeks = weeksOf(app.state, app.page);
    const week = weekOf(app.state, app.page);
    const said = say("time.week", { week, weeks });
    parts.range.max = weeks;
    parts.range.value = week;
    parts.range.setAttribute("aria-valuetext", said);
    parts.range.parentElement.style.setProperty("--at", week / weeks);
    parts.said.textContent = said;
    const middle = week > 0 && week < weeks && app.allowed()?.length !== 0;
    parts.note.textContent = middle && !clock.playing ? say("time.from_here") : " ";
    parts.play.classList.toggle("on", clock.playing);
    parts.play.setAttribute("aria-label", say(clock.playing ? "time.pause" : "time.play"));
    marks(app, parts.marks, weeks);
  }
  return { show, once };
}

function controls(app) {
  const button = (name, sign) => el("button", { class: `round ${name}`, type: "button", "aria-label": say(["time", name]), title: say(["time", name]) }, el("span", { "aria-hidden": "true", text: sign }));
  const id = fresh("week");
  const speed = fresh("speed");
  const names = Object.keys(SPEEDS);
  const select = el("select", { id: speed }, names.map((name) => el("option", { value: name, text: say(["time", name]) })));
  select.value = "normal";
  return {
    back: button("back", "−1"),
    play: button("play", ""),
    forward: button("forward", "+1"),
    range: el("input", { type: "range", id, min: 0, step: 1, "aria-label": say("time.slider") }),
    marks: el("ul", { class: "marks" }),
    said: el("strong", { class: "said" }),
    note: el("span", { class: "note" }),
    speed: el("div", { class: "speed" }, el("label", { for: speed, text: say("time.speed") }), select),
  };
}

function marks(app, place, weeks) {
  const moved = movesOf(app.state, app.page).filter((one) => one.week > 0 && one.week < weeks);
  const texts = [
    ...moved.map(({ lever, week }) => [week, say("time.moved", { lever: titleOf(lever), week })]),
    ...changesOf(app.state, app.page).map(({ week, sets }) => [week, say("time.by_scenario", { what: what(app, sets), week })]),
  ];
  const key = texts.join("|") + weeks;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(...texts.map(([week, text]) => el("li", { "--at": week / weeks, title: text }, el("span", { class: "aside", text }))));
}

/** What a scenario changes in a week, as far as there are levers for it. */
function what(app, sets) {
  const levers = app.page.levers.filter((one) => one.name in sets);
  return levers.length ? levers.map(titleOf).join(", ") : say("time.something");
}
