/** The state of the page: all of it stands in the address, so that a link shows the same to everybody. */

const WORLD = ["v", "scenario", "preset", "patients", "weeks", "seed", "uncertain"];
const PAGE = ["week", "view", "show", "who", "outcome", "budget", "lesson", "step"];
const VIEWS = ["person", "area"];
export const SHOWS = ["recovery", "difference"]; // of people in the area
export const MOST_MONEY = 1_000_000; // of a budget, a person and year

/**
 * What an address says. `world` are the words that the service is asked with, as they stand there, right or wrong: the
 * service says what is wrong with them. The rest is the page's.
 * @param {string} search the part of the address after the question mark
 * @param {object} page what /api/page gave
 */
export function read(search, page) {
  const world = new Map();
  const own = {};
  for (const [name, said] of new URLSearchParams(search)) {
    if (PAGE.includes(name)) own[name] = said;
    else world.set(name, said);
  }
  const state = { world, ...start() };
  const mistakes = PAGE.filter((name) => name in own)
    .map((name) => take(state, name, own[name], page))
    .filter(Boolean);
  return { state, mistakes };
}

/** What a page without an address shows. */
function start() {
  return { week: null, view: "person", show: "recovery", who: 18, outcome: "qpr", budget: null, lesson: "", step: 0 };
}

function take(state, name, said, page) {
  const weeks = weeksOf(state, page);
  const lesson = page.lessons.find((one) => one.name === (name === "lesson" ? said : state.lesson));
  const whole = /^\d{1,9}$/.test(said) ? Number(said) : NaN;
  const right = {
    week: () => whole <= weeks && whole,
    view: () => VIEWS.includes(said) && said,
    show: () => SHOWS.includes(said) && said,
    who: () => whole < Number(valueOf(state, page, "patients")) && whole,
    outcome: () => said in page.outcomes && said,
    budget: () => Number(said) >= 0 && Number(said) <= MOST_MONEY && said.trim() !== "" && Number(said),
    lesson: () => lesson !== undefined && said,
    step: () => lesson !== undefined && whole < lesson.steps.length && whole,
  }[name]();
  if (right === false) return { name, said };
  state[name] = right;
  return null;
}

/** The state as an address writes it. */
export function write(state, page) {
  const query = new URLSearchParams(worldQuery(state));
  const normal = start();
  if (state.lesson && !query.has("v")) query.set("v", "1"); // these levers, not those that the step begins with
  for (const name of PAGE) {
    if (state[name] !== normal[name] && (name !== "step" || state.lesson)) query.set(name, state[name]);
  }
  const text = tidy(query);
  return text ? `?${text}` : location.pathname;
}

/** The words that the service is asked with: the same worlds are always asked for by the same words. */
export function worldQuery(state) {
  const names = [...state.world.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const query = new URLSearchParams();
  if (names.length && !state.world.has("v")) query.set("v", "1");
  for (const name of names) query.set(name, state.world.get(name));
  return tidy(query);
}

const rank = (name) => (WORLD.includes(name) ? WORLD.indexOf(name) : WORLD.length);
const tidy = (query) => query.toString().replaceAll("%40", "@").replaceAll("%2C", ",");

/** A setting of the worlds, as said or as it is from the start. */
export const valueOf = (state, page, name) => state.world.get(name) ?? String(page.start[name]);

/** How many weeks both worlds last. */
export function weeksOf(state, page) {
  const weeks = Number(valueOf(state, page, "weeks"));
  return weeks >= page.limits.weeks[0] && weeks <= page.limits.weeks[1] ? weeks : page.start.weeks;
}

/** The week that is shown: the end where none is said. */
export const weekOf = (state, page) => Math.min(state.week ?? Infinity, weeksOf(state, page));

/** Says a setting of the worlds, or leaves it out where it is as from the start. */
export function setWorld(state, page, name, said) {
  if (String(said) === String(page.start[name])) state.world.delete(name);
  else state.world.set(name, String(said));
}

/** The scenario that the what-if starts from. */
export function scenarioOf(state, page) {
  return page.scenarios.find((one) => one.name === valueOf(state, page, "scenario")) ?? page.scenarios[0];
}

/** The moves of a lever, first to last: its value from a week on; none where it is as in the scenario. */
function movesOfOne(state, lever) {
  const moves = (state.world.get(lever.name)?.split(",") ?? []).map((one) => {
    const [value, week] = one.split("@");
    return { value: lever.switch ? value === "on" : Number(value), week: Number(week) || 0 };
  });
  return moves.some((one) => Number.isNaN(one.value)) ? [] : moves.sort((a, b) => a.week - b.week);
}

/** The last move of a lever; undefined where it is as in the scenario. */
export const moveOf = (state, lever) => movesOfOne(state, lever).at(-1);

/** All moves of all levers. */
export const movesOf = (state, page) => page.levers.flatMap((lever) => movesOfOne(state, lever).map((move) => ({ lever, ...move })));

/** Whether the what-if is anything else than today. */
export const isMoved = (state, page) => movesOf(state, page).length > 0 || state.world.has("scenario");

/** What the scenario itself changes over time, while both worlds last. */
export const changesOf = (state, page) => scenarioOf(state, page).calendar.filter((one) => one.week < weeksOf(state, page));

/** Where a lever stands in a week by what was said before that week's own move. */
export function before(state, page, lever, week) {
  const earlier = movesOfOne(state, lever).filter((one) => one.week < week);
  if (earlier.length) return earlier.at(-1).value;
  const changed = scenarioOf(state, page).calendar.filter((one) => one.week <= week && lever.name in one.sets);
  return changed.length ? changed.at(-1).sets[lever.name] : scenarioOf(state, page).values[lever.name];
}

/** Where a lever stands in the what-if. */
export const standsAt = (state, page, lever) => moveOf(state, lever)?.value ?? scenarioOf(state, page).values[lever.name];

/** Moves a lever, from a week on: what was moved before stays, what was to be moved later goes. Where it stands there
 * anyway, it isn't moved. */
export function move(state, page, lever, value, week) {
  const moves = movesOfOne(state, lever).filter((one) => one.week < week);
  if (value !== before(state, page, lever, week)) moves.push({ value, week });
  const number = (one) => (lever.switch ? (one.value ? "on" : "off") : String(Number(one.value.toFixed(4))));
  const said = moves.map((one) => (one.week ? `${number(one)}@${one.week}` : number(one))).join(",");
  if (said) state.world.set(lever.name, said);
  else state.world.delete(lever.name);
}

/** From which week on a lever that is touched now is moved: from the week that is shown, if a life is under way. */
export function moveWeek(state, page) {
  const week = weekOf(state, page);
  return week > 0 && week < weeksOf(state, page) ? week : 0;
}
