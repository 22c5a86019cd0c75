/** What the page shows of two worlds, and asks the service for as levers move. */

import { ask, Told } from "./ask.js";
import { worldQuery } from "./state.js";

const FLURRY = 60; // ms: moves in between are not asked for
const LOOK = 120; // ms until people are asked for while a lever still moves

/**
 * Keeps `app.data` (first, band, person, area, each with the `key` it was asked by) up to date with `app.state`.
 * Whatever is asked for and no longer wanted is given up.
 */
export function asking(app) {
  const flights = { first: null, band: null, look: null, crowd: null };
  let timer = 0;

  async function fly(which, what, key, query) {
    if (app.data[what]?.key === key) return true;
    if (flights[which]?.key === key) return flights[which].done;
    flights[which]?.control.abort();
    const control = new AbortController();
    const flight = { key, control, done: land(what, key, query, control.signal) };
    flights[which] = flight;
    const landed = await flight.done;
    if (flights[which] === flight) flights[which] = null;
    return landed;
  }

  async function land(what, key, query, signal) {
    try {
      app.data[what] = { key, ...(await ask(what, query, signal)) };
      app.problem(null);
      app.emit("data", what);
      return true;
    } catch (error) {
      if (error.name !== "AbortError") app.problem(error instanceof Told ? error.mistake : { failed: true });
      return false;
    }
  }

  async function now(done) {
    const world = worldQuery(app.state);
    if (!done) flights.band?.control.abort();
    const first = fly("first", "first", world, world);
    if (!done) {
      if (await first) timer = setTimeout(look, LOOK);
      return;
    }
    if (await first) await Promise.all([look(), fly("band", "band", world, world)]);
  }

  /** Asks for the people of the view that is open. */
  function look() {
    const world = worldQuery(app.state);
    if (app.state.view === "area") return fly("look", "area", world, world);
    const query = [world, `who=${app.state.who}`].filter(Boolean).join("&");
    return fly("look", "person", query, query);
  }

  return {
    /** The state has changed; done: nothing moves any more. */
    refresh(done) {
      clearTimeout(timer);
      timer = setTimeout(now, done ? 0 : FLURRY, done);
    },
    /** Everybody of both worlds, whichever view is open. */
    async area() {
      const world = worldQuery(app.state);
      return (await fly("crowd", "area", world, world)) ? app.data.area : null;
    },
  };
}

/** Whether something was asked for by the state as it is now. */
export function fits(app, what) {
  const world = worldQuery(app.state);
  const key = what === "person" ? [world, `who=${app.state.who}`].filter(Boolean).join("&") : world;
  return app.data[what]?.key === key;
}
