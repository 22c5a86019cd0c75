/** A card beside a tie that is pointed at or focused: what happened in its last contact. Its story is a tap away. */

import { el } from "./draw.js";
import { bar } from "./story.js";
import { say } from "./words.js";

const LINGER = 160; // ms in which the pointer may move on to the card
const [ROOM, EDGE] = [18, 8]; // pixels between tie and card, card and window

/** Builds the card. `tieOf(world, key)`: the tie in the week that is shown; undefined where it is not there. */
export function card(app, tieOf) {
  const element = el("div", { class: "card", hidden: true, "aria-hidden": "true" });
  let over = null; // {world, key, group}
  let timer = 0;

  function away() {
    clearTimeout(timer);
    over = null;
    element.hidden = true;
  }

  function show() {
    if (!over) return;
    const tie = tieOf(over.world, over.key);
    element.hidden = !tie || !over.group.isConnected;
    if (element.hidden) return;
    element.replaceChildren(...told(app, tie));
    const frame = over.group.ownerSVGElement.getBoundingClientRect();
    beside(element, over.group.querySelector(".body").getBoundingClientRect(), (frame.left + frame.right) / 2);
  }

  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", away);
  addEventListener("keydown", (event) => event.key === "Escape" && away());
  addEventListener("scroll", show, true);
  return {
    element, show, away,
    open(world, key, group) {
      clearTimeout(timer);
      over = { world, key, group };
      show();
    },
    leave: () => {
      clearTimeout(timer);
      timer = setTimeout(away, LINGER);
    },
  }; // prettier-ignore
}

function told(app, tie) {
  const bars = () => el("ul", { class: "bars" }, app.page.mechanisms.map((name, k) => bar(say(["mechanisms", name]), tie.mechanisms[k], "mechanism")));
  return [
    el("strong", { text: say("card.title", { role: say(["roles", tie.role, "one"]) }) }),
    tie.mechanisms ? bars() : el("p", { class: "note", text: say("story.no_contact") }),
    el("p", { class: "note", text: say("card.more") }),
  ];
}

/** Puts the card on the outer side of a tie, where other ties are not in its way; else where there is room. */
function beside(element, at, middle) {
  const { width, height } = element.getBoundingClientRect();
  const across = { right: at.right + ROOM, left: at.left - ROOM - width };
  const fits = (x) => x >= EDGE && x + width + EDGE <= innerWidth;
  const sides = at.left < middle ? [across.left, across.right] : [across.right, across.left];
  const x = sides.find(fits);
  const within = (y) => Math.max(EDGE, Math.min(innerHeight - EDGE - height, y));
  const under = at.bottom + ROOM + height + EDGE <= innerHeight ? at.bottom + ROOM : at.top - ROOM - height;
  element.style.left = `${x ?? Math.max(EDGE, (innerWidth - width) / 2)}px`;
  element.style.top = `${x === undefined ? under : within((at.top + at.bottom - height) / 2)}px`;
}
