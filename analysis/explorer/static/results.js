/** What changes: one outcome over time, the difference, the key outcomes, who gains and who loses, costs. */

import { chart } from "./chart.js";
import { el, fresh, svg } from "./draw.js";
import { fits } from "./asking.js";
import { atEnd, decimalsFor, direction, nameOf, scaled, told, unitOf, valued } from "./numbers.js";
import { changesOf, isMoved, movesOf, weekOf, weeksOf } from "./state.js";
import { money } from "./money.js";
import { whom } from "./whom.js";
import { capital, say, written } from "./words.js";

const KEY = ["qpr", "loneliness", "strongest_tie", "network_size", "phq9", "relapses", "supporter_strain", "cost"];

/** Builds the part. */
export function results(app, place) {
  place.setAttribute("aria-label", say("regions.changes"));
  const parts = { top: lines(app), list: list(app), whom: whom(app), money: money(app) };
  const note = el("p", { class: "note" });
  const cautions = el("ul", { class: "note cautions" });
  place.append(
    el("div", { class: "part-head" }, el("h2", { text: say("results.title") })),
    el("div", { class: "scroll" }, parts.top.element, parts.list.element, parts.whom.element, parts.money.element, cautions, note),
  );
  let announced = "";
  return {
    show() {
      const band = fits(app, "band") ? app.data.band : null;
      place.classList.toggle("waiting", !band);
      place.setAttribute("aria-busy", String(!band));
      place.dataset.shows = band ? "band" : fits(app, "first") ? "first" : "";
      for (const part of Object.values(parts)) part.show(band);
      const uncertain = app.state.world.get("uncertain") ?? app.page.start.uncertain;
      note.textContent = band ? say(uncertain === "numbers" && app.page.uncertain.includes(uncertain) ? "results.interval_numbers" : "results.interval_luck", { n: band.replicates }) : "";
      cautions.replaceChildren(...(band?.cautions ?? []).map((text) => el("li", { text: say("results.caution", { text }) })));
      if (band && announced !== band.key && app.state.world.size) {
        announced = band.key;
        app.tell(headline(app, band));
      }
    },
    week: () => parts.top.week(),
    headline: () => (fits(app, "band") ? headline(app, app.data.band) : waiting(app)),
  };
}

const waiting = (app) => (app.asking.lost("band") || app.asking.lost("first") ? say("results.lost") : say("results.waiting", { n: app.page.replicates }));

/** The outcome that is shown, and its difference at the end, in a sentence. */
export function headline(app, band) {
  const outcome = app.state.outcome;
  if (band.alike && !isMoved(app.state, app.page)) return say("results.none");
  return say("results.announce", { outcome: nameOf(outcome), sentence: told(atEnd(band.outcomes[outcome].difference, outcome), unitOf(outcome)) });
}

function lines(app) {
  const id = fresh("outcome");
  const names = Object.keys(app.page.outcomes);
  const select = el("select", { id }, names.map((name) => el("option", { value: name, text: nameOf(name) })));
  const is = el("p", { class: "note" });
  const sentence = el("p", { class: "headline" });
  const state = el("p", { class: "note luck" });
  const both = chart(152);
  const apart = chart(108);
  select.addEventListener("change", () => app.change((one) => (one.outcome = select.value), true));
  const key = el("ul", { class: "legend small" }, ["today", "what_if"].map((world) => el("li", {}, svg("svg", { class: "sample", viewBox: "0 0 34 16", "aria-hidden": "true" }, svg("path", { class: `line ${world}`, d: "M1 8H33" })), el("span", { text: say(["worlds", world]) }))));
  const element = el("div", { class: "lines" }, el("div", { class: "beside" }, el("label", { for: id, text: say("outcome.label") }), select), sentence, is, key, both.element, el("p", { class: "note under", text: say("results.axis_note") }), el("h3", { class: "small", text: say("results.difference") }), apart.element, state);
  return {
    element,
    week: () => [both, apart].forEach((one) => one.week(weekOf(app.state, app.page))),
    show(band) {
      const outcome = app.state.outcome;
      select.value = outcome;
      is.textContent = say(["outcomes", outcome, "is"]);
      sentence.textContent = band ? headline(app, band) : waiting(app);
      const first = fits(app, "first") ? app.data.first : null;
      state.textContent = band ? "" : say(app.asking.lost("band") ? "results.one_luck" : "results.one_luck_note", { n: app.page.replicates });
      if (band) drawBand(app, band, both, apart);
      else if (first) drawFirst(app, first, both, apart);
      this.week();
    },
  };
}

function about(app, outcome, weeks, series, alt, zero) {
  const changes = [...movesOf(app.state, app.page), ...changesOf(app.state, app.page)];
  const marks = [...new Set(changes.map((one) => one.week))].filter((week) => week > 0 && week < weeksOf(app.state, app.page));
  const label = say("results.axis_value", { outcome: nameOf(outcome), unit: unitOf(outcome) });
  return { weeks, series, alt, zero, marks, label, unit: unitOf(outcome), decimals: decimalsIn(series) };
}

const decimalsIn = (series) => Math.min(...series.map((one) => (one.lower ? decimalsFor(one.lower.at(-1), one.upper.at(-1)) : 1)));
const serie = (name, title, found, outcome) => ({ name, title, ...Object.fromEntries(["mean", "lower", "upper"].map((part) => [part, scaled(found[part], outcome)])) });

/** The end of a line in words, with its interval where it has one. */
function ending(one, decimals, unit) {
  const [mean, lower, upper] = [one.mean, one.lower, one.upper].map((values) => values?.at(-1));
  if (!Number.isFinite(mean)) return say("results.no_number");
  const fill = { mean: written(mean, decimals), lower: written(lower, decimals), upper: written(upper, decimals), unit };
  return say(["results", Number.isFinite(lower) ? "ending" : "ending_one"], fill);
}

function drawBand(app, band, both, apart) {
  const { outcome } = app.state;
  const found = band.outcomes[outcome];
  const series = ["today", "what_if"].map((world) => serie(world, say(["worlds", world]), found[world], outcome));
  const sentence = told(atEnd(found.difference, outcome), unitOf(outcome));
  const [today, whatIf] = series.map((one) => ending(one, decimalsIn(series), unitOf(outcome)));
  const fill = { outcome: nameOf(outcome), weeks: weeksOf(app.state, app.page), today, what_if: whatIf, sentence: capital(sentence) };
  both.draw(about(app, outcome, band.weeks, series, say("results.chart_alt", fill), false));
  apart.draw(about(app, outcome, band.weeks, [serie("difference", say("results.difference"), found.difference, outcome)], say("results.difference_alt", { outcome: nameOf(outcome), sentence }), true));
}

function drawFirst(app, first, both, apart) {
  const { outcome } = app.state;
  const found = first.outcomes[outcome];
  const series = ["today", "what_if"].map((world) => ({ name: world, title: say(["worlds", world]), mean: scaled(found[world], outcome) }));
  const [today, whatIf] = series.map((one) => one.mean);
  const ends = series.map((one) => ending(one, 1, unitOf(outcome)));
  const fill = { outcome: nameOf(outcome), weeks: weeksOf(app.state, app.page), today: ends[0], what_if: ends[1] };
  both.draw(about(app, outcome, first.weeks, series, say("results.chart_alt_first", fill), false));
  const difference = { name: "difference", title: say("results.difference"), mean: whatIf.map((value, k) => value - today[k]) };
  apart.draw(about(app, outcome, first.weeks, [difference], say("results.one_luck"), true));
}

function list(app) {
  const rows = KEY.map((outcome) => row(app, outcome));
  const title = el("h3", { text: say("results.list") });
  const when = el("p", { class: "note" });
  return {
    element: el("div", { class: "outcomes" }, title, when, el("ul", {}, rows.map((one) => one.element)), el("p", { class: "note", text: say("results.own_scale") })),
    show(band) {
      when.textContent = say("results.at_end", { weeks: weeksOf(app.state, app.page) });
      for (const one of rows) one.show(band);
    },
  };
}

function row(app, outcome) {
  const picture = svg("svg", { class: "interval", viewBox: "0 0 80 16", "aria-hidden": "true" });
  const said = el("span", { class: "said" });
  const value = el("span", { class: "valued" });
  const button = el("button", { type: "button", class: "outcome" }, el("span", { class: "name", text: nameOf(outcome) }), value, picture, said);
  button.title = say("results.show_in_chart", { outcome: nameOf(outcome) });
  button.addEventListener("click", () => app.change((state) => (state.outcome = outcome), true));
  return {
    element: el("li", {}, button),
    show(band) {
      button.classList.toggle("shown", app.state.outcome === outcome);
      button.setAttribute("aria-pressed", String(app.state.outcome === outcome));
      const one = band && atEnd(band.outcomes[outcome].difference, outcome);
      const way = band ? direction(one) : "";
      said.textContent = band ? told(one, unitOf(outcome), "short") : "…";
      const worth = band?.ranked ? valued(one, app.page.outcomes[outcome].better) : "";
      value.textContent = worth && say(["results", worth]);
      value.className = `valued ${worth}`;
      button.classList.toggle("unclear", ["unclear", "same", "none"].includes(way));
      interval(picture, one);
    },
  };
}

/** A difference and its interval as a dot on a line; the upright stroke is no difference. */
export function interval(picture, one) {
  const most = one ? Math.max(Math.abs(one.lower), Math.abs(one.upper)) : 0;
  const x = (value) => 40 + (most ? (34 * value) / most : 0);
  picture.replaceChildren(svg("path", { class: "zero", d: "M40 1V15" }));
  if (!one || !most) return;
  picture.append(
    svg("path", { class: "range", d: `M${x(one.lower).toFixed(1)} 8H${x(one.upper).toFixed(1)}` }),
    svg("circle", { class: "point", cx: x(one.mean).toFixed(1), cy: 8, r: 3.4 }),
  );
}
