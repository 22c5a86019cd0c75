/** Everybody at a glance in both worlds: one sign a person, who keeps their place. */

import { el, fresh, set, svg } from "./draw.js";
import { fits, otherPeople } from "./asking.js";
import { WORLDS } from "./person.js";
import { SHOWS, weekOf } from "./state.js";
import { say, written } from "./words.js";

const SCALE = ["#fbe8b5", "#f2c879", "#a9c68f", "#5aa8a0", "#2b7a99", "#1d4a7d", "#182c5a"]; // low to high recovery
const RANGE = [15, 60]; // QPR points of the scale
const TIES = [2, 18]; // smallest and largest sign
const [SMALL, NOTABLE] = [1, 5]; // QPR points of a sign, of a large sign
const PLUS = "M-1-.34H-.34V-1H.34V-.34H1V.34H.34V1H-.34V.34H-1Z";
const MINUS = "M-1-.34H1V.34H-1Z";

const within = (value, [low, high]) => Math.max(0, Math.min(1, (value - low) / (high - low)));

/** The colour of a recovery score. */
export function colour(qpr) {
  const at = within(qpr, RANGE) * (SCALE.length - 1);
  const k = Math.min(SCALE.length - 2, Math.floor(at));
  const mix = (a, b) => Math.round(a + (at - k) * (b - a));
  const [from, to] = [SCALE[k], SCALE[k + 1]].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return `rgb(${from.map((one, i) => mix(one, to[i])).join(",")})`;
}

/** Builds the view. */
export function area(app, place) {
  const sides = WORLDS.map((world) => side(app, world, () => roomOf(sides.map((one) => one.frame))));
  const choice = kinds(app);
  const keys = [legend("recovery"), legend("difference")];
  const [order, oneLuck] = ["order", "one_luck"].map((name) => el("li", {}, el("span", { text: say(["area", name]) })));
  keys[0].append(order, oneLuck);
  place.append(
    el("div", { class: "chooser" }, choice.element),
    el("div", { class: "worlds" }, sides.map((one) => one.element)),
    ...keys,
  );
  const watch = new ResizeObserver(() => sides.forEach((one) => one.resize()));
  sides.forEach((one) => watch.observe(one.frame));
  return {
    show() {
      choice.show();
      keys[1].hidden = !compares(app);
      order.hidden = otherPeople(app) !== "";
      const data = app.data.area;
      if (!data) return;
      const week = Math.min(weekOf(app.state, app.page), data.today.qpr.length - 1);
      sides.forEach((one) => one.show(data, week));
      place.classList.toggle("old", !fits(app, "area"));
    },
  };
}

/** Whether people of both worlds are compared: only the same ones can be. */
const compares = (app) => app.state.show === "difference" && otherPeople(app) === "";

function kinds(app) {
  const name = fresh("kind");
  const inputs = SHOWS.map((kind) => el("input", { type: "radio", name, value: kind }));
  const chips = inputs.map((input) => el("label", { class: "chip" }, input, el("span", { text: say(["area", input.value]) })));
  for (const input of inputs) input.addEventListener("change", () => app.change((state) => (state.show = input.value), true));
  return {
    element: el("fieldset", { class: "chips" }, el("legend", { text: say("area.show") }), chips),
    show() {
      for (const input of inputs) input.checked = input.value === app.state.show;
      inputs[SHOWS.indexOf("difference")].disabled = Boolean(otherPeople(app));
    },
  };
}

/** The room that both worlds have: people stand in the same places in both. */
const roomOf = (frames) => ["clientWidth", "clientHeight"].map((size) => Math.max(120, Math.min(...frames.map((one) => one[size]))));

function side(app, world, room) {
  const counts = el("span", { class: "note" });
  const picture = svg("svg", { class: `crowd ${world}`, role: "group", tabindex: "0" });
  const tip = el("p", { class: "says", "aria-live": "off" });
  const frame = el("div", { class: "frame" }, picture);
  const element = el("div", { class: `world ${world}` }, el("div", { class: "world-head" }, el("h3", { text: say(["worlds", world]) }), counts), frame, tip);
  const own = { people: [], places: [], columns: 1, cell: 10, at: 0, order: null, ring: svg("circle", { class: "focus-ring" }) };

  function seat(n) {
    const [width, height] = room();
    own.cell = Math.max(7, cellOf(n, width, height));
    own.columns = Math.max(1, Math.floor(width / own.cell));
    const rows = Math.ceil(n / own.columns);
    const left = (width - own.columns * own.cell) / 2;
    set(picture, { viewBox: `0 0 ${width} ${Math.max(height, rows * own.cell)}` });
    own.places = Array.from({ length: n }, (_, k) => [left + ((k % own.columns) + 0.5) * own.cell, (Math.floor(k / own.columns) + 0.5) * own.cell]);
    own.people.forEach((one, k) => set(one, { transform: `translate(${own.places[k][0].toFixed(1)} ${own.places[k][1].toFixed(1)})` }));
  }

  function people(data) {
    if (own.order === data) return;
    own.order = data;
    const start = data.today.qpr[0];
    own.who = start.map((_, who) => who).sort((a, b) => start[a] - start[b] || a - b);
    own.at = Math.min(own.at, start.length - 1);
    if (own.people.length !== start.length) {
      own.people = own.who.map((_, k) => svg("g", { class: "one", "data-place": k }, svg("circle", { class: "ring" }), svg("circle", { class: "dot" }), svg("path", { class: "sign" })));
      picture.replaceChildren(...own.people, own.ring);
      seat(start.length);
    }
  }

  function say_(place) {
    const [data, week] = own.shown;
    const who = own.who[place];
    const crisis = data[world].crisis[week].includes(who) ? say("area.one_crisis") : "";
    return say("area.one", { n: who + 1, qpr: data[world].qpr[week][who], ties: data[world].ties[week][who], crisis });
  }

  const go = (place) => {
    own.at = place;
    const [x, y] = own.places[place];
    set(own.ring, { cx: x, cy: y, r: own.cell / 2 });
    tip.textContent = say_(place);
  };
  const open = (place) => app.change((state) => Object.assign(state, { who: own.who[place], view: "person" }), true);
  keysOf(picture, own, go, open, app, say_);
  return {
    element, frame,
    resize: () => own.people.length && seat(own.people.length),
    show(data, week) {
      people(data);
      own.shown = [data, week];
      const different = compares(app) && world === "what_if";
      own.people.forEach((one, k) => (different ? compare(one, data, week, own.who[k], own.cell) : colourIn(one, data[world], week, own.who[k], own.cell)));
      const said = different ? countsOfDifference(data, week) : countsOf(data[world], week);
      counts.textContent = said;
      if (tip.textContent) go(own.at); // what is told of one person is of this week too
      if (!app.playing) set(picture, { "aria-label": `${say("area.alt", { world: say(["worlds", world]), week, counts: said })}. ${say("area.keys")}` });
    },
  }; // prettier-ignore
}

/** The largest square of which n fit. */
function cellOf(n, width, height) {
  for (let columns = 1; ; columns += 1) {
    const cell = width / columns;
    if (Math.ceil(n / columns) * cell <= height || cell < 7) return cell;
  }
}

function keysOf(picture, own, go, open, app, words) {
  const steps = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: () => own.columns, ArrowUp: () => -own.columns };
  picture.addEventListener("keydown", (event) => {
    if (!own.people.length) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(own.at);
    } else if (event.key in steps) {
      event.preventDefault();
      go(Math.max(0, Math.min(own.people.length - 1, own.at + steps[event.key]())));
      app.tell(words(own.at));
    }
  });
  picture.addEventListener("focus", () => own.people.length && go(own.at));
  const at = (event) => event.target.closest?.(".one")?.dataset.place;
  picture.addEventListener("pointermove", (event) => at(event) !== undefined && go(Number(at(event))));
  picture.addEventListener("click", (event) => at(event) !== undefined && open(Number(at(event))));
}

function colourIn(one, world, week, who, cell) {
  const [ring, dot, sign] = one.children;
  const r = cell * (0.2 + 0.22 * within(world.ties[week][who], TIES));
  set(dot, { r: r.toFixed(1), fill: colour(world.qpr[week][who]) });
  set(sign, { d: "" });
  set(ring, { r: world.crisis[week].includes(who) ? (cell * 0.47).toFixed(1) : 0 });
}

function compare(one, data, week, who, cell) {
  const [ring, dot, sign] = one.children;
  const gain = data.what_if.qpr[week][who] - data.today.qpr[week][who];
  const size = Math.abs(gain) >= NOTABLE ? 0.42 : 0.24;
  set(ring, { r: 0 });
  set(dot, { r: Math.abs(gain) < SMALL ? (cell * 0.1).toFixed(1) : 0, fill: "#8a8072" });
  set(sign, { d: Math.abs(gain) < SMALL ? "" : gain > 0 ? PLUS : MINUS, class: gain > 0 ? "sign better" : "sign worse", transform: `scale(${(cell * size).toFixed(2)})` });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function countsOf(world, week) {
  return say("area.counts", {
    n: world.qpr[week].length, crisis: world.crisis[week].length,
    ties: written(mean(world.ties[week]), 1), qpr: written(mean(world.qpr[week]), 1),
  }); // prettier-ignore
}

function countsOfDifference(data, week) {
  const gains = data.what_if.qpr[week].map((qpr, who) => qpr - data.today.qpr[week][who]);
  const count = (test) => gains.filter(test).length;
  return say("area.counts_difference", { better: count((gain) => gain >= NOTABLE), worse: count((gain) => gain <= -NOTABLE), n: gains.length });
}

function legend(kind) {
  const item = (mark, text) => el("li", {}, mark, el("span", { text }));
  const sample = (...marks) => svg("svg", { class: "sample", viewBox: "0 0 34 16", "aria-hidden": "true" }, marks);
  if (kind === "difference") {
    const sign = (d, name) => sample(svg("path", { class: `sign ${name}`, d, transform: "translate(17 8) scale(6)" }));
    return el(
      "ul",
      { class: "legend" },
      item(sign(PLUS, "better"), say("area.legend_better")),
      item(sign(MINUS, "worse"), say("area.legend_worse")),
      item(sample(svg("circle", { cx: 17, cy: 8, r: 2, fill: "#8a8072" })), say("area.legend_same")),
      el("li", {}, el("span", { text: say("area.legend_big") })),
    );
  }
  const scale = SCALE.map((_, k) => svg("rect", { x: k * 14, y: 2, width: 14, height: 12, fill: colour(RANGE[0] + ((RANGE[1] - RANGE[0]) * k) / (SCALE.length - 1)) }));
  const ramp = svg("svg", { class: "ramp", viewBox: "0 0 98 16", "aria-hidden": "true" }, scale);
  return el(
    "ul",
    { class: "legend" },
    el("li", {}, el("span", { text: `${say("area.legend_recovery")}: ${say("area.legend_low")}` }), ramp, el("span", { text: say("area.legend_high") })),
    item(sample(svg("circle", { class: "dot", cx: 10, cy: 8, r: 3, fill: colour(40) }), svg("circle", { class: "dot", cx: 23, cy: 8, r: 7, fill: colour(40) })), say("area.legend_size")),
    item(sample(svg("circle", { class: "dot", cx: 17, cy: 8, r: 4, fill: colour(40) }), svg("circle", { class: "ring", cx: 17, cy: 8, r: 7 })), say("area.legend_crisis")),
  );
}
