/** One person's network in one world: a picture that moves smoothly from week to week. */

import { calm, rove, set, svg } from "./draw.js";
import { between, line, petal, shape } from "./glyphs.js";
import { say } from "./words.js";

const SMOOTH = 0.2; // share of the way that is gone in a frame
const LEVELS = ["strength", "trust", "reciprocity", "expertise", "friction"];
const NEAREST = 0.38; // share of the way out that leaves room for a line between those who trust each other most
const [FAR, SPREAD] = [0.7, 0.75]; // most ties are trusted: the near end of the scale is drawn out
const NAMED = 105; // half of the picture, from which on roles are named around it
const HIT = 15; // pixels around a supporter that can be tapped
const NEXT = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Builds the picture. `open` is called for a tie that is chosen, `card` shows the one that is pointed at or focused. */
export function network(world, roles, open, card) {
  const known = svg("g", { class: "known", "aria-hidden": "true" });
  const under = svg("g", { class: "ties" });
  const person = svg("g", { class: "me" });
  const labels = svg("g", { class: "role-labels", "aria-hidden": "true" });
  const picture = svg("svg", { class: `network ${world}`, role: "group" }, labels, known, under, person);
  const drawn = new Map(); // by key
  let frame = 0;
  let layout = { width: 0, height: 0, angles: new Map(), parts: {} };
  let goal = new Map();
  let last = null;

  function move() {
    frame = 0;
    let still = true;
    for (const [key, one] of drawn) {
      still = approach(one, goal.get(key)) && still;
      if (one.seen < 0.02 && !goal.has(key)) {
        one.group.remove();
        drawn.delete(key);
      } else place(one, layout);
    }
    join(known, last.known, drawn, layout);
    if (!still) frame = requestAnimationFrame(move);
  }

  function show(week) {
    last = week;
    goal = new Map(week.ties.map((tie) => [tie.key, tie]));
    for (const tie of week.ties) if (!drawn.has(tie.key)) drawn.set(tie.key, begin(tie, world, open));
    const order = [...drawn.values()].sort((a, b) => layout.angles.get(a.key) - layout.angles.get(b.key));
    order.forEach((one, k) => under.children[k] !== one.group && under.insertBefore(one.group, under.children[k] ?? null));
    tabStop(order, goal);
    for (const one of drawn.values()) dress(one, goal.get(one.key), week);
    petals(person, week, layout);
    set(picture, { "aria-label": week.alt });
    cancelAnimationFrame(frame);
    move();
  }

  const tieAt = (event) => event.target.closest?.(".tie:not([aria-hidden])");
  const tell = (event, pointed) => tieAt(event) && card.open(world, Number(tieAt(event).dataset.key), tieAt(event), pointed);
  under.addEventListener("pointerover", (event) => event.pointerType !== "touch" && tell(event, true));
  under.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && tell(event, false));
  under.addEventListener("focusout", card.away);
  under.addEventListener("click", card.away);

  under.addEventListener("keydown", (event) => {
    const there = [...under.children].filter((group) => !group.hasAttribute("aria-hidden"));
    rove(there, event, (key, here) => (key in NEXT ? here + NEXT[key] : key === "Home" ? 0 : key === "End" ? there.length - 1 : undefined));
  });

  return {
    element: picture,
    show,
    /** New places, or a new size. */
    lay(next) {
      layout = { ...layout, ...next };
      set(picture, { viewBox: `0 0 ${layout.width} ${layout.height}` });
      rolesAround(labels, layout, roles);
      if (next.angles) return;
      for (const one of drawn.values()) place(one, layout);
      if (!last) return;
      join(known, last.known, drawn, layout);
      petals(person, last, layout);
    },
    choose(key) {
      for (const one of drawn.values()) one.group.classList.toggle("chosen", one.key === key);
    },
    tie: (key) => drawn.get(key)?.group,
  };
}

/** Radius of the circle of supporters. */
export function radius({ width, height }) {
  const half = Math.min(width, height) / 2;
  return Math.max(36, half - (half < NAMED ? 10 : 26));
}
const core = (layout) => Math.max(15, Math.min(36, radius(layout) * 0.24));

function begin(tie, world, open) {
  const part = (name, more = {}) => svg(name, more);
  const one = {
    key: tie.key, role: tie.role, seen: 0, angle: undefined, ruptured: 0,
    ...Object.fromEntries(LEVELS.map((level) => [level, tie[level]])),
    shaft: part("path", { class: "shaft" }), heads: part("path", { class: "heads" }), tear: part("path", { class: "tear" }),
    ray: part("g"), hit: part("circle", { class: "hit", r: HIT }), ring: part("circle", { class: "ring" }),
    body: part("path", { class: "body" }), light: part("circle", { class: "light" }), at: part("g"),
  }; // prettier-ignore
  one.ray.append(one.shaft, one.heads, one.tear);
  one.at.append(one.hit, one.ring, one.body, one.light);
  one.group = svg("g", { class: `tie ${tie.role}`, role: "button", tabindex: "-1", "data-key": tie.key }, one.ray, one.at);
  const choose = () => open(world, tie.key, one.group);
  one.group.addEventListener("click", choose);
  one.group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose();
  });
  return one;
}

/** Exactly one tie is reached by the Tab key, arrow keys go on from there. */
function tabStop(order, goal) {
  const there = order.filter((one) => goal.has(one.key));
  const stop = there.find((one) => one.group.getAttribute("tabindex") === "0") ?? there[0];
  for (const one of order) {
    one.group.setAttribute("tabindex", one === stop ? "0" : "-1");
    if (goal.has(one.key)) one.group.removeAttribute("aria-hidden");
    else one.group.setAttribute("aria-hidden", "true");
  }
}

function dress(one, tie, week) {
  if (!tie) return;
  set(one.group, { "aria-label": week.name(tie) });
  one.group.classList.toggle("different", Boolean(tie.different));
}

/** A step of the way to where a tie is now. Returns whether it is there. */
function approach(one, tie) {
  const share = calm() ? 1 : SMOOTH;
  let left = 0;
  const near = (name, aim) => {
    const gap = aim - one[name];
    one[name] = Math.abs(gap) < 0.01 ? aim : one[name] + share * gap;
    left = Math.max(left, Math.abs(aim - one[name]));
  };
  near("seen", tie ? 1 : 0);
  if (tie) {
    for (const level of LEVELS) near(level, tie[level]);
    one.ruptured = tie.ruptured ? 1 : 0;
  }
  return left < 0.01;
}

function place(one, layout) {
  const aim = layout.angles.get(one.key);
  if (aim === undefined) return;
  const outer = radius(layout);
  const inner = core(layout) + 5;
  const size = Math.max(4.5, Math.min(11, outer / 15));
  const nearest = NEAREST * (outer - inner);
  const far = inner + nearest + Math.min(1, (1 - one.trust / 100) / FAR) ** SPREAD * (outer - inner - nearest);
  const drawn = line(one, inner, Math.max(inner + 12, far - size - 3), Math.max(0.45, Math.min(1.4, outer / 125)));
  const [x, y] = [layout.width / 2, layout.height / 2];
  one.end = [Math.cos(aim) * far, Math.sin(aim) * far];
  const degrees = ((aim * 180) / Math.PI).toFixed(2);
  set(one.group, { opacity: one.seen.toFixed(2) });
  set(one.ray, { transform: `translate(${x} ${y}) rotate(${degrees})` });
  set(one.shaft, { d: drawn.shaft, "stroke-width": drawn.width.toFixed(1) });
  set(one.heads, { d: drawn.heads });
  set(one.tear, { d: drawn.tear });
  set(one.at, { transform: `translate(${(x + one.end[0]).toFixed(1)} ${(y + one.end[1]).toFixed(1)})` });
  set(one.ring, { r: (size * 1.75).toFixed(1) });
  set(one.body, { d: shape(one.role, size) });
  set(one.light, { r: (size * 0.62 * (1 - one.expertise / 100)).toFixed(1), cy: one.role === "family" ? size * 0.15 : 0 });
}

/** Lines between supporters who know each other, as far as both are seen. */
function join(group, pairs, drawn, layout) {
  while (group.children.length > pairs.length) group.lastChild.remove();
  while (group.children.length < pairs.length) group.append(svg("path"));
  set(group, { transform: `translate(${layout.width / 2} ${layout.height / 2})` });
  pairs.forEach((keys, k) => {
    const [one, other] = keys.map((key) => drawn.get(key));
    if (one?.end && other?.end) set(group.children[k], { d: between(one.end, other.end, core(layout) + 8), opacity: Math.min(one.seen, other.seen).toFixed(2) });
  });
}

function petals(place, week, layout) {
  const longest = core(layout);
  while (place.children.length < 7) place.append(svg(place.children.length === 0 || place.children.length === 6 ? "circle" : "path"));
  set(place, { transform: `translate(${layout.width / 2} ${layout.height / 2})` });
  set(place.children[0], { class: week.crisis ? "halo crisis" : "halo", r: longest + 3 });
  week.processes.forEach((level, k) => set(place.children[k + 1], { class: `petal p${k}`, d: petal(k, level, longest) }));
  set(place.children[6], { class: "heart", r: Math.max(3, longest / 7) });
}

/** Whether there is room for roles' names around the picture. */
export const isNamed = ({ width, height }) => Math.min(width, height) / 2 >= NAMED;

function rolesAround(place, layout, roles) {
  const around = radius(layout) + 11;
  place.replaceChildren();
  if (!isNamed(layout)) return;
  for (const role of roles) {
    const { from, to } = layout.parts[role] ?? {};
    if (from === undefined) continue;
    place.append(...curved(`${layout.id}-${role}`, role, from, to, around, layout));
  }
}

/** A role's name along its part of the circle, upright at the bottom too. */
function curved(id, role, from, to, around, layout) {
  const middle = (from + to) / 2;
  const below = Math.sin(middle) > 0.25;
  const r = below ? around + 9 : around;
  const at = (angle) => `${(layout.width / 2 + r * Math.cos(angle)).toFixed(1)} ${(layout.height / 2 + r * Math.sin(angle)).toFixed(1)}`;
  const [start, end] = below ? [middle + 1.2, middle - 1.2] : [middle - 1.2, middle + 1.2];
  const arc = (a, b, rr, sweep) => `M${at(a)}A${rr} ${rr} 0 0 ${sweep} ${at(b)}`;
  const path = svg("path", { id, class: "along", d: arc(start, end, r, below ? 0 : 1) });
  const along = svg("textPath", { href: `#${id}`, startOffset: "50%", text: say(["roles", role, "many"]) });
  const band = svg("path", { class: "part", d: arcAt(from, to, around - 7, layout) });
  return [band, path, svg("text", { class: `role-name ${role}`, "text-anchor": "middle" }, along)];
}

function arcAt(from, to, r, layout) {
  const at = (angle) => `${(layout.width / 2 + r * Math.cos(angle)).toFixed(1)} ${(layout.height / 2 + r * Math.sin(angle)).toFixed(1)}`;
  return `M${at(from)}A${r} ${r} 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)}`;
}
