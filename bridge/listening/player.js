"use strict";
(() => {
  const root = document.documentElement;
  window.addEventListener("error", (event) => { root.dataset.error = String(event.message); });
  const at = (id) => document.getElementById(id);
  const held = at("excerpts");
  if (!held) { root.dataset.ready = "0"; return; }
  const { rate, signals, pair, own_null: ownNull, chosen: first } = JSON.parse(held.textContent);
  const count = signals.length - Number(ownNull); // those with a button of their own
  const FADE_S = 0.005;
  const AHEAD_S = 0.02;
  const LEAST_S = 0.05;
  const SIDES = [0, 1];
  let context = null;
  let whole = null; // an equally long buffer for each signal
  let seconds = 0;
  let voice = null;
  let chosen = first; // a number of a signal, "n" or "x"
  let hidden = -1; // what X is, -1 while no blind test runs
  let headroomDb = 0; // how far the null can be raised before it clips
  let region = [0, 0];
  let cursorS = 0;
  let answers = 0;
  let right = 0;
  let suspending = 0;
  let following = false;

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const amplitude = (db) => 10 ** (db / 20);
  const on = (id, kind, act) => { if (at(id)) at(id).addEventListener(kind, act); };

  const decode = async () => {
    const decoder = new OfflineAudioContext(2, 1, rate);
    const decoded = await Promise.all(
      signals.map((one) => decoder.decodeAudioData(bytes(one.flac))));
    const length = Math.max(...decoded.map((one) => one.length));
    whole = decoded.map((one) => {
      const buffer = new AudioBuffer({ numberOfChannels: 2, length, sampleRate: rate });
      SIDES.forEach((side) => buffer.copyToChannel(
        one.getChannelData(Math.min(side, one.numberOfChannels - 1)), side));
      return buffer;
    });
    seconds = length / rate;
    region = [0, seconds];
  };

  const looped = (buffer) => {
    const [from, to] = region.map((place) => Math.round(place * rate));
    const length = Math.max(1, Math.min(to, buffer.length) - from);
    const part = new AudioBuffer({ numberOfChannels: 2, length, sampleRate: rate });
    const edge = Math.min(Math.floor(FADE_S * rate), length >> 1);
    SIDES.forEach((side) => {
      const samples = part.getChannelData(side);
      samples.set(buffer.getChannelData(side).subarray(from, from + length));
      for (let n = 0; n < edge; n += 1) {
        samples[n] *= n / edge;
        samples[length - 1 - n] *= n / edge;
      }
    });
    return part;
  };

  // What every signal is played at to hear B minus A.
  const nullGains = () => {
    const gains = signals.map(() => 0);
    if (ownNull) gains[count] = amplitude(signals[count].gain_db);
    else {
      gains[pair[1]] += amplitude(signals[pair[1]].gain_db);
      gains[pair[0]] -= amplitude(signals[pair[0]].gain_db);
    }
    return gains;
  };

  const nullable = () => ownNull || signals[pair[0]].place === signals[pair[1]].place;

  const nullPeak = () => {
    const parts = nullGains().map((gain, n) => [gain, n]).filter(([gain]) => gain);
    let peak = 0;
    SIDES.forEach((side) => {
      const tracks = parts.map(([gain, n]) => [gain, whole[n].getChannelData(side)]);
      for (let n = 0; n < whole[0].length; n += 1) {
        let sum = 0;
        for (const [gain, samples] of tracks) sum += gain * samples[n];
        peak = Math.max(peak, Math.abs(sum));
      }
    });
    return peak;
  };

  const nullDb = () => Number(at("raise").value) + Math.min(0, Math.floor(headroomDb));

  const gains = () => {
    if (chosen === "n") return nullGains().map((gain) => gain * amplitude(nullDb()));
    const heard = chosen === "x" ? hidden : chosen;
    return signals.map((one, n) => (n === heard ? amplitude(one.gain_db) : 0));
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
    voice.parts.forEach(({ source, gain }) => {
      fade(gain.gain, 0, when);
      source.stop(when + 4 * FADE_S);
    });
    voice = null;
  };

  const sound = (fromS) => {
    const inside = fromS >= region[0] && fromS < region[1] ? fromS : region[0];
    const buffers = whole.map(looped);
    const startedAt = context.currentTime + AHEAD_S; // one moment for all, on the context's clock
    if (voice) quiet(startedAt); // one loop fades into the other
    const offset = inside - region[0];
    const levels = gains();
    const parts = buffers.map((buffer, n) => {
      const source = new AudioBufferSourceNode(context, { buffer, loop: true });
      const gain = new GainNode(context, { gain: 0 });
      source.connect(gain).connect(context.destination);
      gain.gain.setValueAtTime(0, startedAt);
      gain.gain.linearRampToValueAtTime(levels[n], startedAt + FADE_S);
      source.start(startedAt, offset);
      return { source, gain };
    });
    voice = { parts, startedAt, offset, from: region[0], seconds: buffers[0].duration };
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

  const timed = (place) => {
    const hundredths = Math.floor(place * 100 + 1e-6);
    const rest = (hundredths % 6000) / 100;
    return `${Math.floor(hundredths / 6000)}:${rest.toFixed(2).padStart(5, "0")}`;
  };

  const place = () => {
    const now = positionS();
    const shown = typeof chosen === "number" ? chosen : pair[0]; // X must not tell by its place
    at("head").style.left = `${(100 * now) / seconds}%`;
    at("clock").textContent = timed(signals[shown].start + now);
  };

  const follow = () => {
    following = Boolean(voice);
    if (!voice) return;
    place();
    requestAnimationFrame(follow);
  };

  const mark = ([from, to]) => {
    const shown = at("region");
    shown.hidden = to - from >= seconds;
    shown.style.left = `${(100 * from) / seconds}%`;
    shown.style.width = `${(100 * (to - from)) / seconds}%`;
  };

  const press = (button, down) => button.setAttribute("aria-pressed", String(down));

  const showPicks = () => {
    const testing = hidden >= 0;
    for (let n = 0; n < count; n += 1) {
      press(at(`pick${n}`), n === chosen);
      at(`pick${n}`).disabled = testing && !pair.includes(n);
    }
    if (count < 2) return;
    press(at("null"), chosen === "n");
    at("null").disabled = testing || !nullable();
    press(at("x"), chosen === "x");
    ["is-a", "is-b", "anew"].forEach((id) => { at(id).disabled = !testing; });
    ["first", "second"].forEach((id) => { if (at(id)) at(id).disabled = testing; });
  };

  const show = () => {
    showPicks();
    at("play").textContent = voice ? "Stop" : "Play";
    press(at("play"), voice);
    mark(region);
    root.dataset.chosen = chosen;
    root.dataset.playing = voice ? "yes" : "no";
    root.dataset.loop = region.map((edge) => edge.toFixed(3)).join(" ");
    place();
    if (!following) follow();
  };

  const allowed = (what) => (typeof what === "number"
    ? what < count && (hidden < 0 || pair.includes(what))
    : what === "x" || (count > 1 && hidden < 0 && nullable()));

  const choose = (what) => {
    if (!whole || !allowed(what)) return;
    chosen = what;
    if (voice) gains().forEach((level, n) => fade(voice.parts[n].gain.gain, level));
    show();
  };

  const showNull = () => {
    const raise = at("raise");
    const peak = nullable() ? nullPeak() : 0;
    headroomDb = peak ? -20 * Math.log10(peak) : 0;
    [...raise.options].forEach((option) => {
      option.hidden = Number(option.value) > Math.max(0, headroomDb);
      option.disabled = option.hidden;
    });
    if (raise.selectedOptions[0].hidden) raise.value = "0";
    const lower = -Math.min(0, Math.floor(headroomDb));
    at("null").querySelector("small").textContent = nullable()
      ? (lower ? `${lower} dB lower, so it does not clip` : "") : "not of one place";
  };

  const comparePair = (side, number) => {
    if (hidden >= 0) return;
    if (pair[1 - side] === number) pair[1 - side] = pair[side]; // the two change places
    pair[side] = number;
    ["first", "second"].forEach((id, n) => { at(id).value = String(pair[n]); });
    document.querySelectorAll(".badge").forEach((badge) => {
      badge.textContent = "AB"[pair.indexOf(Number(badge.dataset.of))] || "";
    });
    document.querySelectorAll("#strips .lane").forEach((lane, n) => {
      lane.hidden = !pair.includes(n);
    });
    showNull();
    choose(allowed(chosen) ? chosen : pair[0]);
  };

  const loop = (from, to) => {
    if (!whole) return;
    const start = Math.max(0, Math.min(from, seconds - LEAST_S));
    const next = [start, Math.min(seconds, Math.max(to, start + LEAST_S))];
    const now = positionS();
    region = next;
    cursorS = now >= region[0] && now < region[1] ? now : region[0];
    if (voice) sound(cursorS);
    show();
  };

  const loopFrom = () => {
    const now = positionS();
    loop(now, region[1] - now < LEAST_S ? seconds : region[1]);
  };
  const loopTo = () => {
    const now = positionS();
    loop(now - region[0] < LEAST_S ? 0 : region[0], now);
  };

  const draw = () => { hidden = pair[Number(Math.random() >= 0.5)]; };

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
    if (count < 2) return;
    const p = chance();
    root.dataset.abx = `${right}/${answers}`;
    root.dataset.p = String(p);
    const shown = p < 0.0001 ? "p < 0.0001" : `p = ${p.toPrecision(3)}`;
    at("score").textContent = answers
      ? `${said} ${right} of ${answers} right, ${shown}` : "No answers yet.";
  };

  const blind = () => {
    if (!whole || count < 2) return;
    if (hidden < 0) draw();
    choose("x");
  };

  const answer = (side) => {
    if (hidden < 0) return;
    const correct = pair[side] === hidden;
    answers += 1;
    right += Number(correct);
    score(correct ? "Right." : "Wrong.");
    draw();
    choose("x");
  };

  const anew = () => {
    answers = 0;
    right = 0;
    hidden = -1;
    score("");
    choose(pair[0]);
  };

  const letters = {
    a: () => choose(pair[0]), b: () => choose(pair[1]), n: () => choose("n"), x: blind,
    "[": loopFrom, "]": loopTo,
  };
  const pressed = (key) => {
    if (letters[key]) letters[key]();
    else if (key >= "1" && key <= "9") {
      if (hidden < 0) choose(Number(key) - 1);
      else if (key < "3") answer(Number(key) - 1);
    }
  };
  const clicks = {
    null: letters.n, x: blind, play: toggle, from: loopFrom, to: loopTo,
    all: () => loop(0, seconds), "is-a": () => answer(0), "is-b": () => answer(1), anew,
  };
  Object.entries(clicks).forEach(([id, act]) => on(id, "click", () => { if (whole) act(); }));
  for (let n = 0; n < count; n += 1) on(`pick${n}`, "click", () => choose(n));
  ["first", "second"].forEach((id, side) => on(id, "change", () => {
    if (whole) comparePair(side, Number(at(id).value));
  }));
  on("raise", "change", () => choose(chosen));
  const selecting = (event) => event.target instanceof HTMLSelectElement;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || selecting(event)) return;
    if (event.key === " ") {
      event.preventDefault();
      if (!event.repeat) toggle();
    } else if (whole && !event.repeat) pressed(event.key.toLowerCase());
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && !selecting(event)) event.preventDefault();
  });

  const strips = at("strips");
  let dragged = null;
  const secondsAt = (event) => {
    const box = strips.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(1, share)) * seconds;
  };
  strips.addEventListener("pointerdown", (event) => {
    if (!whole || event.button) return;
    dragged = secondsAt(event);
  });
  window.addEventListener("pointercancel", () => { dragged = null; });
  window.addEventListener("pointerup", (event) => {
    if (dragged === null) return;
    const [from, to] = [dragged, secondsAt(event)].sort((a, b) => a - b);
    dragged = null;
    if (to - from >= LEAST_S) { loop(from, to); return; }
    cursorS = from;
    if (from < region[0] || from >= region[1]) region = [0, seconds];
    if (voice) sound(from);
    show();
  });
  window.addEventListener("pointermove", (event) => {
    if (dragged === null) return;
    mark([dragged, secondsAt(event)].sort((a, b) => a - b));
  });

  at("play").disabled = true;
  decode().then(() => {
    at("play").disabled = false;
    if (count > 1) showNull();
    score("");
    show();
    root.dataset.seconds = seconds.toFixed(2);
    root.dataset.ready = String(signals.length);
  }).catch((problem) => {
    at("clock").textContent = "This browser cannot decode FLAC.";
    root.dataset.error = String(problem);
  });
})();
