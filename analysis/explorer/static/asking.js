/** What the page shows of two worlds, and asks the service for as levers move. */

import { ask, Told } from "./ask.js";
import { valueOf, worldQuery } from "./state.js";

const FLURRY = 60; // ms: moves in between are not asked for
const LOOK = 120; // ms until people are asked for while a lever still moves

/** The words in which the state as it is now asks for something: first, band, person or area. */
export function keyOf(app, what) {
  const world = worldQuery(app.state);
  return what === "person" ? [world, `who=${app.state.who}`].filter(Boolean).join("&") : world;
}

/** Whose ties the state asks for: elsewhere, a tie of the same key is another. */
export const whose = (app) => [app.state.who, ...["preset", "patients", "seed"].map((name) => valueOf(app.state, app.page, name))].join();

const homes = (app) => ["scenario", "preset", "patients", "seed", "uncertain"].map((name) => valueOf(app.state, app.page, name)).join();

/** Why other people live in the what-if than today; "" where they are the same, undefined while the service hasn't said. */
export const otherPeople = (app) => (app.data.first?.homes === homes(app) ? app.data.first.other_people : undefined);

/** Whether something was asked for by the state as it is now. */
export const fits = (app, what) => app.data[what]?.key === keyOf(app, what);

/**
 * Keeps `app.data` (first, band, person, area, each with the `key` it was asked by, `of` whom, and their `homes`) up to date with `app.state`: what
 * the state asks for is there or on its way, and what it no longer asks for is given up.
 */
export function asking(app) {
  const flights = new Map(); // by what is on its way
  const failed = new Map(); // by what did not come: what was wrong
  let moving = false;
  let timer = 0;

  function onward() {
    clearTimeout(timer);
    for (const [what, flight] of flights) if (flight.key !== keyOf(app, what)) giveUp(what);
    if (!fits(app, "first")) fly("first");
    else if (moving) timer = setTimeout(fly, LOOK, app.state.view);
    else for (const what of [app.state.view, "band"]) fly(what);
  }

  function giveUp(what) {
    flights.get(what)?.control.abort();
    flights.delete(what);
  }

  /** Asks for something, unless it is there or on its way. Whether it came; undefined where it is no longer wanted. */
  function fly(what) {
    const key = keyOf(app, what);
    if (fits(app, what)) return true;
    if (flights.get(what)?.key === key) return flights.get(what).done;
    giveUp(what);
    failed.delete(what);
    const flight = { key, who: app.state.who, of: whose(app), homes: homes(app), control: new AbortController() };
    flights.set(what, flight);
    flight.done = land(what, flight);
    return flight.done;
  }

  async function land(what, { key, who, of, homes, control }) {
    const wanted = () => !control.signal.aborted && key === keyOf(app, what);
    try {
      const found = await ask(what, key, control.signal);
      if (control.signal.aborted) return undefined;
      flights.delete(what);
      app.data[what] = { ...found, key, who, of, homes };
      tell();
      app.emit("data", what);
    } catch (error) {
      if (control.signal.aborted) return undefined;
      flights.delete(what);
      if (!wanted()) return undefined;
      failed.set(what, error instanceof Told ? error.mistake : { failed: true });
      tell();
      app.emit("data");
      return false;
    }
    if (!wanted()) return undefined;
    if (what === "first") onward();
    return true;
  }

  const tell = () => app.problem([...failed.values()][0] ?? null);

  return {
    /** Whether something that the state asks for did not come. */
    lost: (what) => failed.has(what),
    /** The state has changed; done: nothing moves any more. */
    refresh(done) {
      clearTimeout(timer);
      moving = !done;
      failed.clear();
      tell();
      timer = setTimeout(onward, done ? 0 : FLURRY);
    },
    /** Everybody of both worlds, whichever view is open: null where no answer came, undefined where none is wanted. */
    async area() {
      const came = await fly("area");
      return came ? app.data.area : came === false ? null : undefined;
    },
  };
}
