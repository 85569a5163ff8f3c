const rate = 48000;
const offline = new OfflineAudioContext(2, 2 * rate, rate);
const [pause, resume] = [offline.suspend.bind(offline), offline.resume.bind(offline)];
offline.resume = async () => {};
window.AudioContext = function () { return offline; };
(async () => {
  await ready();
  key(" ");
  [[0.5, "b"], [0.8, "a"], [1.1, "b"], [1.102, "a"], [1.5, "n"]].forEach(([when, name]) => {
    pause(when).then(() => { key(name); resume(); });
  });
  let rendered = null;
  offline.startRendering().then((buffer) => { rendered = buffer; });
  await until(() => rendered);
  const heard = rendered.getChannelData(0);
  const levels = [];
  for (let start = 0; start < heard.length; start += 240) {
    let sum = 0;
    for (let n = start; n < start + 240; n += 1) sum += heard[n] ** 2;
    levels.push(Math.sqrt(sum / 240));
  }
  log("levels", levels.join(" "));
  log("done", "yes");
})();
