// One place is played into an offline context; `given.picks` are (seconds, key) while it plays.
const rate = 48000;
const offline = new OfflineAudioContext(2, given.seconds * rate, rate);
const [pause, resume] = [offline.suspend.bind(offline), offline.resume.bind(offline)];
offline.resume = async () => {};
window.AudioContext = function () { return offline; };
(async () => {
  await until(() => seen.places);
  document.getElementById(given.card).querySelector(".place .play").click();
  await until(() => seen.playing === "yes" || seen.error);
  given.keys.forEach(([when, name]) => { pause(when).then(() => { key(name); resume(); }); });
  let rendered = null;
  offline.startRendering().then((buffer) => { rendered = buffer; });
  await until(() => rendered);
  const codes = new Int16Array(2 * rendered.length);
  for (let n = 0; n < codes.length; n += 1) {
    const sample = rendered.getChannelData(n % 2)[n >> 1];
    codes[n] = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
  }
  const octets = new Uint8Array(codes.buffer);
  let text = "";
  for (let n = 0; n < octets.length; n += 32766) {
    text += btoa(String.fromCharCode(...octets.subarray(n, n + 32766)));
  }
  log("heard", text);
  log("done", "yes");
})();
