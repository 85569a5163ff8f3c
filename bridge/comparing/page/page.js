"use strict";
(() => {
  const root = document.documentElement;
  window.addEventListener("error", (event) => { root.dataset.error = String(event.message); });
  const at = (id) => document.getElementById(id);
  const held = at("excerpts");
  if (!held) { root.dataset.ready = "0"; return; }
  const { rate, start: startS, signals } = JSON.parse(held.textContent);
  const FADE_S = 0.005;
  const AHEAD_S = 0.02;
  const LEAST_S = 0.05;
  const PICKS = ["a", "b", "n", "x"];
  let context = null;
  let whole = null; // the three excerpts as six channels of one buffer, so they cannot drift apart
  let voice = null;
  let chosen = "a";
  let hidden = ""; // what X is, "" while no blind test runs
  let region = [0, 0];
  let cursorS = 0;
  let answers = 0;
  let right = 0;
  let suspending = 0;
  let following = false;

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

  const decode = async () => {
    const decoder = new OfflineAudioContext(2, 1, rate);
    const decoded = await Promise.all(
      signals.map((one) => decoder.decodeAudioData(bytes(one.flac))));
    const length = Math.min(...decoded.map((one) => one.length));
    whole = new AudioBuffer({ numberOfChannels: 6, length, sampleRate: rate });
    decoded.forEach((one, n) => [0, 1].forEach((side) => {
      const channel = Math.min(side, one.numberOfChannels - 1);
      whole.copyToChannel(one.getChannelData(channel).subarray(0, length), 2 * n + side);
    }));
    region = [0, whole.duration];
  };

  const looped = () => {
    const [first, last] = region.map((seconds) => Math.round(seconds * rate));
    const length = Math.max(1, Math.min(last, whole.length) - first);
    const buffer = new AudioBuffer({ numberOfChannels: 6, length, sampleRate: rate });
    const edge = Math.min(Math.floor(FADE_S * rate), length >> 1);
    for (let channel = 0; channel < 6; channel += 1) {
      const samples = buffer.getChannelData(channel);
      samples.set(whole.getChannelData(channel).subarray(first, first + length));
      for (let n = 0; n < edge; n += 1) {
        samples[n] *= n / edge;
        samples[length - 1 - n] *= n / edge;
      }
    }
    return buffer;
  };

  const gainOf = (n) => {
    const { id, gain_db: gain } = signals[n];
    if (id !== (chosen === "x" ? hidden : chosen)) return 0;
    return 10 ** ((gain + (id === "n" ? Number(at("raise").value) : 0)) / 20);
  };

  const fade = (gain, to, when = context.currentTime) => {
    gain.cancelScheduledValues(context.currentTime);
    gain.setValueAtTime(gain.value, when);
    gain.linearRampToValueAtTime(to, when + FADE_S);
  };

  const positionS = () => {
    if (!voice) return cursorS;
    const elapsed = Math.max(0, context.currentTime - voice.startedAt) + voice.offset;
    return voice.from + (elapsed % voice.seconds);
  };

  const quiet = (when = context.currentTime) => {
    voice.gains.forEach((one) => fade(one.gain, 0, when));
    voice.source.stop(when + 4 * FADE_S);
    voice = null;
  };

  const sound = (fromS) => {
    const inside = fromS >= region[0] && fromS < region[1] ? fromS : region[0];
    const buffer = looped();
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 6 });
    source.connect(splitter);
    const startedAt = context.currentTime + AHEAD_S;
    if (voice) quiet(startedAt); // one loop fades into the other
    const gains = signals.map((_, n) => {
      const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
      const gain = new GainNode(context, { gain: 0 });
      splitter.connect(merger, 2 * n, 0);
      splitter.connect(merger, 2 * n + 1, 1);
      merger.connect(gain).connect(context.destination);
      gain.gain.setValueAtTime(0, startedAt);
      gain.gain.linearRampToValueAtTime(gainOf(n), startedAt + FADE_S);
      return gain;
    });
    const offset = inside - region[0];
    source.start(startedAt, offset);
    voice = { source, gains, startedAt, offset, from: region[0], seconds: buffer.duration };
  };

  const play = () => {
    context = context || new AudioContext({ sampleRate: rate });
    clearTimeout(suspending);
    context.resume();
    sound(cursorS);
    show();
  };

  const stop = () => {
    cursorS = positionS();
    quiet();
    suspending = setTimeout(() => context.suspend(), 100);
    show();
  };

  const toggle = () => { if (voice) stop(); else if (whole) play(); };

  const timed = (seconds) => {
    const hundredths = Math.floor(seconds * 100 + 1e-6);
    const rest = (hundredths % 6000) / 100;
    return `${Math.floor(hundredths / 6000)}:${rest.toFixed(2).padStart(5, "0")}`;
  };

  const place = () => {
    const now = positionS();
    at("head").style.left = `${(100 * now) / whole.duration}%`;
    at("clock").textContent = timed(startS + now);
  };

  const follow = () => {
    following = Boolean(voice);
    if (!voice) return;
    place();
    requestAnimationFrame(follow);
  };

  const mark = ([first, last]) => {
    const shown = at("region");
    shown.hidden = last - first >= whole.duration;
    shown.style.left = `${(100 * first) / whole.duration}%`;
    shown.style.width = `${(100 * (last - first)) / whole.duration}%`;
  };

  const show = () => {
    PICKS.forEach((id) => at(id).setAttribute("aria-pressed", String(id === chosen)));
    ["is-a", "is-b"].forEach((id) => { at(id).disabled = !hidden; });
    at("anew").disabled = !hidden;
    at("n").disabled = Boolean(hidden);
    at("play").textContent = voice ? "Stop" : "Play";
    at("play").setAttribute("aria-pressed", String(Boolean(voice)));
    mark(region);
    root.dataset.chosen = chosen;
    root.dataset.playing = voice ? "yes" : "no";
    root.dataset.loop = region.map((seconds) => seconds.toFixed(3)).join(" ");
    place();
    if (!following) follow();
  };

  const choose = (id) => {
    if (!whole || (id === "n" && hidden)) return;
    chosen = id;
    if (voice) voice.gains.forEach((one, n) => fade(one.gain, gainOf(n)));
    show();
  };

  const loop = (first, last) => {
    if (!whole) return;
    const from = Math.max(0, Math.min(first, whole.duration - LEAST_S));
    const next = [from, Math.min(whole.duration, Math.max(last, from + LEAST_S))];
    const now = positionS();
    region = next;
    cursorS = now >= region[0] && now < region[1] ? now : region[0];
    if (voice) sound(cursorS);
    show();
  };

  const loopFrom = () => {
    const now = positionS();
    loop(now, region[1] - now < LEAST_S ? whole.duration : region[1]);
  };
  const loopTo = () => {
    const now = positionS();
    loop(now - region[0] < LEAST_S ? 0 : region[0], now);
  };

  const draw = () => { hidden = Math.random() < 0.5 ? "a" : "b"; };

  const chance = () => {
    let term = 0.5 ** answers; // binomial, at least `right` of `answers` at one half
    let sum = 0;
    for (let k = 0; k <= answers; k += 1) {
      if (k >= right) sum += term;
      term *= (answers - k) / (k + 1);
    }
    return Math.min(1, sum);
  };

  const score = (said) => {
    root.dataset.abx = `${right}/${answers}`;
    root.dataset.p = String(chance());
    const p = chance();
    const shown = p < 0.0001 ? "p < 0.0001" : `p = ${p.toPrecision(3)}`;
    at("score").textContent = answers
      ? `${said} ${right} of ${answers} right, ${shown}` : "No answers yet.";
  };

  const blind = () => {
    if (!whole) return;
    if (!hidden) draw();
    choose("x");
  };

  const answer = (id) => {
    if (!hidden) return;
    const correct = id === hidden;
    answers += 1;
    right += Number(correct);
    score(correct ? "Right." : "Wrong.");
    draw();
    choose("x");
  };

  const anew = () => {
    answers = 0;
    right = 0;
    hidden = "";
    score("");
    choose("a");
  };

  const actions = {
    a: () => choose("a"), b: () => choose("b"), n: () => choose("n"), x: blind,
    "[": loopFrom, "]": loopTo, 1: () => answer("a"), 2: () => answer("b"),
  };
  const clicks = {
    a: actions.a, b: actions.b, n: actions.n, x: blind, play: toggle, from: loopFrom, to: loopTo,
    all: () => loop(0, whole.duration), "is-a": actions[1], "is-b": actions[2], anew,
  };
  Object.entries(clicks).forEach(([id, act]) => at(id).addEventListener("click", () => {
    if (whole) act();
  }));
  at("raise").addEventListener("change", () => choose(chosen));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === at("raise")) return;
    if (event.key === " ") {
      event.preventDefault();
      if (!event.repeat) toggle();
    } else if (whole && !event.repeat) (actions[event.key.toLowerCase()] || (() => {}))();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && event.target !== at("raise")) event.preventDefault();
  });

  const strips = at("strips");
  let dragged = null;
  const secondsAt = (event) => {
    const box = strips.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(1, share)) * whole.duration;
  };
  strips.addEventListener("pointerdown", (event) => {
    if (!whole || event.button) return;
    dragged = secondsAt(event);
  });
  window.addEventListener("pointercancel", () => { dragged = null; });
  window.addEventListener("pointerup", (event) => {
    if (dragged === null) return;
    const [first, last] = [dragged, secondsAt(event)].sort((a, b) => a - b);
    dragged = null;
    if (last - first >= LEAST_S) { loop(first, last); return; }
    cursorS = first;
    if (first < region[0] || first >= region[1]) region = [0, whole.duration];
    if (voice) sound(first);
    show();
  });
  window.addEventListener("pointermove", (event) => {
    if (dragged === null) return;
    mark([dragged, secondsAt(event)].sort((a, b) => a - b));
  });

  at("play").disabled = true;
  decode().then(() => {
    at("play").disabled = false;
    score("");
    show();
    root.dataset.seconds = whole.duration.toFixed(2);
    root.dataset.ready = String(signals.length);
  }).catch((problem) => {
    at("score").textContent = "This browser cannot decode FLAC.";
    root.dataset.error = String(problem);
  });
})();
