/** A card for a tie that is pointed at or focused: what happened in its last contact. Its story is a tap away. */

import { el } from "./draw.js";
import { bar } from "./story.js";
import { say } from "./words.js";

const [ROOM, EDGE] = [18, 8]; // pixels between tie and card, card and window

/** Builds the card. `tieOf(world, key)`: the tie in the week that is shown; undefined where it is not there. */
export function card(app, tieOf) {
  const element = el("div", { class: "card", hidden: true, "aria-hidden": "true" });
  let over = null; // {world, key, group, pointed}

  function away() {
    over = null;
    element.hidden = true;
  }

  function show() {
    if (!over) return;
    const tie = tieOf(over.world, over.key);
    element.hidden = !tie || !over.group.isConnected;
    if (element.hidden) return;
    element.replaceChildren(...told(app, tie));
    place(element, over.group.querySelector(".body").getBoundingClientRect(), over.group.ownerSVGElement.getBoundingClientRect());
  }

  /** Whoever moves on to the card may read on; clicks go to what lies beneath. */
  const within = ({ clientX, clientY }) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  };
  addEventListener("pointermove", (event) => over?.pointed && !over.group.contains(event.target) && !within(event) && away());
  addEventListener("keydown", (event) => event.key === "Escape" && away());
  addEventListener("scroll", show, true);
  return {
    element, show, away,
    /** pointed: by the pointer, not by the keyboard. */
    open(world, key, group, pointed) {
      over = { world, key, group, pointed };
      show();
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

/** Puts the card over the other half of the tie's own picture. */
function place(element, at, picture) {
  const { width, height } = element.getBoundingClientRect();
  const upper = at.top + at.bottom < picture.top + picture.bottom;
  const top = upper ? Math.max(at.bottom + ROOM, picture.bottom - height) : Math.min(at.top - ROOM - height, picture.top);
  const inside = (value, size, room) => `${Math.max(EDGE, Math.min(room - EDGE - size, value))}px`;
  element.style.left = inside((picture.left + picture.right - width) / 2, width, innerWidth);
  element.style.top = inside(top, height, innerHeight);
}
