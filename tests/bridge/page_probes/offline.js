// The page plays into an offline context, for `given.seconds`, with a key at each of `given.keys`.
const rate = 48000;
const offline = new OfflineAudioContext(2, given.seconds * rate, rate);
const [pause, resume] = [offline.suspend.bind(offline), offline.resume.bind(offline)];
offline.resume = async () => {};
window.AudioContext = function () { return offline; };
(async () => {
  await ready();
  key(" ");
  given.keys.forEach(([when, name]) => { pause(when).then(() => { key(name); resume(); }); });
  let rendered = null;
  offline.startRendering().then((buffer) => { rendered = buffer; });
  await until(() => rendered);
  const sides = [0, 1].map((side) => rendered.getChannelData(side));
  const codes = new Int16Array(2 * rendered.length);
  for (let n = 0; n < codes.length; n += 1) {
    codes[n] = Math.round(Math.max(-1, Math.min(1, sides[n % 2][n >> 1])) * 32767);
  }
  const octets = new Uint8Array(codes.buffer);
  let text = "";
  for (let n = 0; n < octets.length; n += 32766) {
    text += btoa(String.fromCharCode(...octets.subarray(n, n + 32766)));
  }
  log("heard", text);
  log("raise", [...at("raise").options].filter((one) => !one.hidden).at(-1).value);
  log("null", at("null").querySelector("small").textContent);
  log("done", "yes");
})();
