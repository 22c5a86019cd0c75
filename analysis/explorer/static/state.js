/** The state of the page: all of it stands in the address, so that a link shows the same to everybody. */

const WORLD = ["v", "scenario", "preset", "patients", "weeks", "seed", "uncertain"];
const PAGE = ["week", "view", "who", "outcome", "budget", "lesson", "step"];
const VIEWS = ["person", "area"];
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
  return { week: null, view: "person", who: 18, outcome: "qpr", budget: null, lesson: "", step: 0 };
}

function take(state, name, said, page) {
  const weeks = weeksOf(state, page);
  const lesson = page.lessons.find((one) => one.name === (name === "lesson" ? said : state.lesson));
  const whole = /^\d{1,9}$/.test(said) ? Number(said) : NaN;
  const right = {
    week: () => whole <= weeks && whole,
    view: () => VIEWS.includes(said) && said,
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
const tidy = (query) => query.toString().replaceAll("%40", "@");

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

/** A moved lever: its value and from which week on; undefined where it is as in the scenario. */
export function moveOf(state, lever) {
  const said = state.world.get(lever.name);
  if (said === undefined) return undefined;
  const [value, week] = said.split("@");
  const number = lever.switch ? value === "on" : Number(value);
  return Number.isNaN(number) ? undefined : { value: number, week: Number(week) || 0 };
}

/** All levers that are moved. */
export const movesOf = (state, page) =>
  page.levers.flatMap((lever) => {
    const move = moveOf(state, lever);
    return move ? [{ lever, ...move }] : [];
  });

/** Where a lever stands in the what-if. */
export const standsAt = (state, page, lever) => moveOf(state, lever)?.value ?? scenarioOf(state, page).values[lever.name];

/** Moves a lever, from a week on. Where the scenario has it anyway, it isn't moved. */
export function move(state, page, lever, value, week) {
  const same = value === scenarioOf(state, page).values[lever.name] && week === 0;
  const said = lever.switch ? (value ? "on" : "off") : String(Number(value.toFixed(4)));
  if (same) state.world.delete(lever.name);
  else state.world.set(lever.name, week ? `${said}@${week}` : said);
}

/** From which week on a lever that is touched now is moved: from the week that is shown, if a life is under way. */
export function moveWeek(state, page) {
  const week = weekOf(state, page);
  return week > 0 && week < weeksOf(state, page) ? week : 0;
}
