/** How ties and people look: shapes of roles, lines of ties, petals of recovery. Lengths in pixels. */

const THIN = 1.6;
const THICK = 7; // pixels wider at full strength
const JAGGED = 22; // hundredths of friction from which a line is jagged
const TEETH = 9; // pixels a tooth
const NOTHING = 5; // hundredths of reciprocity up to which nothing is given back
const LEAST = 0.4; // of a full head, for the least that is given back: less would not be seen

/** The outline of a role's shape around the origin. */
export function shape(role, size) {
  const s = size;
  return {
    professional: `M${-s * 0.88} ${-s * 0.88}H${s * 0.88}V${s * 0.88}H${-s * 0.88}Z`,
    peer: `M0 ${-s * 1.25}L${s * 1.25} 0L0 ${s * 1.25}L${-s * 1.25} 0Z`,
    friend: `M${-s} 0A${s} ${s} 0 1 1 ${s} 0A${s} ${s} 0 1 1 ${-s} 0Z`,
    family: `M0 ${-s * 1.15}L${s * 1.15} ${s * 0.85}H${-s * 1.15}Z`,
  }[role];
}

/**
 * A tie's line from the person (at `near`, on the right) to the supporter (at `far`), lying on the x axis.
 * `scale` makes lines of small pictures thinner.
 * @returns {{shaft: string, heads: string, width: number, tear: string}}
 */
export function line(tie, near, far, scale) {
  const width = scale * (THIN + (THICK * tie.strength) / 100);
  const head = scale * 5 + width * 0.75;
  const back = tie.reciprocity > NOTHING ? head * (LEAST + ((1 - LEAST) * Math.min(100, tie.reciprocity)) / 100) : 0;
  const from = near + head;
  const to = Math.max(from + 4, far - back);
  const tooth = Math.max(0, Math.min(1, (tie.friction - JAGGED) / 50)) * 6 * scale;
  const middle = (from + to) / 2;
  const gap = tie.ruptured > 0.5 ? Math.min(8 * scale, (to - from) / 3) : 0;
  const shaft = gap
    ? `${zigzag(from, middle - gap, tooth)}${zigzag(middle + gap, to, tooth)}`
    : zigzag(from, to, tooth);
  const tear = gap ? tearAt(middle, 5 * scale) : "";
  return { shaft, heads: arrow(near, from, head) + (back ? arrow(far, to, back) : ""), width, tear };
}

/** A line between two supporters, seen from the person in the middle, bent where it would come nearer to them than `clear`. */
export function between([x1, y1], [x2, y2], clear) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = Math.max(0, Math.min(1, -(x1 * dx + y1 * dy) / (dx * dx + dy * dy || 1)));
  const [x, y] = [x1 + along * dx, y1 + along * dy];
  const gap = Math.hypot(x, y);
  const [ox, oy] = gap > 0.1 ? [x / gap, y / gap] : [-dy / Math.hypot(dx, dy), dx / Math.hypot(dx, dy)];
  const push = 2 * Math.max(0, clear - gap);
  const at = (...numbers) => numbers.map((number) => number.toFixed(1)).join(" ");
  return `M${at(x1, y1)}Q${at((x1 + x2) / 2 + push * ox, (y1 + y2) / 2 + push * oy)} ${at(x2, y2)}`;
}

const tearAt = (x, s) => `M${x - s} ${s}L${x - 0.2 * s} ${-s}M${x + 0.2 * s} ${s}L${x + s} ${-s}`;

const arrow = (tip, base, size) => `M${tip} 0L${base} ${size * 0.72}L${base} ${-size * 0.72}Z`;

function zigzag(from, to, tooth) {
  if (tooth < 0.3) return `M${from.toFixed(1)} 0H${to.toFixed(1)}`;
  const teeth = Math.max(2, Math.round((to - from) / TEETH));
  const at = (k) => `${(from + ((to - from) * k) / teeth).toFixed(1)} ${(k === 0 || k === teeth ? 0 : k % 2 ? tooth : -tooth).toFixed(1)}`;
  return `M${Array.from({ length: teeth + 1 }, (_, k) => at(k)).join("L")}`;
}

/** Five petals, as long as the five processes are high (hundredths), around the origin. */
export function petal(k, level, longest) {
  const length = 7 + (longest - 7) * (level / 100);
  const turn = (k / 5) * 2 * Math.PI - Math.PI / 2;
  const wide = longest * 0.36;
  const point = (along, across) =>
    `${(Math.cos(turn) * along - Math.sin(turn) * across).toFixed(1)} ${(Math.sin(turn) * along + Math.cos(turn) * across).toFixed(1)}`;
  return `M0 0Q${point(length * 0.45, wide)} ${point(length, 0)}Q${point(length * 0.45, -wide)} 0 0Z`;
}
