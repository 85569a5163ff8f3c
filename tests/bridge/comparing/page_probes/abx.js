const drawn = [];
Math.random = () => { drawn.push((drawn.length * 7919 % 13) / 13); return drawn.at(-1); };
(async () => {
  await ready();
  key("1"); log("early", seen.abx);
  key("x");
  log("mode", `${seen.chosen} ${at("n").disabled} ${at("is-a").disabled}`);
  const rows = [];
  for (let n = 0; n < 17; n += 1) {
    const truth = drawn.at(-1) < 0.5 ? "1" : "2";
    key(n % 4 === 3 ? (truth === "1" ? "2" : "1") : truth);
    rows.push(`${seen.abx} ${seen.p}`);
  }
  log("rows", rows.join(" "));
  log("said", at("score").textContent);
  at("anew").click();
  log("anew", `${seen.abx} ${seen.chosen} ${at("n").disabled}`);
  log("done", "yes");
})();
