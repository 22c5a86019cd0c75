/** Asks the service. Waits where it is busy or gone, and says so; keeps what was answered lately. */

const KEPT = 40;
const WAITS = [500, 1000, 2000, 4000]; // ms between tries
const kept = new Map();

/** Tells "busy", "offline" and "well" as they come. */
export const service = new EventTarget();
let trouble = "";

function feel(now) {
  if (now !== trouble) service.dispatchEvent(new CustomEvent(now || "well", { detail: trouble }));
  trouble = now;
}

/** What was wrong with an address, in words. */
export class Told extends Error {
  constructor(mistake) {
    super(mistake.what);
    this.mistake = mistake;
  }
}

/**
 * An answer of the service.
 * @param {string} what first, band, area, person, tie or page
 * @param {string} query
 * @param {AbortSignal} [signal]
 */
export async function ask(what, query = "", signal = undefined) {
  const address = `api/${what}${query ? `?${query}` : ""}`;
  if (kept.has(address)) return kept.get(address);
  for (let tried = 0; ; tried += 1) {
    const answer = await tryOnce(address, signal);
    if (answer.wait === undefined) {
      feel("");
      if (answer.mistake) throw new Told(answer.mistake);
      keep(address, answer.found);
      return answer.found;
    }
    if (answer.wait !== "busy" || tried) feel(answer.wait); // a service that is busy is asked once more in silence
    await pause(WAITS[Math.min(tried, WAITS.length - 1)], signal).catch((error) => {
      if (trouble === "busy") feel(""); // nobody waits for it any more
      throw error;
    });
  }
}

/** A file of the service, asked for once: says "busy" or "offline" as the message of its error. */
export async function file(address) {
  const answer = await tryOnce(address, undefined, (response) => response.blob());
  if (answer.mistake) throw new Told(answer.mistake);
  if (answer.wait) throw new Error(answer.wait);
  return answer.found;
}

async function tryOnce(address, signal, taken = (response) => response.json()) {
  let response;
  try {
    response = await fetch(address, { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { wait: "offline" };
  }
  if (response.status === 503) return { wait: "busy" };
  if (response.status === 400) return { mistake: (await response.json()).mistake };
  if (!response.ok) throw new Error(`${response.status}`);
  try {
    return { found: await taken(response) };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { wait: "offline" }; // the service went away in the middle of a sentence
  }
}

function keep(address, found) {
  kept.set(address, found);
  while (kept.size > KEPT) kept.delete(kept.keys().next().value);
}

function pause(wait, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, wait);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("no longer asked", "AbortError"));
    });
  });
}
