/** Share, take home, lessons: what the buttons in the head open. */

import { file as asked, Told } from "./ask.js";
import { fits } from "./asking.js";
import { el, fresh } from "./draw.js";
import { worldQuery } from "./state.js";
import { look, say } from "./words.js";

const FILES = { png: "figure.png", svg: "figure.svg", csv: "outcomes.csv", toml: "what-if.toml" };

/** Builds the buttons and their dialogs. */
export function headButtons(app, place) {
  place.append(opener("lessons", "lessons.title", () => chooseLesson(app)), opener("share", "head.share", () => share(app)), opener("take_home", "head.take_home", () => takeHome(app)));
}

function opener(name, title, fill) {
  const id = fresh(name);
  const heading = el("h2", { id, text: say(title) });
  const close = el("button", { class: "close", type: "button", "aria-label": say("head.close"), text: "×" });
  const body = el("div", { class: "dialog-body" });
  const dialog = el("dialog", { "aria-labelledby": id }, el("div", { class: "part-head" }, heading, close), body);
  const shut = () => dialog.close();
  close.addEventListener("click", shut);
  dialog.addEventListener("click", (event) => event.target === dialog && shut());
  const button = el("button", { class: "head-button", type: "button", "aria-haspopup": "dialog", text: say(["head", name]) });
  button.addEventListener("click", () => {
    body.replaceChildren(...fill(shut));
    dialog.close = () => HTMLDialogElement.prototype.close.call(dialog);
    dialog.showModal();
  });
  document.body.append(dialog);
  return button;
}

const HERE = ["localhost", "127.0.0.1", "[::1]"];

function share(app) {
  const id = fresh("link");
  const local = HERE.includes(location.hostname);
  const address = local && app.page.network ? new URL(location.search, app.page.network).href : location.href;
  const link = el("input", { id, type: "text", readonly: true, value: address });
  const said = el("p", { class: "note", role: "status" });
  const copy = el("button", { class: "main", type: "button", text: say("share.copy") });
  link.addEventListener("focus", () => link.select());
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      said.textContent = say("share.copied");
    } catch {
      link.focus(); // plain http knows no clipboard
      link.select();
      said.textContent = say(document.execCommand?.("copy") ? "share.copied" : "share.select");
    }
  });
  return [el("p", { text: say("share.text") }), el("label", { for: id, class: "aside", text: say("share.title") }), link, copy, said, local && !app.page.network ? el("p", { class: "note", text: say("share.local") }) : null].filter(Boolean);
}

function takeHome(app) {
  const query = worldQuery(app.state);
  const said = el("p", { class: "note", role: "status" });
  const links = Object.entries(FILES).map(([kind, file]) => {
    const link = el("a", { href: `api/take-home/${file}${query ? `?${query}` : ""}`, download: file, text: say(["take_home", kind]) });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      keep(link.href, file, said);
    });
    return el("li", {}, link);
  });
  const command = ["first", "band"].filter((what) => fits(app, what)).map((what) => app.data[what].command)[0] ?? "";
  const id = fresh("command");
  return [
    el("p", { text: say("take_home.text") }),
    el("ul", { class: "files" }, links),
    said,
    el("label", { for: id, text: say("take_home.command") }),
    el("textarea", { id, rows: 4, readonly: true, text: command }),
  ];
}

/** Saves a file, or says why there is none: a browser by itself would save the refusal. */
async function keep(address, name, said) {
  said.textContent = say("take_home.waiting");
  try {
    const href = URL.createObjectURL(await asked(address));
    el("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000); // browsers read it after the click
    said.textContent = "";
  } catch (error) {
    said.textContent = error instanceof Told ? `${say("messages.mistake")}: ${error.message}` : (look("take_home", error.message) ?? say("take_home.failed"));
  }
}

function chooseLesson(app) {
  const cards = app.page.lessons.map((lesson) => {
    const begin = el("button", { class: "main", type: "button", text: say("lessons.begin"), "aria-label": `${say("lessons.begin")}: ${lesson.title}` });
    begin.addEventListener("click", () => {
      begin.closest("dialog").close();
      app.lesson.begin(lesson.name);
    });
    return el("li", { class: "lesson-card" }, el("h3", { text: `${lesson.order} ${lesson.title}` }), el("p", { text: lesson.aim }), el("p", { class: "note", text: say("lessons.minutes", { n: lesson.minutes }) }), begin);
  });
  return cards.length ? [el("p", { text: say("lessons.intro") }), el("ul", { class: "cards" }, cards)] : [el("p", { text: say("lessons.none") })];
}
