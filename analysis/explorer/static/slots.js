/** Where each tie stands around a person: a place in its role's part of the circle, kept for its whole life. */

const LEAST = { professional: 2, peer: 2, friend: 4, family: 4 }; // places kept free for each role
const APART = 6; // weeks that a place stays empty before another tie takes it
const GAP = (8 * Math.PI) / 180; // between roles
const TOP = -Math.PI / 2;

/**
 * Angles of all ties of both worlds, by key, and the part of the circle of each role.
 * @param {{today: object[], what_if: object[]}} ties of each world, as /api/person has them
 * @param {string[]} roles
 */
export function slots(ties, roles) {
  const lives = together(ties);
  const places = Object.fromEntries(roles.map((role) => [role, seated(lives.filter((one) => one.role === role))]));
  const counts = roles.map((role) => Math.max(LEAST[role], places[role].count));
  const each = (2 * Math.PI - GAP * roles.length) / counts.reduce((sum, count) => sum + count, 0);
  const angles = new Map();
  const parts = {};
  let from = TOP - (counts[0] * each) / 2;
  roles.forEach((role, k) => {
    parts[role] = { from, to: from + counts[k] * each };
    for (const [key, place] of places[role].of) angles.set(key, from + (spread(place, counts[k]) + 0.5) * each);
    from += counts[k] * each + GAP;
  });
  return { angles, parts };
}

/** Ties by key, from their first week in either world to their last; those of today come first. */
function together({ today, what_if }) {
  const known = new Map();
  [today, what_if].forEach((world, second) => {
    for (const tie of world) {
      const one = known.get(tie.key) ?? { key: tie.key, role: tie.role, first: Infinity, last: -1, second };
      one.first = Math.min(one.first, tie.weeks[0]);
      one.last = Math.max(one.last, tie.weeks.at(-1));
      known.set(tie.key, one);
    }
  });
  return [...known.values()].sort((a, b) => a.second - b.second || a.first - b.first || a.key - b.key);
}

/** A place for each: the first that nobody has meanwhile. */
function seated(lives) {
  const rows = [];
  const of = new Map();
  for (const one of lives) {
    let place = rows.findIndex((row) => row.every((other) => one.first > other.last + APART || one.last + APART < other.first));
    if (place < 0) place = rows.push([]) - 1;
    rows[place].push(one);
    of.set(one.key, place);
  }
  return { of, count: rows.length };
}

/** Places are filled from the middle of a part outwards, so that few ties do not crowd at one end. */
function spread(place, count) {
  const middle = Math.floor((count - 1) / 2);
  const step = Math.ceil(place / 2);
  return place % 2 ? middle + step : middle - step;
}
