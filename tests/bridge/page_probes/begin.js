const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const key = (name) => document.dispatchEvent(new KeyboardEvent("keydown", { key: name }));
const prefix = () => {
  const shown = document.querySelector(".player:not([hidden])");
  return shown ? shown.dataset.prefix : "";
};
const at = (id) => document.getElementById(prefix() + id);
const plain = (id) => id.slice(prefix().length);
const picks = () => [...document.querySelectorAll(".player:not([hidden]) .pick")];
const seen = document.documentElement.dataset;
const log = (name, value) => { seen[name] = String(value); };
// Virtual time stands still while tasks wait, so this waits for decoding in real time.
const work = () => new Promise((done) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = done;
  for (let n = 0, sum = 0; n < 200000; n += 1) sum += Math.sqrt(n);
  channel.port2.postMessage(0);
});
const until = async (what) => { for (let n = 0; n < 9000 && !what(); n += 1) await work(); };
const decoded = () => until(() => seen.ready || seen.error);
// Turns to the first lossless deck: the null and the blind test are there.
const ready = async () => {
  await decoded();
  const tabs = [...document.querySelectorAll(".tab")];
  const lossless = tabs.find((one) => one.textContent.includes("lossless"));
  if (!lossless || seen.error) return;
  lossless.click();
  await decoded();
};
decoded();
