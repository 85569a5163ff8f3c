// The page as it opens: its first deck, its toggles, its rows and tables.
(async () => {
  await decoded();
  const states = () => [...document.querySelectorAll("[aria-pressed]")]
    .map((one) => one.getAttribute("aria-pressed"));
  log("prefix", `[${prefix()}]`);
  at("play").click();
  log("during", `${at("play").getAttribute("aria-pressed")} ${seen.playing}`);
  const odd = states().filter((one) => one !== "true" && one !== "false");
  picks()[0].click();
  await until(() => seen.chosen === "0" || seen.error);
  log("switched", seen.chosen);
  at("play").click();
  log("after", `${at("play").getAttribute("aria-pressed")} ${seen.playing}`);
  log("odd", odd.length);
  const marks = [...at("strips").querySelectorAll(".ruler span")].map((one) => one.textContent);
  log("marks", marks.join(" "));
  const [row] = [...document.querySelectorAll(".hear")].map((one) => [...one.children]);
  if (row) {
    row[1].click();
    await until(() => seen.row || seen.error);
    log("rows", row.map((one) => one.getAttribute("aria-pressed")).join(" "));
    at("play").click();
    log("alone", row.map((one) => one.getAttribute("aria-pressed")).join(" "));
    at("play").click();
  }
  const services = document.querySelector("[aria-label='Playback gains']");
  log("services", services ? services.scrollWidth - services.clientWidth : "");
  log("rule", services ? services.querySelector("tbody td:last-child").offsetWidth : "");
  log("scrolls", [...document.querySelectorAll(".wide-table.scrolls")].length);
  const dated = document.getElementById("dated");
  log("dated", dated ? dated.textContent : "");
  log("done", "yes");
})();
