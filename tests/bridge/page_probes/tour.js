(async () => {
  await ready();
  log("wide", document.documentElement.scrollWidth - innerWidth);
  const order = [seen.chosen];
  for (const name of given) { key(name); order.push(seen.chosen); }
  log("order", order.join(" "));
  log("pressed", picks()
    .filter((one) => one.ariaPressed === "true").map((one) => plain(one.id)).join(" "));
  const box = at("strips").getBoundingClientRect();
  const point = (kind, share) => at("strips").dispatchEvent(new PointerEvent(
    kind, { bubbles: true, clientX: box.left + share * box.width }));
  point("pointerdown", 0.75); point("pointermove", 0.5); point("pointerup", 0.25);
  log("dragged", seen.loop);
  point("pointerdown", 0.5); point("pointerup", 0.5);
  key("["); log("left", seen.loop);
  at("all").click(); key("]"); log("right", seen.loop);
  at("all").click(); log("all", seen.loop);
  key(" "); log("started", `${seen.playing} ${at("play").textContent}`);
  key("a"); await wait(300);
  key(" "); log("stopped", `${seen.playing} ${at("play").textContent}`);
  log("paper", getComputedStyle(document.body).backgroundColor);
  log("ink", getComputedStyle(document.querySelector("figure svg text")).fill);
  log("shown", [...new Set([...document.querySelectorAll("figure svg")]
    .filter((one) => getComputedStyle(one).display !== "none")
    .map((one) => (one.classList.contains("wide") ? "wide" : "narrow")))].join(" "));
  log("done", "yes");
})();
