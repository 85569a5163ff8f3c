"use strict";
(() => {
  const root = document.documentElement;
  window.addEventListener("error", (event) => { root.dataset.error = String(event.message); });
  const held = document.getElementById("excerpts");
  if (!held) { root.dataset.ready = "0"; return; }
  const excerpts = JSON.parse(held.textContent);
  const buttons = [...document.querySelectorAll(".buttons button")];
  const play = document.getElementById("play");
  const where = document.getElementById("where");
  const clock = document.getElementById("clock");
  const FADE_S = 0.005;
  const EDGE_S = 0.01;
  let chosen = Math.max(0, buttons.findIndex((one) => one.getAttribute("aria-pressed") === "true"));
  let context = null;
  let buffers = [];
  let voices = [];
  let startedAt = 0;
  let stopping = 0;

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

  const softenEdges = (buffer) => {
    const edge = Math.min(Math.floor(EDGE_S * buffer.sampleRate), buffer.length >> 1);
    for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
      const samples = buffer.getChannelData(channel);
      for (let n = 0; n < edge; n += 1) {
        samples[n] *= n / edge;
        samples[samples.length - 1 - n] *= n / edge;
      }
    }
    return buffer;
  };

  const decode = async () => {
    const decoder = new OfflineAudioContext(2, 1, excerpts[chosen].rate);
    const decoded = await Promise.all(
      excerpts.map((one) => decoder.decodeAudioData(bytes(one.flac))));
    buffers = decoded.map(softenEdges);
  };

  const gainOf = (n) => (n === chosen ? 10 ** (excerpts[n].gain_db / 20) : 0);

  const show = () => {
    buttons.forEach((one, n) => one.setAttribute("aria-pressed", String(n === chosen)));
    const seconds = buffers.length ? buffers[chosen].duration : 0;
    const elapsed = voices.length && seconds ? (context.currentTime - startedAt) % seconds : 0;
    const at = excerpts[chosen].start + Math.max(0, elapsed);
    where.value = seconds ? Math.max(0, elapsed) / seconds : 0;
    clock.textContent = `${Math.floor(at / 60)}:${String(Math.floor(at % 60)).padStart(2, "0")}`;
    play.textContent = voices.length ? "Stop" : "Play";
    play.setAttribute("aria-pressed", String(voices.length > 0));
    if (voices.length) requestAnimationFrame(show);
  };

  const fade = (gain, to) => {
    const now = context.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(to, now + FADE_S);
  };

  const start = () => {
    context = context || new AudioContext({ sampleRate: excerpts[chosen].rate });
    clearTimeout(stopping);
    context.resume();
    startedAt = context.currentTime + 0.02;
    voices = buffers.map((buffer, n) => {
      const source = new AudioBufferSourceNode(context, { buffer, loop: true });
      const gain = new GainNode(context, { gain: gainOf(n) });
      source.connect(gain).connect(context.destination);
      source.start(startedAt);
      return { source, gain };
    });
    show();
  };

  const stop = () => {
    voices.forEach((voice) => {
      fade(voice.gain.gain, 0);
      voice.source.stop(context.currentTime + 4 * FADE_S);
    });
    voices = [];
    stopping = setTimeout(() => context.suspend(), 100);
    show();
  };

  const choose = (n) => {
    if (n >= excerpts.length) return;
    chosen = n;
    voices.forEach((voice, each) => fade(voice.gain.gain, gainOf(each)));
    if (!voices.length) show();
    else buttons.forEach((one, each) => one.setAttribute("aria-pressed", String(each === chosen)));
  };

  const toggle = () => { if (voices.length) stop(); else if (buffers.length) start(); };

  buttons.forEach((one, n) => one.addEventListener("click", () => choose(n)));
  play.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      event.preventDefault();
      if (!event.repeat) toggle();
    } else if (event.key >= "1" && event.key <= "9") choose(Number(event.key) - 1);
  });
  document.addEventListener("keyup", (event) => { if (event.key === " ") event.preventDefault(); });

  play.disabled = true;
  show();
  decode().then(() => {
    play.disabled = false;
    show();
    root.dataset.seconds = buffers.map((one) => one.duration.toFixed(2)).join(" ");
    root.dataset.ready = String(buffers.length);
  }).catch((problem) => {
    clock.textContent = "This browser cannot decode FLAC.";
    root.dataset.error = String(problem);
  });
})();
