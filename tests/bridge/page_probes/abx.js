// One blind test for each pair of `given`; null is the pair the page proposes.
const drawn = [];
Math.random = () => { drawn.push((drawn.length * 7919 % 13) / 13); return drawn.at(-1); };
const compare = (pair) => pair.forEach((number, side) => {
  const select = at(["first", "second"][side]);
  select.value = String(number);
  select.dispatchEvent(new Event("change"));
});
const tested = () => {
  const found = {};
  found.lanes = [...at("strips").querySelectorAll(".lane")]
    .map((one, n) => (one.hidden ? "" : n)).join("");
  found.badges = picks().flatMap((one) => [...one.querySelectorAll(".badge")])
    .map((one) => one.textContent || "-").join("");
  key("9"); found.early = seen.abx;
  key("x");
  const free = picks().filter((one) => !one.disabled);
  found.mode = `${seen.chosen} ${free.map((one) => plain(one.id)).join(" ")}`;
  key("n"); found.null = seen.chosen;
  found.rows = [];
  for (let n = 0; n < 17; n += 1) {
    const truth = drawn.at(-1) < 0.5 ? "1" : "2";
    key(n % 4 === 3 ? (truth === "1" ? "2" : "1") : truth);
    found.rows.push([seen.abx, seen.p]);
  }
  found.said = at("score").textContent;
  at("anew").click();
  found.anew = `${seen.abx} ${seen.chosen} ${at("null").disabled}`;
  return found;
};
(async () => {
  await ready();
  log("tests", btoa(JSON.stringify(given.map((pair) => {
    if (pair) compare(pair);
    return tested();
  }))));
})();
