"use strict";
(() => {
  const root = document.documentElement;
  window.addEventListener("error", (event) => { root.dataset.error = String(event.message); });
  const FADE_S = 0.005;
  const AHEAD_S = 0.02;
  const MOST_DECODED = 12;
  const SIDES = [0, 1];
  const boxes = [...document.querySelectorAll(".place")];
  const cards = [...document.querySelectorAll("article.finding")];
  const contexts = new Map(); // one clock for each sample rate
  const sounds = new Map(); // what was decoded last, by the id of its data
  let current = boxes[0] || null; // what the space bar plays
  let voice = null; // { box, sound, context, startedAt, offset, parts }
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const amplitude = (db) => 10 ** (db / 20);
  const press = (button, down) => button.setAttribute("aria-pressed", String(Boolean(down)));
  const inside = (box, name) => box.querySelector(name);
  const picks = (box) => [...box.querySelectorAll(".pick")];
  const chosen = (box) => Number(box.dataset.chosen || 0);

  const fade = (context, gain, to) => {
    const now = context.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(to, now + FADE_S);
  };

  const awake = (rate) => {
    if (!contexts.has(rate)) contexts.set(rate, new AudioContext({ sampleRate: rate }));
    contexts.get(rate).resume();
    return contexts.get(rate);
  };

  // Both sides of a sound, faded at its ends, which meet when it is played again and again.
  const fitted = (one, frames, rate) => {
    const buffer = new AudioBuffer({ numberOfChannels: 2, length: frames, sampleRate: rate });
    const edge = Math.min(Math.floor(FADE_S * rate), frames >> 1);
    SIDES.forEach((side) => {
      const from = one.getChannelData(Math.min(side, one.numberOfChannels - 1));
      const samples = buffer.getChannelData(side);
      samples.set(from.subarray(0, frames));
      for (let n = 0; n < edge; n += 1) {
        samples[n] *= n / edge;
        samples[frames - 1 - n] *= n / edge;
      }
    });
    return buffer;
  };

  const decoded = async (id) => {
    const held = JSON.parse(document.getElementById(id).textContent);
    const one = (signal) => new OfflineAudioContext(2, 1, held.rate)
      .decodeAudioData(bytes(signal.mp3 || signal.flac))
      .then((buffer) => fitted(buffer, held.frames, held.rate));
    return { ...held, seconds: held.frames / held.rate, buffers: await Promise.all(held.signals.map(one)) };
  };

  const need = (id) => {
    const known = sounds.get(id) || decoded(id);
    sounds.delete(id);
    sounds.set(id, known);
    if (sounds.size > MOST_DECODED) sounds.delete(sounds.keys().next().value);
    return known;
  };

  const timed = (seconds) => {
    const thousandths = Math.floor(seconds * 1000 + 1e-6);
    const rest = (thousandths % 60000) / 1000;
    return `${Math.floor(thousandths / 60000)}:${rest.toFixed(3).padStart(6, "0")}`;
  };

  const positionS = () => {
    const elapsed = Math.max(0, voice.context.currentTime - voice.startedAt) + voice.offset;
    return elapsed % voice.sound.seconds;
  };

  const show = (box) => {
    const plays = voice !== null && voice.box === box;
    inside(box, ".play").textContent = plays ? "Stop" : "Play";
    press(inside(box, ".play"), plays);
    picks(box).forEach((pick, n) => press(pick, n === chosen(box)));
    box.classList.toggle("plays", plays);
    if (plays) box.classList.add("heard");
    root.dataset.playing = voice ? "yes" : "no";
    root.dataset.place = voice ? voice.box.dataset.sound : "";
    root.dataset.chosen = String(chosen(box));
  };

  const at = (box, seconds, sound) => {
    inside(box, ".head").style.left = `${(100 * seconds) / sound.seconds}%`;
    inside(box, ".clock").textContent = timed(sound.start + seconds);
  };

  const follow = () => {
    if (!voice) return;
    at(voice.box, positionS(), voice.sound);
    requestAnimationFrame(follow);
  };

  const stop = () => {
    if (!voice) return;
    const { box, context, parts, sound } = voice;
    const stoppedS = positionS();
    box.dataset.from = String(stoppedS);
    parts.forEach(({ source, gain }) => {
      fade(context, gain.gain, 0);
      source.stop(context.currentTime + 4 * FADE_S);
    });
    voice = null;
    at(box, stoppedS, sound);
    show(box);
  };

  const play = async (box, fromS) => {
    const sound = await need(box.dataset.sound);
    stop();
    current = box;
    const context = awake(sound.rate);
    const startedAt = context.currentTime + AHEAD_S;
    const offset = Math.min(Math.max(0, fromS), Math.max(0, sound.seconds - 0.01));
    const parts = sound.buffers.map((buffer, n) => {
      const source = new AudioBufferSourceNode(context, { buffer, loop: true });
      const gain = new GainNode(context, { gain: 0 });
      source.connect(gain).connect(context.destination);
      gain.gain.setValueAtTime(0, startedAt);
      const level = n === chosen(box) ? amplitude(sound.signals[n].gain_db) : 0;
      gain.gain.linearRampToValueAtTime(level, startedAt + FADE_S);
      source.start(startedAt, offset);
      return { source, gain };
    });
    voice = { box, sound, context, startedAt, offset, parts };
    show(box);
    follow();
  };

  const failed = (problem) => { root.dataset.error = String(problem); };
  const begin = (box, fromS) => play(box, fromS).catch(failed);
  const toggle = (box) => {
    if (voice && voice.box === box) stop();
    else begin(box, Number(box.dataset.from || 0));
  };

  const choose = (box, number) => {
    if (number >= picks(box).length) return;
    box.dataset.chosen = String(number);
    if (voice && voice.box === box) {
      voice.parts.forEach(({ gain }, n) => fade(voice.context, gain.gain,
        n === number ? amplitude(voice.sound.signals[n].gain_db) : 0));
    }
    show(box);
  };

  boxes.forEach((box) => {
    const strips = inside(box, ".seek");
    inside(box, ".play").addEventListener("click", () => toggle(box));
    picks(box).forEach((pick, n) => pick.addEventListener("click", () => {
      choose(box, n);
      if (!voice || voice.box !== box) toggle(box);
    }));
    strips.addEventListener("click", (event) => {
      const edges = strips.getBoundingClientRect();
      const share = Math.max(0, Math.min(1, (event.clientX - edges.left) / edges.width));
      begin(box, share * Number(box.dataset.seconds));
    });
    box.addEventListener("focusin", () => { current = box; });
  });

  // A place that is gone to is opened, if it lies in what is folded, and is what plays next.
  const goTo = (card) => {
    for (let fold = card.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
    card.scrollIntoView({ block: "center" });
    card.focus({ preventScroll: true });
    const box = inside(card, ".place");
    if (box) current = box;
    root.dataset.at = card.id;
  };
  const targeted = () => {
    const card = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (card) goTo(card);
  };
  window.addEventListener("hashchange", targeted);
  document.querySelectorAll("a.mark").forEach((mark) => mark.addEventListener("click", (event) => {
    const card = document.getElementById(mark.hash.slice(1));
    if (!card) return;
    event.preventDefault();
    history.replaceState(null, "", mark.hash);
    goTo(card);
  }));

  const seen = (card) => card.offsetParent !== null;
  const step = (by) => {
    const shown = cards.filter(seen);
    const now = shown.findIndex((card) => card.contains(document.activeElement));
    const next = shown[Math.max(0, Math.min(shown.length - 1, now < 0 && by < 0 ? 0 : now + by))];
    if (next) goTo(next);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (key === " " && current && !(event.target instanceof Element && event.target.closest("summary, a, button"))) {
      event.preventDefault();
      if (!event.repeat) toggle(current);
    } else if (current && "abc".includes(key)) choose(current, "abc".indexOf(key));
  });
  targeted();
  root.dataset.places = String(boxes.length);
})();
