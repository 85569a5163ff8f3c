"use strict";
// Notes on a song: written on the waveform, kept in this browser, saved as one JSON file.
(() => {
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  const held = JSON.parse(at("client").textContent);
  const KEPT = `stemwright notes ${held.job} ${held.page}`;
  const FILED = `${KEPT} filed`; // what the file that was saved last has
  const NAME = "stemwright notes name";
  const LEAST_S = 0.05; // a shorter drag is a click
  const form = at("note-form");
  const strips = at("strips");
  let notes = [];
  let writing = null; // { id, take, from_s, to_s }: the note in the form
  let dropped = null; // what was deleted last, with its place in the list
  let saved = true; // whether the file that was saved last has everything
  let keeps = true; // whether this browser keeps anything

  const kept = (key) => {
    try { return localStorage.getItem(key); } catch { keeps = false; return null; }
  };
  const keep = (key, value) => {
    try { localStorage.setItem(key, value); keeps = true; } catch { keeps = false; }
  };
  const timed = (place) => {
    const hundredths = Math.floor(place * 100 + 1e-6);
    const rest = ((hundredths % 6000) / 100).toFixed(2).padStart(5, "0");
    return `${Math.floor(hundredths / 6000)}:${rest}`;
  };
  const ends = (note) => timed(note.from_s) + (note.to_s === null ? "" : `–${timed(note.to_s)}`);
  const seconds = () => Number(root.dataset.seconds);
  const element = (name, text, className = "") => {
    const made = document.createElement(name);
    made.textContent = text; // what people write is never markup
    if (className) made.className = className;
    return made;
  };
  const button = (text, act, className = "") => {
    const made = element("button", text, className);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const isNote = (one) => one && typeof one.id === "string" && typeof one.words === "string"
    && Number.isFinite(one.from_s) && (one.to_s === null || Number.isFinite(one.to_s));
  const load = () => {
    try { notes = JSON.parse(kept(KEPT) || "[]").filter(isNote); } catch { notes = []; }
    saved = !notes.length || kept(FILED) === JSON.stringify(notes);
    at("note-name").value = kept(NAME) || "";
  };

  // The player seeks where its waveform is clicked.
  let seeking = false;
  const seek = (place) => {
    const box = strips.getBoundingClientRect();
    const clientX = box.left + (place / seconds()) * box.width;
    seeking = true;
    ["pointerdown", "pointerup"].forEach((kind) => strips.dispatchEvent(
      new PointerEvent(kind, { bubbles: true, clientX })));
    seeking = false;
  };

  const mark = (note, className) => {
    const shown = element("i", "", `mark ${className}${note.to_s === null ? "" : " long"}`);
    shown.style.left = `${(100 * note.from_s) / seconds()}%`;
    if (note.to_s !== null) shown.style.width = `${(100 * (note.to_s - note.from_s)) / seconds()}%`;
    strips.append(shown);
  };
  const drawMarks = () => {
    strips.querySelectorAll("i.mark").forEach((one) => one.remove());
    if (!seconds()) return;
    held.earlier.forEach((note) => mark(note, "earlier"));
    notes.forEach((note) => { if (!writing || writing.id !== note.id) mark(note, ""); });
    if (writing) mark(writing, "writing");
  };

  const row = (note) => {
    const shown = document.createElement("li");
    const body = document.createElement("div");
    const head = document.createElement("p");
    head.append(button(ends(note), () => seek(note.from_s), "at"));
    head.append(element("small", [note.name || "no name", note.take && `on ${note.take}`]
      .filter(Boolean).join(", ")));
    body.append(head, element("p", note.words, "said"));
    const edits = element("div", "", "edits");
    edits.append(button("Edit", () => open(note)), button("Delete", () => drop(note)));
    shown.append(body, edits);
    return shown;
  };

  const told = () => {
    if (!notes.length) return "No notes yet.";
    const count = notes.length === 1 ? "1 note" : `${notes.length} notes`;
    if (!keeps) return `${count}. This browser keeps nothing: save the file before you leave.`;
    return saved ? `${count}, saved.` : `${count}, kept in this browser, not saved as a file yet.`;
  };
  const show = () => {
    at("note-list").replaceChildren(...notes.map(row));
    at("note-save").disabled = !notes.length;
    at("note-undo").hidden = !dropped;
    at("note-status").textContent = told();
    root.dataset.notes = String(notes.length);
    drawMarks();
  };
  const changed = () => {
    saved = false;
    notes.sort((a, b) => a.from_s - b.from_s);
    keep(KEPT, JSON.stringify(notes));
    show();
  };

  const takeHeard = () => {
    const number = Number(root.dataset.chosen);
    return held.takes[number] ? held.takes[number].name : "";
  };
  const showPlace = () => {
    const on = writing.take ? ` on ${writing.take}` : "";
    at("note-place").textContent = `Note at ${ends(writing)}${on}`;
    drawMarks();
  };
  const fault = (text) => {
    at("note-fault").textContent = text;
    at("note-fault").hidden = !text;
  };
  const open = (note, focused = true) => {
    writing = { id: note.id, take: note.take, from_s: note.from_s, to_s: note.to_s };
    at("note-words").value = note.words;
    form.hidden = false;
    fault("");
    showPlace();
    if (!focused) return;
    const field = at(at("note-name").value ? "note-words" : "note-name");
    field.focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    writing = null;
    form.hidden = true;
    if (form.contains(document.activeElement)) document.activeElement.blur();
    drawMarks();
  };
  // A place for a note; what is being written moves there.
  const choose = (from, to, focused = true) => {
    const place = { from_s: Number(from.toFixed(3)), to_s: to === null ? null : Number(to.toFixed(3)) };
    if (writing) {
      Object.assign(writing, place);
      showPlace();
    } else open({ id: newId(), take: takeHeard(), words: "", ...place }, focused);
  };

  const store = () => {
    if (!writing) return;
    const words = at("note-words").value.trim();
    const name = at("note-name").value.trim();
    if (!words) {
      fault("Write what should change here.");
      at("note-words").focus();
      return;
    }
    keep(NAME, name);
    const note = { ...writing, name, words, written: new Date().toISOString() };
    notes = [...notes.filter((one) => one.id !== note.id), note];
    close();
    changed();
  };
  const drop = (note) => {
    dropped = note;
    notes = notes.filter((one) => one.id !== note.id);
    if (writing && writing.id === note.id) close();
    changed();
  };
  const undo = () => {
    notes = [...notes, dropped];
    dropped = null;
    changed();
  };

  const save = () => {
    const { schema, job, page, takes } = held;
    const whole = JSON.stringify({ schema, job, page, takes, notes }, null, 2);
    const link = document.createElement("a");
    const who = [...new Set(notes.map((note) => note.name).filter(Boolean))].join(" ");
    const plain = `notes ${job} ${who}`.replace(/[^\p{L}\p{N} _-]/gu, "").trim().slice(0, 100);
    link.download = `${plain.replace(/ +/g, "-")}.json`;
    link.href = URL.createObjectURL(new Blob([`${whole}\n`], { type: "application/json" }));
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    saved = true;
    keep(FILED, JSON.stringify(notes));
    dropped = null;
    show();
  };

  const placeAt = (event) => {
    const box = strips.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * seconds();
  };
  let pressed = null;
  strips.addEventListener("pointerdown", (event) => {
    if (!seeking && !event.button && root.dataset.ready) pressed = placeAt(event);
  });
  window.addEventListener("pointercancel", () => { pressed = null; });
  window.addEventListener("pointerup", (event) => {
    if (seeking || pressed === null) return;
    const [from, to] = [pressed, placeAt(event)].sort((a, b) => a - b);
    pressed = null;
    const isPart = to - from >= LEAST_S;
    // A finger's tap may only seek: no keyboard comes up over the waveform.
    choose(from, isPart ? to : null, event.pointerType !== "touch");
  });
  // The moment that plays, or the loop if one was set.
  const noteHere = () => {
    if (!root.dataset.ready) return;
    const [from, to] = root.dataset.loop.split(" ").map(Number);
    const [minutes, rest] = at("clock").textContent.split(":").map(Number);
    if (to - from < seconds() - LEAST_S) choose(from, to);
    else choose(60 * minutes + rest || 0, null);
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); store(); });
  // What is typed is no key of the player.
  ["keydown", "keyup"].forEach((kind) => form.addEventListener(kind, (event) => {
    event.stopPropagation();
    if (kind === "keyup") return;
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) store();
  }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key.toLowerCase() !== "m") return;
    event.preventDefault(); // or the letter would be the first of the note
    noteHere();
  });
  at("note-here").addEventListener("click", noteHere);
  at("note-cancel").addEventListener("click", close);
  at("note-save").addEventListener("click", save);
  at("note-undo").addEventListener("click", undo);
  document.querySelectorAll("button[data-at]").forEach((one) => one.addEventListener(
    "click", () => seek(Number(one.dataset.at))));
  new MutationObserver(drawMarks).observe(root, { attributeFilter: ["data-ready"] });
  load();
  show();
})();
