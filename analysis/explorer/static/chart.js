/** Lines over time with their bands: for both worlds, and for their difference. */

import { el, set, svg } from "./draw.js";
import { say, written } from "./words.js";

const MARGIN = { left: 40, right: 10, top: 22, bottom: 24 };
const TICKS = 4;

/** Builds a chart. Returns what draws it: `draw({series, weeks, zero, label, alt, table, marks})` and `week(week)`. */
export function chart(height) {
  const picture = svg("svg", { class: "chart", role: "img", "aria-label": say("results.over_time_none"), height });
  const holder = el("div", { class: "chart-holder" }, picture);
  const table = el("div", { class: "tables", hidden: true });
  const toggle = el("button", { class: "link", type: "button", "aria-expanded": "false", text: say("results.table") });
  const element = el("figure", {}, holder, table, toggle);
  const cursor = svg("path", { class: "cursor" });
  let latest = null;
  let at = null;
  toggle.addEventListener("click", () => {
    table.hidden = !table.hidden;
    holder.hidden = !table.hidden;
    toggle.setAttribute("aria-expanded", String(!table.hidden));
    toggle.textContent = say(table.hidden ? "results.table" : "results.picture");
    if (latest) tabled(table, latest);
  });
  new ResizeObserver(() => latest && draw(latest)).observe(holder);

  function draw(about) {
    latest = about;
    const width = Math.max(200, holder.clientWidth);
    set(picture, { viewBox: `0 0 ${width} ${height}`, width, "aria-label": about.alt });
    const scale = scaleOf(about, width, height);
    picture.replaceChildren(...axes(about, scale, width, height), ...about.series.flatMap((one) => curve(one, about.weeks, scale)), ...marks(about, scale, height), cursor);
    about.scale = scale;
    point();
    if (!table.hidden) tabled(table, about);
  }

  function point() {
    if (latest?.scale && at !== null) set(cursor, { d: `M${latest.scale.x(at).toFixed(1)} ${MARGIN.top}V${height - MARGIN.bottom}` });
  }

  return {
    element, draw,
    week(week) {
      at = week;
      point();
    },
  }; // prettier-ignore
}

function scaleOf({ series, weeks, zero }, width, height) {
  const all = series.flatMap((one) => [...(one.lower ?? []), ...(one.upper ?? []), ...one.mean]).filter(Number.isFinite);
  if (zero) all.push(0);
  let [low, high] = all.length ? [Math.min(...all), Math.max(...all)] : [0, 1];
  if (!zero) low = Math.max(low, 0); // no outcome is below 0, though the end of an interval of its mean may be
  if (low === 0 && high === 0) [low, high] = zero ? [-1, 1] : [0, 1]; // no difference at all, or nothing of it
  const least = Math.max(1e-9, Math.abs(high) * (zero ? 0 : 0.02), zero ? 0.01 : 0);
  if (high - low < least) [low, high] = [(low + high) / 2 - least / 2, (low + high) / 2 + least / 2];
  const ticks = ticksOf(low, high);
  const [from, to] = [Math.min(low, ticks[0]), Math.max(high, ticks.at(-1))];
  const last = weeks.at(-1);
  return {
    ticks, from,
    x: (week) => MARGIN.left + ((width - MARGIN.left - MARGIN.right) * week) / last,
    y: (value) => height - MARGIN.bottom - ((height - MARGIN.top - MARGIN.bottom) * (Math.max(value, from) - from)) / (to - from),
  }; // prettier-ignore
}

/** Round numbers that span a range. */
function ticksOf(low, high) {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((one) => one >= rough);
  const first = Math.floor(low / step);
  return Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, k) => (first + k) * step);
}

function axes({ weeks, zero, unit }, scale, width, height) {
  const step = scale.ticks[1] - scale.ticks[0];
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const rows = scale.ticks.flatMap((tick) => [
    svg("path", { class: zero && Math.abs(tick) < step / 1e6 ? "axis" : "grid", d: `M${MARGIN.left} ${scale.y(tick).toFixed(1)}H${width - MARGIN.right}` }),
    svg("text", { class: "tick-label", x: MARGIN.left - 5, y: scale.y(tick) + 4, "text-anchor": "end", text: written(tick, decimals) }),
  ]);
  rows.push(svg("text", { class: "tick-label unit", x: 2, y: 11, text: unit }));
  const last = weeks.at(-1);
  const every = last > 130 ? 52 : 26;
  const columns = Array.from({ length: Math.floor(last / every) + 1 }, (_, k) =>
    svg("text", { class: "tick-label", x: scale.x(k * every), y: height - 7, "text-anchor": k * every > last - 6 ? "end" : "middle", text: k ? String(k * every) : say("results.axis_weeks") }),
  );
  return [...rows, ...columns];
}

function curve(one, weeks, { x, y }) {
  const points = (values) => values.map((value, k) => (Number.isFinite(value) ? `${x(weeks[k]).toFixed(1)} ${y(value).toFixed(1)}` : null)).filter(Boolean);
  const line = points(one.mean);
  if (line.length < 2) return line.map((point) => dot(one.name, point)); // known for a single week only
  const drawn = [svg("path", { class: `line ${one.name}${one.lower ? "" : " thin"}`, d: `M${line.join("L")}` })];
  if (one.lower) drawn.unshift(svg("path", { class: `band ${one.name}`, d: `M${points(one.upper).join("L")}L${points(one.lower).reverse().join("L")}Z` }));
  return drawn;
}

function dot(name, point) {
  const [cx, cy] = point.split(" ");
  return svg("circle", { class: `spot ${name}`, cx, cy, r: 4 });
}

const marks = (about, { x }, height) =>
  about.marks.map((week) => svg("path", { class: "mark", d: `M${x(week).toFixed(1)} ${height - MARGIN.bottom}l-4 7h8Z` }));

function tabled(place, { weeks, series, label, decimals }) {
  const said = (value) => (Number.isFinite(value) ? written(value, decimals) : "–");
  const cell = (one, k) => (one.lower ? `${said(one.mean[k])} (${said(one.lower[k])} ${say("results.to")} ${said(one.upper[k])})` : said(one.mean[k]));
  const rows = weeks.map((week, k) => el("tr", {}, el("th", { scope: "row", text: week }), series.map((one) => el("td", { text: cell(one, k) }))));
  const head = el("tr", {}, el("th", { scope: "col", text: say("results.week") }), series.map((one) => el("th", { scope: "col", text: one.title })));
  place.replaceChildren(el("table", {}, el("caption", { text: label }), el("thead", {}, head), el("tbody", {}, rows)));
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", label);
}
