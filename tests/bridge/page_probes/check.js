// A stem check's page: marks lead to cards, keys go from one to the next, pictures play from a click.
(async () => {
  await until(() => seen.places);
  log("wide", document.documentElement.scrollWidth - innerWidth);
  log("paper", getComputedStyle(document.body).backgroundColor);
  log("ink", getComputedStyle(document.body).color);
  const marks = [...document.querySelectorAll(".outline .mark")];
  log("marks", marks.length);
  marks[given.mark].click();
  log("marked", `${seen.at} ${document.activeElement.id}`);
  const steps = [];
  for (const name of ["j", "k", "k"]) { key(name); steps.push(seen.at); }
  log("steps", steps.join(" "));
  marks[given.mark].click();
  key(" ");
  await until(() => seen.playing === "yes" || seen.error);
  const card = document.activeElement;
  const box = card.querySelector(".place");
  log("began", `${seen.place === box.dataset.sound} ${box.querySelector(".play").textContent}`);
  const strips = box.querySelector(".seek");
  const edges = strips.getBoundingClientRect();
  key(" ");
  log("stopped", `${seen.playing} ${box.querySelector(".play").textContent}`);
  strips.dispatchEvent(new MouseEvent(
    "click", { bubbles: true, clientX: edges.left + 0.5 * edges.width }));
  await until(() => seen.playing === "yes" || seen.error);
  log("sought", box.querySelector(".clock").textContent);
  const other = [...document.querySelectorAll(".place")].find((one) => one.querySelector(".pick"));
  other.querySelectorAll(".pick")[1].click();
  await until(() => seen.place === other.dataset.sound || seen.error);
  key("a"); const first = seen.chosen;
  key("b");
  log("switched", `${first} ${seen.chosen} ${other.querySelectorAll(".pick")[1].ariaPressed}`);
  log("alone", document.querySelectorAll(".place.plays").length);
  const fold = document.querySelector("details.rest");
  const before = fold.open;
  location.hash = fold.id;
  await until(() => fold.open);
  log("folded", `${before} ${fold.open}`);
  log("missing", [...document.querySelectorAll("img")].filter((one) => !one.naturalWidth).length);
  log("done", "yes");
})();
