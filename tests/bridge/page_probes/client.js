// A client: writes notes by mouse, key and loop, edits one, deletes one, saves the file.
const decode = (text) => JSON.parse(decodeURIComponent(escape(atob(text))));
Object.entries(given.storage ? decode(given.storage) : {})
  .forEach(([name, value]) => localStorage.setItem(name, value));
let saved = null;
URL.createObjectURL = (blob) => { saved = blob; return "data:,"; };
HTMLAnchorElement.prototype.click = function () { log("file", this.download); };
const strip = () => document.getElementById("strips");
const drag = (from, to = from) => {
  const box = strip().getBoundingClientRect();
  [["pointerdown", from], ["pointerup", to]].forEach(([kind, share]) => strip().dispatchEvent(
    new PointerEvent(kind, { bubbles: true, clientX: box.left + share * box.width })));
};
const el = (id) => document.getElementById(id);
const type = (name, words) => {
  if (name !== null) el("note-name").value = name;
  el("note-words").value = words;
};
const rows = () => [...document.querySelectorAll("#note-list > li")];
const press = (target, name, more = {}) => target.dispatchEvent(
  new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }));
(async () => {
  await decoded();
  log("start", el("note-status").textContent);
  log("kept", rows().length);
  log("remembered", el("note-name").value);
  log("wide", document.documentElement.scrollWidth - innerWidth);
  log("paper", getComputedStyle(document.body).backgroundColor);
  const earlier = [...document.querySelectorAll("main section")]
    .find((one) => one.querySelector("h2").textContent === "Earlier notes");
  log("earlier", earlier ? [...earlier.querySelectorAll("li li, .open, .said")]
    .map((one) => one.textContent).join(" | ") : "");
  log("marks", document.querySelectorAll("i.mark.earlier").length);
  if (given.storage) { log("done", "yes"); return; }

  drag(0.25);
  log("place", el("note-place").textContent);
  log("focus", document.activeElement.id);
  el("note-keep").click();
  log("fault", el("note-fault").textContent);
  type("Ann <b>", "vocals up a touch");
  const before = seen.chosen;
  press(el("note-words"), "1"); // what is typed switches nothing
  log("typed", String(seen.chosen === before));
  el("note-keep").click();

  drag(0.5, 0.75);
  type(null, "<img src=x onerror=\"document.documentElement.dataset.hacked=1\"><\/script>");
  press(el("note-words"), "Enter", { ctrlKey: true });

  await until(() => { key("1"); return seen.chosen === "0"; });
  el("all").click();
  drag(0.1);
  press(el("note-words"), "Escape");
  log("escaped", `${el("note-form").hidden} ${rows().length}`);
  press(document, "m");
  log("here", el("note-place").textContent);
  type(null, "to be deleted");
  el("note-keep").click();
  log("listed", rows().map((one) => one.querySelector(".at").textContent).join(" "));

  rows()[1].querySelector(".edits button").click();
  type(null, "vocals up a touch, please");
  el("note-keep").click();
  rows()[0].querySelectorAll(".edits button")[1].click();
  log("deleted", rows().length);
  el("note-undo").click();
  log("undone", rows().length);
  rows()[0].querySelectorAll(".edits button")[1].click();
  rows()[1].querySelector(".at").click();
  log("sought", el("clock").textContent);
  log("unsaved", el("note-status").textContent);
  el("note-save").click();
  log("status", el("note-status").textContent);
  log("own", document.querySelectorAll("i.mark:not(.earlier)").length);
  const coded = (text) => btoa(unescape(encodeURIComponent(text)));
  log("saved", coded(await saved.text()));
  log("storage", coded(JSON.stringify({ ...localStorage })));
  log("done", "yes");
})();
