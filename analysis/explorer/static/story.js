/** The story of a tie: who, how long, where from, what it is like, what happened last, and what both sides say. */

import { ask } from "./ask.js";
import { fits, keyOf, whose } from "./asking.js";
import { el, settled, svg } from "./draw.js";
import { tieIn } from "./person.js";
import { weekOf } from "./state.js";
import { capital, say, written } from "./words.js";

const LEVELS = ["strength", "trust", "reciprocity", "expertise", "friction"];
const YEAR = 52;

/** Builds the part. `closed(focus)` is called when it closes; focus: where it was opened, if focus is lost with it. */
export function story(app, place, closed) {
  let open = null; // {world, key, listed, of}: of whom it is told
  let views = null; // what both sides say, or that it failed, and what they were asked
  let control = new AbortController();
  const title = el("h2", { tabindex: "-1", id: "story-title" });
  const close = el("button", { class: "close", type: "button", "aria-label": say("story.close"), text: "×" });
  const body = el("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "story-title" });
  place.setAttribute("aria-label", say("regions.story"));
  place.append(el("div", { class: "part-head" }, title, close), body);
  const shut = () => {
    if (!open) return;
    const was = isSeen() ? open : {};
    const focus = place.contains(document.activeElement) && was;
    open = null;
    control.abort();
    place.hidden = true;
    closed(focus);
  };
  close.addEventListener("click", shut);
  place.addEventListener("keydown", (event) => event.key === "Escape" && shut());

  const isSeen = () => app.state.view === "person" && open.of === whose(app);
  const asked = () => `${keyOf(app, "person")}&tie=${open.key}&week=${weekOf(app.state, app.page)}&world=${open.world}`;

  const hear = settled(150, async () => {
    if (!open || app.playing || !fits(app, "person") || !tieAt(app, open, weekOf(app.state, app.page))) return;
    const query = asked();
    if (views?.query === query) return;
    control.abort();
    control = new AbortController();
    const { signal } = control;
    try {
      views = { query, said: await ask("tie", query, signal) };
    } catch (error) {
      if (!signal.aborted) views = { query, failed: true };
    }
    if (!signal.aborted) show();
  });

  function show() {
    if (open && !isSeen()) shut();
    if (!open || !app.data.person) return;
    const week = weekOf(app.state, app.page);
    place.classList.toggle("old", !fits(app, "person"));
    const tie = app.data.person[open.world].ties.find((one) => one.key === open.key);
    const top = body.scrollTop;
    if (!tie) {
      title.textContent = say("regions.story");
      body.replaceChildren(el("p", { text: say("story.gone", { when: "" }) }));
      return;
    }
    title.textContent = say("story.title", { role: say(["roles", tie.role, "one"]), world: say(["worlds", open.world]) });
    const now = tieIn(tie, week);
    body.replaceChildren(...(now ? told(app, now, week, views?.query === asked() ? views : null) : [el("p", { text: gone(tie, week) })]));
    body.scrollTop = top;
    if (!app.playing) hear();
  }

  return {
    show,
    open(tie) {
      control.abort();
      open = { ...tie, of: app.data.person.of };
      views = null;
      place.hidden = false;
      show();
      body.scrollTop = 0;
      if (open) title.focus();
    },
    isOpen: () => open,
  };
}

const tieAt = (app, { world, key }, week) => app.data.person[world].ties.find((one) => one.key === key && one.weeks.includes(week));

function gone(tie, week) {
  const when = week < tie.weeks[0] ? say("story.gone_before", { week: tie.weeks[0] }) : say("story.gone_after", { week: tie.weeks.at(-1) });
  return say("story.gone", { when });
}

function told(app, tie, week, views) {
  const years = Math.floor(tie.age / YEAR);
  const time = years ? say("story.years", { n: years }) : say("story.weeks", { n: Math.max(1, tie.age) });
  const programme = say(["lever", `programmes.${tie.origin}.coverage`, "title"]);
  const origin = ["natural", "service"].includes(tie.origin) ? say(["story", "origin", tie.origin]) : say("story.origin.programme", { programme });
  const met = tie.mechanisms ? (tie.since < 2 ? say(["story", "since", tie.since ? "one" : "zero"]) : say("story.since.many", { n: tie.since })) : "";
  return [
    el("p", { text: [say("story.known_for", { time }), origin, met, say(tie.ruptured ? "story.ruptured" : "story.calm")].filter(Boolean).join(" ") }),
    el("h3", { text: say("story.levels", { week }) }),
    el("ul", { class: "bars" }, LEVELS.map((level) => bar(say(["story", level]), tie[level], tie.role))),
    el("p", { class: "note", text: say("story.levels_note") }),
    el("h3", { text: say("story.mechanisms") }),
    tie.mechanisms
      ? el("ul", { class: "bars" }, app.page.mechanisms.map((name, k) => bar(say(["mechanisms", name]), tie.mechanisms[k], "mechanism")))
      : el("p", { class: "note", text: say("story.no_contact") }),
    el("h3", { text: say("story.views") }),
    ...bothSides(app, views),
  ];
}

export const bar = (name, level, kind) =>
  el(
    "li",
    {},
    el("span", { class: "name", text: name }),
    svg("svg", { class: `bar ${kind}`, viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "whole", width: 100, height: 8 }), svg("rect", { class: "part", width: level, height: 8 })),
    el("span", { class: "number", text: level }),
  );

function bothSides(app, heard) {
  if (!heard?.said) return [el("p", { class: "note", text: say(heard ? "story.failed" : app.playing ? "story.paused" : "story.waiting") })];
  const views = heard.said;
  const same = app.page.functions.filter((name) => views.functions[name].person === views.functions[name].supporter).length;
  const said = (yes) => el("td", { class: yes ? "yes" : "no", text: say(yes ? "story.yes" : "story.no") });
  const rows = app.page.functions.map((name) => {
    const { person, supporter } = views.functions[name];
    const differ = person !== supporter;
    return el("tr", { class: differ ? "differ" : null }, el("th", { scope: "row" }, capital(say(["functions", name])), differ ? el("span", { class: "tag", text: say("story.differ") }) : null), said(person), said(supporter));
  });
  const alliance = el("tr", { class: "alliance" }, el("th", { scope: "row", text: say("story.alliance") }), ...["person", "supporter"].map((side) => el("td", { text: written(100 * views.alliance[side]) })));
  const head = el("tr", {}, ["function", "person", "supporter"].map((name) => el("th", { scope: "col", text: say(["story", name]) })));
  return [
    el("p", { text: say("story.agree", { n: same }) }),
    el("table", { class: "views" }, el("caption", { class: "aside", text: say("story.views") }), el("thead", {}, head), el("tbody", {}, alliance, rows)),
    el("p", { class: "note", text: say("story.views_note") }),
  ];
}
