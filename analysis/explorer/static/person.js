/** One person's network in both worlds, and how they are doing. */

import { fits, keyOf, otherPeople, whose } from "./asking.js";
import { card } from "./card.js";
import { el, refocus, svg } from "./draw.js";
import { shape } from "./glyphs.js";
import { isNamed, network } from "./network.js";
import { slots } from "./slots.js";
import { isMoved, standsAt, valueOf, weekOf } from "./state.js";
import { tieTable } from "./tietable.js";
import { trends } from "./trends.js";
import { listed, say } from "./words.js";

export const WORLDS = ["today", "what_if"];
const LEVELS = ["strength", "trust", "reciprocity", "expertise", "friction"];
const STRONG = [33, 60]; // hundredths: from here middling, strong
const ROUGH = 35; // hundredths of friction that are told
const OTHER = 10; // hundredths by which a tie differs between worlds

/** What a tie is like in a week; undefined in weeks in which it is not there. */
export function tieIn(tie, week) {
  const k = tie.weeks.indexOf(week);
  if (k < 0) return undefined;
  const now = Object.fromEntries(LEVELS.map((level) => [level, tie[level][k]]));
  return { ...now, key: tie.key, role: tie.role, origin: tie.origin, ruptured: tie.ruptured.includes(week), since: tie.since[k], age: tie.age[k], mechanisms: tie.mechanisms[k] };
}

/** All ties in a week. */
export const tiesIn = (world, week) => world.ties.map((tie) => tieIn(tie, week)).filter(Boolean);

/** Pairs of keys of ties whose supporters know each other in a week. */
const knownIn = (world, week) => world.acquaintances.filter((pair) => pair.weeks.includes(week)).map((pair) => pair.ties);

/** A tie in words. */
export function tieWords(tie, number) {
  const strength = say(["person", "strength", tie.strength < STRONG[0] ? "weak" : tie.strength < STRONG[1] ? "middling" : "strong"]);
  return say("person.tie_alt", {
    role: say(["roles", tie.role, "one"]), number, strength, trust: tie.trust, reciprocity: tie.reciprocity,
    friction: tie.friction >= ROUGH ? say("person.friction_alt") : "", rupture: tie.ruptured ? say("person.rupture_alt") : "", known: tie.known ? say("person.known_alt", { n: tie.known }) : "", different: tie.different ? say("person.different_alt") : "",
  }).replace(/  +/g, " "); // prettier-ignore
}

/** Builds the view. */
export function person(app, place) {
  const bar = chooser(app);
  const info = card(app, (world, key) => app.data.person && tiesIn(app.data.person[world], weekOf(app.state, app.page)).find((tie) => tie.key === key));
  const sides = WORLDS.map((world) => side(app, world, info));
  const doing = trends(app);
  const table = tieTable(app);
  place.append(bar.element, el("div", { class: "worlds" }, sides.map((one) => one.element)), roleKey(app), legend(), doing.element, table.element, info.element);
  let laid = null;
  const watch = new ResizeObserver(() => {
    sides.forEach((one) => one.resize());
    place.classList.toggle("named", sides.every((one) => one.named()));
  });
  sides.forEach((one) => watch.observe(one.frame));
  return {
    show() {
      const data = app.data.person;
      bar.show();
      if (!data) return;
      if (laid !== data) {
        laid = data;
        const places = slots({ today: data.today.ties, what_if: data.what_if.ties }, app.page.roles);
        sides.forEach((one) => one.lay(places));
      }
      const week = Math.min(weekOf(app.state, app.page), data.today.phq9.length - 1); // this life may be of a shorter run
      sides.forEach((one) => one.show(data, week));
      doing.show(data, week);
      table.show(data, week);
      info.show();
      place.classList.toggle("old", !fits(app, "person"));
    },
    choose: (world, key) => sides.forEach((one) => one.picture.choose(one.world === world ? key : null)),
    /** Focus goes back to where a story was opened. */
    focus({ world, key, listed }) {
      const tie = sides.find((one) => one.world === world)?.picture.tie(key);
      refocus(listed && table.button(world, key), tie, bar.name, document.querySelector("[role=tab][aria-selected=true]"));
    },
  };
}

function side(app, world, info) {
  const picture = network(world, app.page.roles, (_, key) => app.openStory(world, key), info);
  const count = el("span", { class: "note" });
  const says = el("p", { class: "says" });
  const frame = el("div", { class: "frame" }, picture.element);
  const element = el("div", { class: `world ${world}` }, el("div", { class: "world-head" }, el("h3", { text: say(["worlds", world]) }), count), frame, says);
  const size = () => ({ width: Math.max(120, frame.clientWidth), height: Math.max(120, frame.clientHeight), id: world });
  return {
    element, frame, world, picture,
    named: () => isNamed(size()),
    resize: () => picture.lay(size()),
    lay: (places) => picture.lay({ ...places, ...size() }),
    show(data, week) {
      const other = new Map(tiesIn(data[world === "today" ? "what_if" : "today"], week).map((tie) => [tie.key, tie]));
      const compared = world === "what_if" && otherPeople(app) === "";
      const known = knownIn(data[world], week);
      const ties = tiesIn(data[world], week).map((tie) => ({ ...tie, known: known.flat().filter((key) => key === tie.key).length, different: compared && differs(tie, other.get(tie.key)) }));
      const counts = [say("person.ties", { n: ties.length }), known.length && say("person.known", { n: known.length })];
      const said = ties.length ? counts.filter(Boolean).join(", ") : say("person.no_ties");
      count.textContent = said;
      says.textContent = saysOf(data[world], week, world === "what_if" && offers(app));
      picture.show(seen(app, data[world], world, week, data.who, ties, known, said));
    },
  }; // prettier-ignore
}

const differs = (tie, same) => !same || LEVELS.some((level) => Math.abs(tie[level] - same[level]) >= OTHER) || tie.ruptured !== same.ruptured;

function seen(app, life, world, week, who, ties, known, said) {
  const processes = app.page.processes.map((name) => life[name][week]);
  const numbers = new Map();
  const numberOf = new Map(life.ties.map((tie) => {
    numbers.set(tie.role, (numbers.get(tie.role) ?? 0) + 1);
    return [tie.key, numbers.get(tie.role)];
  }));
  const told = app.page.processes.map((name, k) => `${say(["processes", name])} ${processes[k]}`).join(", ");
  return {
    ties, known, processes,
    crisis: life.crisis.includes(week),
    alt: say("person.alt", { world: say(["worlds", world]), n: who + 1, week, ties: said, processes: told }),
    name: (tie) => tieWords(tie, numberOf.get(tie.key)),
  }; // prettier-ignore
}

const offers = (app) => app.page.levers.some((lever) => lever.group === "programmes" && standsAt(app.state, app.page, lever) > 0);

/** What a person takes or took part in, and whether they have a hard time. offered: whether there is anything. */
function saysOf(life, week, offered) {
  const now = life.programmes[week];
  const before = [...new Set(life.programmes.slice(0, week).flat())].filter((name) => !now.includes(name));
  const told = (way, names) => say(["person", way], { programmes: listed(names.map((name) => say(["lever", `programmes.${name}.coverage`, "title"]))) });
  const parts = [now.length && told("takes_part", now), before.length && told("took_part", before)].filter(Boolean);
  if (offered && life.programmes.every((names) => !names.length)) parts.push(say("person.takes_no_part"));
  if (life.crisis.includes(week)) parts.push(say("person.crisis_now"));
  return parts.join(" · ");
}

/** Who is shown, and how to see somebody else. */
function chooser(app) {
  const name = el("h3", { class: "who", tabindex: "-1" });
  const note = el("span", { class: "note" });
  let pressed = null;
  let noted = {}; // a note, and about whom (in which worlds) it was said
  const ways = { another, few_ties: fewTies, crisis: inCrisis, changes: changed };
  const buttons = Object.entries(ways).map(([way, choose]) => {
    const button = el("button", { class: "chip", type: "button", text: say(["person", way]) });
    button.addEventListener("click", async () => {
      const press = (pressed = { key: keyOf(app, "person") });
      const area = way === "another" ? {} : await app.asking.area();
      if (area === undefined || pressed !== press || press.key !== keyOf(app, "person")) return; // something else is wanted by now
      const who = area && choose(app, area);
      if (who !== null) app.change((state) => (state.who = who), true);
      const about = way === "changes" ? whose : (one) => keyOf(one, "person");
      noted = { text: said(way, who, area), about, then: about(app) };
      show();
    });
    return button;
  });
  const said = (way, who, area) => {
    if (who === null) return say(area === null ? "person.no_answer" : "person.nobody_crisis");
    return way === "changes" ? say("person.changes_note") : "";
  };
  function show() {
    const who = app.data.person?.who ?? app.state.who;
    name.textContent = say("person.title", { n: who + 1 });
    buttons[Object.keys(ways).indexOf("changes")].disabled = !isMoved(app.state, app.page) || otherPeople(app) !== "";
    note.textContent = who === app.state.who && noted.about?.(app) === noted.then ? (noted.text ?? "") : "";
  }
  return {
    name, show,
    element: el("div", { class: "chooser" }, el("div", {}, name, " ", note), el("div", { class: "chips", role: "group", "aria-label": say("person.choose") }, buttons)),
  };
}

const people = (app) => Number(valueOf(app.state, app.page, "patients"));
const anyOf = (app, from) => {
  const others = from.filter((who) => who !== app.state.who);
  return others.length ? others[Math.floor(Math.random() * others.length)] : (from[0] ?? null);
};
const everybody = (app) => [...Array(people(app)).keys()];
const another = (app) => anyOf(app, everybody(app));

function fewTies(app, area) {
  const sorted = everybody(app).sort((a, b) => area.today.ties[0][a] - area.today.ties[0][b]);
  return anyOf(app, sorted.slice(0, Math.max(3, sorted.length / 20)));
}

const inCrisis = (app, area) => anyOf(app, [...new Set(area.what_if.crisis.flat())]);

function changed(app, area) {
  const by = (who) =>
    Math.max(...area.today.qpr.map((week, k) => Math.abs(week[who] - area.what_if.qpr[k][who]) + Math.abs(area.today.ties[k][who] - area.what_if.ties[k][who])));
  const most = everybody(app).map((who) => [by(who), who]).sort((a, b) => b[0] - a[0]);
  return anyOf(app, most.slice(0, 5).map(([, who]) => who));
}

/** Roles by their shapes, where the pictures have no room for their names. */
function roleKey(app) {
  const item = (role) =>
    el("li", { class: role }, svg("svg", { class: "role-sample", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { class: "body", d: shape(role, 5), transform: "translate(8 8)" })), el("span", { text: say(["roles", role, "many"]) }));
  return el("ul", { class: "legend role-key", "aria-label": say("legend.roles") }, app.page.roles.map(item));
}

function legend() {
  const sample = (name, ...marks) =>
    el("li", {}, svg("svg", { class: "sample", viewBox: "0 0 34 16", "aria-hidden": "true" }, marks), el("span", { text: say(["legend", name]) }));
  const path = (d, width = 2) => svg("path", { class: "shaft", d, "stroke-width": width });
  return el(
    "ul",
    { class: "legend", "aria-label": say("legend.title") },
    sample("strength", path("M2 8H32", 6)),
    sample("trust", path("M2 8H12"), svg("path", { class: "body", d: shape("friend", 4), transform: "translate(16 8)" })),
    sample("back", path("M2 8H24"), svg("path", { class: "heads", d: "M33 8L24 3V13Z" })),
    sample("friction", path("M2 8L7 3L12 13L17 3L22 13L27 3L32 8")),
    sample("rupture", path("M2 8H11M23 8H32"), svg("path", { class: "tear", d: "M13 13L16 3M18 13L21 3" })),
    sample("known", svg("path", { class: "known-line", d: "M5 8H29" }), ...[5, 29].map((x) => svg("path", { class: "body", d: shape("friend", 4), transform: `translate(${x} 8)` }))),
    sample("expertise", svg("path", { class: "body", d: shape("professional", 7), transform: "translate(17 8)" }), svg("circle", { class: "light", cx: 17, cy: 8, r: 4 })),
    el("li", {}, svg("svg", { class: "sample", viewBox: "0 0 34 16", "aria-hidden": "true" }, svg("circle", { class: "other", cx: 17, cy: 8, r: 7 })), el("span", { text: say("legend.different") })),
    el("li", {}, svg("svg", { class: "sample", viewBox: "0 0 34 16", "aria-hidden": "true" }, svg("path", { class: "petal", d: "M17 15Q10 7 17 1Q24 7 17 15" })), el("span", { text: say("legend.petals") })),
  );
}
