/** What went wrong, in clear words, and what to do about it. */

import { el, refocus } from "./draw.js";
import { service } from "./ask.js";
import { look, say } from "./words.js";

/** Builds the messages. `anew()` starts the page anew, `again()` asks the same once more. */
export function messages(place, anew, again) {
  const status = el("p", { class: "status", hidden: true });
  const problem = el("div", { class: "problem", hidden: true, role: "alert" });
  place.append(status, problem);
  let timer = 0;
  const tell = (text, fades = false) => {
    clearTimeout(timer);
    status.textContent = text;
    status.hidden = !text;
    if (fades) timer = setTimeout(() => tell(""), 4000);
  };
  service.addEventListener("offline", () => tell(say("messages.offline")));
  service.addEventListener("busy", () => tell(say("messages.busy")));
  service.addEventListener("well", (event) => (event.detail === "offline" ? tell(say("messages.online"), true) : tell("")));
  return {
    tell,
    /** Shows a mistake; null: all is well. */
    problem(mistake) {
      if (!mistake && problem.contains(document.activeElement)) refocus(document.querySelector("h1"));
      problem.hidden = !mistake;
      if (mistake) problem.replaceChildren(...words(mistake, anew, again));
    },
  };
}

function words(mistake, anew, again) {
  const button = el("button", { class: "main", type: "button", text: say(mistake.failed ? "messages.try_again" : "messages.start_again") });
  button.addEventListener("click", mistake.failed ? again : anew);
  if (mistake.failed) return [el("p", { text: say("messages.failed") }), button];
  const { where } = mistake;
  const named = where && (look("lever", where)?.title ?? look("setting", where)?.title ?? where);
  const lines = [
    ["where", named],
    ["found", mistake.found],
    ["expected", mistake.expected],
    ["remedy", mistake.remedy],
  ];
  const said = lines.filter(([, text]) => text).map(([name, text]) => el("li", { text: say(["messages", name], { [name]: text }) }));
  return [el("h2", { text: say("messages.mistake") }), el("p", { class: "what", text: mistake.what }), el("ul", {}, said), button];
}
