"use strict";
(() => {
  const root = document.documentElement;
  window.addEventListener("error", (event) => { root.dataset.error = String(event.message); });
  const FADE_S = 0.005;
  const AHEAD_S = 0.02;
  const LEAST_S = 0.05;
  const COPIED_S = 60; // a longer loop plays out of the whole, without a copy that is faded
  const SIDES = [0, 1];
  const contexts = new Map(); // one clock for each sample rate
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const amplitude = (db) => 10 ** (db / 20);
  const press = (button, down) => button.setAttribute("aria-pressed", String(Boolean(down)));
  const decoded = (one, rate) => new OfflineAudioContext(2, 1, rate)
    .decodeAudioData(bytes(one.mp3 || one.flac));

  const fade = (context, gain, to, when = context.currentTime) => {
    gain.cancelScheduledValues(context.currentTime);
    gain.setValueAtTime(gain.value, when);
    gain.linearRampToValueAtTime(to, when + FADE_S);
  };

  const awake = (rate) => {
    if (!contexts.has(rate)) {
      contexts.set(rate, { context: new AudioContext({ sampleRate: rate }), suspending: 0 });
    }
    const held = contexts.get(rate);
    clearTimeout(held.suspending);
    held.context.resume();
    return held.context;
  };

  const asleep = (rate) => {
    const held = contexts.get(rate);
    held.suspending = setTimeout(() => held.context.suspend(), 100);
  };

  let sounding = null; // what stops when something else starts
  const alone = (one) => {
    if (sounding && sounding !== one) sounding.stop();
    sounding = one;
  };

  // One deck of signals with its buttons; the ids of its elements begin with `prefix`.
  const deck = (prefix, box) => {
    const at = (id) => document.getElementById(prefix + id);
    const { rate, signals, pair, own_null: ownNull, chosen: first, nulled, blinded } =
      JSON.parse(at("excerpts").textContent);
    const count = signals.length - Number(ownNull); // those with a button of their own
    const whole = signals.map(() => null); // an equally long buffer for each signal, once decoded
    const decoding = signals.map(() => null);
    let context = null;
    let ready = false;
    let seen = false;
    let seconds = 0;
    let voice = null;
    let chosen = first; // a number of a signal, "n" or "x"
    let hidden = -1; // what X is, -1 while no blind test runs
    let headroomDb = 0; // how far the null can be raised before it clips
    let region = [0, 0];
    let cursorS = 0;
    let answers = 0;
    let right = 0;
    let following = false;
    const me = {};
    const on = (id, kind, act) => { if (at(id)) at(id).addEventListener(kind, act); };
    const tell = (values) => { if (seen) Object.assign(root.dataset, values); };

    const fitted = (one, length) => {
      if (one.length === length && one.numberOfChannels === 2) return one;
      const buffer = new AudioBuffer({ numberOfChannels: 2, length, sampleRate: rate });
      SIDES.forEach((side) => buffer.copyToChannel(
        one.getChannelData(Math.min(side, one.numberOfChannels - 1)), side));
      return buffer;
    };

    const length = Math.max(...signals.map((one) => one.frames));
    const need = (n) => {
      decoding[n] = decoding[n] || decoded(signals[n], rate).then((one) => {
        whole[n] = fitted(one, length);
        if (voice) join(n);
      });
      return decoding[n];
    };

    const parts = (what) => {
      if (typeof what === "number") return [what];
      if (what === "n" && ownNull) return [count];
      return pair;
    };

    const copied = () => region[1] - region[0] <= COPIED_S;
    const looped = (buffer) => {
      if (!copied()) return buffer;
      const [from, to] = region.map((place) => Math.round(place * rate));
      const frames = Math.max(1, Math.min(to, buffer.length) - from);
      const part = new AudioBuffer({ numberOfChannels: 2, length: frames, sampleRate: rate });
      const edge = Math.min(Math.floor(FADE_S * rate), frames >> 1);
      SIDES.forEach((side) => {
        const samples = part.getChannelData(side);
        samples.set(buffer.getChannelData(side).subarray(from, from + frames));
        for (let n = 0; n < edge; n += 1) {
          samples[n] *= n / edge;
          samples[frames - 1 - n] *= n / edge;
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

    const nullable = () => nulled
      && (ownNull || signals[pair[0]].place === signals[pair[1]].place);

    const nullPeak = () => {
      const heard = nullGains().map((gain, n) => [gain, n]).filter(([gain, n]) => gain && whole[n]);
      let peak = 0;
      SIDES.forEach((side) => {
        const tracks = heard.map(([gain, n]) => [gain, whole[n].getChannelData(side)]);
        for (let n = 0; n < length; n += 1) {
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

    const positionS = () => {
      if (!voice) return cursorS;
      const elapsed = Math.max(0, context.currentTime - voice.startedAt) + voice.offset;
      return voice.from + (elapsed % voice.seconds);
    };

    const quiet = (when = context.currentTime) => {
      voice.parts.forEach((part) => {
        if (!part) return;
        fade(context, part.gain.gain, 0, when);
        part.source.stop(when + 4 * FADE_S);
      });
      voice = null;
    };

    // A signal of the running loop, from `when` on, at its place.
    const begun = (n, when, offset, level) => {
      const buffer = looped(whole[n]);
      const source = new AudioBufferSourceNode(context, { buffer, loop: true });
      if (!copied()) [source.loopStart, source.loopEnd] = region;
      const gain = new GainNode(context, { gain: 0 });
      source.connect(gain).connect(context.destination);
      gain.gain.setValueAtTime(0, when);
      gain.gain.linearRampToValueAtTime(level, when + FADE_S);
      source.start(when, copied() ? offset : region[0] + offset);
      return { source, gain };
    };

    const sound = (fromS) => {
      const inside = fromS >= region[0] && fromS < region[1] ? fromS : region[0];
      const startedAt = context.currentTime + AHEAD_S; // one moment for all, on the context's clock
      if (voice) quiet(startedAt); // one loop fades into the other
      const offset = inside - region[0];
      const levels = gains();
      const frames = Math.max(1, Math.round(region[1] * rate) - Math.round(region[0] * rate));
      voice = { startedAt, offset, from: region[0], seconds: copied() ? frames / rate : region[1] - region[0] };
      voice.parts = whole.map((one, n) => (one ? begun(n, startedAt, offset, levels[n]) : null));
    };

    // A signal that was decoded while the others play falls in with them.
    const join = (n) => {
      if (voice.parts[n]) return;
      const when = context.currentTime + AHEAD_S;
      const elapsed = Math.max(0, when - voice.startedAt) + voice.offset;
      voice.parts[n] = begun(n, when, elapsed % voice.seconds, gains()[n]);
    };

    const play = () => {
      alone(me);
      context = awake(rate);
      sound(cursorS);
      show();
    };

    const stop = () => {
      if (!voice) return;
      cursorS = positionS();
      quiet();
      asleep(rate);
      show();
    };

    const toggle = () => { if (voice) stop(); else if (ready) play(); };

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

    const showPicks = () => {
      const testing = hidden >= 0;
      for (let n = 0; n < count; n += 1) {
        press(at(`pick${n}`), n === chosen);
        at(`pick${n}`).disabled = testing && !pair.includes(n);
      }
      if (at("null")) {
        press(at("null"), chosen === "n");
        at("null").disabled = testing || !nullable();
      }
      if (blinded) {
        press(at("x"), chosen === "x");
        ["is-a", "is-b", "anew"].forEach((id) => { at(id).disabled = !testing; });
      }
      ["first", "second"].forEach((id) => { if (at(id)) at(id).disabled = testing; });
    };

    const show = () => {
      showPicks();
      at("play").textContent = voice ? "Stop" : "Play";
      press(at("play"), voice);
      mark(region);
      tell({
        chosen: String(chosen),
        playing: voice ? "yes" : "no",
        loop: region.map((edge) => edge.toFixed(3)).join(" "),
      });
      place();
      if (!following) follow();
    };

    const allowed = (what) => (typeof what === "number"
      ? what < count && (hidden < 0 || pair.includes(what))
      : what === "x" ? blinded : count > 1 && hidden < 0 && nullable());

    const choose = (what) => {
      if (!ready || !allowed(what)) return;
      const missing = parts(what).filter((n) => !whole[n]);
      if (missing.length) { // what plays goes on until the other is decoded
        at("clock").textContent = "decoding";
        Promise.all(missing.map(need)).then(() => choose(what)).catch(failed);
        return;
      }
      chosen = what;
      if (voice) gains().forEach((level, n) => {
        if (voice.parts[n]) fade(context, voice.parts[n].gain.gain, level);
      });
      show();
    };

    const showNull = () => {
      if (!nulled) return;
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
      box.querySelectorAll(".badge").forEach((badge) => {
        badge.textContent = "AB"[pair.indexOf(Number(badge.dataset.of))] || "";
      });
      at("strips").querySelectorAll(".lane").forEach((lane, n) => {
        lane.hidden = !pair.includes(n);
      });
      Promise.all(nulled ? pair.map(need) : []).then(() => {
        showNull();
        choose(allowed(chosen) ? chosen : pair[0]);
      }).catch(failed);
    };

    const loop = (from, to) => {
      if (!ready) return;
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
      if (!blinded) return;
      const p = chance();
      tell({ abx: `${right}/${answers}`, p: String(p) });
      const shown = p < 0.0001 ? "p < 0.0001" : `p = ${p.toPrecision(3)}`;
      at("score").textContent = answers
        ? `${said} ${right} of ${answers} right, ${shown}` : "No answers yet.";
    };

    const blind = () => {
      if (!ready || !blinded) return;
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
    Object.entries(clicks).forEach(([id, act]) => on(id, "click", () => { if (ready) act(); }));
    for (let n = 0; n < count; n += 1) on(`pick${n}`, "click", () => choose(n));
    ["first", "second"].forEach((id, side) => on(id, "change", () => {
      if (ready) comparePair(side, Number(at(id).value));
    }));
    on("raise", "change", () => choose(chosen));
    const strips = at("strips");
    let dragged = null;
    const secondsAt = (event) => {
      const box = strips.getBoundingClientRect();
      const share = (event.clientX - box.left) / box.width;
      return Math.max(0, Math.min(1, share)) * seconds;
    };
    strips.addEventListener("pointerdown", (event) => {
      if (!ready || event.button) return;
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

    const failed = (problem) => {
      at("clock").textContent = "This browser cannot decode this.";
      root.dataset.error = String(problem);
    };

    // Decodes what is compared first, and tells the page once it can play.
    const open = () => {
      seen = true;
      const told = () => {
        score("");
        show();
        tell({ seconds: seconds.toFixed(2), ready: String(signals.length) });
      };
      if (ready) { told(); return; }
      const wanted = nulled || !signals[first].mp3 ? signals.map((_, n) => n) : [first];
      Promise.all(wanted.map(need)).then(() => {
        ready = true;
        seconds = length / rate;
        region = [0, seconds];
        at("play").disabled = false;
        showNull();
        told();
      }).catch(failed);
    };

    at("play").disabled = true;
    return Object.assign(me, {
      open,
      stop,
      toggle,
      close: () => { stop(); seen = false; },
      pressed: (key) => { if (ready) pressed(key); },
    });
  };

  // Two short signals behind the buttons of one row.
  const rows = (held) => {
    const { rate, signals } = JSON.parse(held.textContent);
    const buffers = new Map();
    const need = (n) => {
      if (!buffers.has(n)) buffers.set(n, decoded(signals[n], rate));
      return buffers.get(n);
    };
    const buttons = [...document.querySelectorAll("button[data-signal]")];
    let playing = null; // { of, context, startedAt, parts: signal -> { source, gain } }
    const me = {};
    const shown = (button) => buttons.forEach((one) => press(one, one === button));
    me.stop = () => {
      if (!playing) return;
      playing.parts.forEach(({ source, gain }) => {
        fade(playing.context, gain.gain, 0);
        source.stop(playing.context.currentTime + 4 * FADE_S);
      });
      asleep(rate);
      playing = null;
      shown(null);
      root.dataset.row = "";
    };
    const begin = async (button, pair) => {
      const decodedPair = await Promise.all(pair.map(need));
      alone(me);
      me.stop();
      sounding = me;
      const context = awake(rate);
      const startedAt = context.currentTime + AHEAD_S;
      const parts = new Map(pair.map((n, k) => {
        const source = new AudioBufferSourceNode(context, { buffer: decodedPair[k], loop: true });
        const gain = new GainNode(context, { gain: 0 });
        source.connect(gain).connect(context.destination);
        source.start(startedAt);
        return [n, { source, gain }];
      }));
      playing = { of: button.dataset.pair, context, parts };
    };
    const heard = async (button) => {
      const number = Number(button.dataset.signal);
      if (button.getAttribute("aria-pressed") === "true") { me.stop(); return; }
      const pair = button.dataset.pair.split(" ").map(Number);
      if (!playing || playing.of !== button.dataset.pair) await begin(button, pair);
      playing.parts.forEach(({ gain }, n) => fade(
        playing.context, gain.gain, n === number ? amplitude(Number(button.dataset.gain)) : 0));
      shown(button);
      root.dataset.row = String(number);
    };
    buttons.forEach((button) => button.addEventListener("click", () => {
      heard(button).catch((problem) => { root.dataset.error = String(problem); });
    }));
  };

  // A table wider than its page says that it goes on.
  const scrolled = () => document.querySelectorAll(".wide-table").forEach((box) => {
    box.classList.toggle("scrolls", box.scrollWidth > box.clientWidth + 1);
  });
  scrolled();
  window.addEventListener("resize", scrolled);
  const dated = document.getElementById("dated"); // the day of the file, as this disk has it
  if (dated && Date.parse(document.lastModified)) {
    const day = new Date(document.lastModified);
    const parts = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
    dated.textContent = parts.map((part) => String(part).padStart(2, "0")).join("-");
    dated.parentElement.hidden = false;
  }

  const held = document.getElementById("rows");
  if (held) rows(held);
  const boxes = [...document.querySelectorAll(".player")]
    .filter((box) => document.getElementById(`${box.dataset.prefix}excerpts`));
  if (!boxes.length) { root.dataset.ready = "0"; return; }
  const decks = boxes.map((box) => deck(box.dataset.prefix, box));
  const tabs = [...document.querySelectorAll(".tab")];
  let active = 0;
  const turn = (number) => {
    decks[active].close();
    delete root.dataset.ready;
    active = number;
    boxes.forEach((box, n) => { box.hidden = n !== number; });
    tabs.forEach((tab, n) => press(tab, n === number));
    decks[number].open();
  };
  tabs.forEach((tab, n) => tab.addEventListener("click", () => turn(n)));
  const selecting = (event) => event.target instanceof HTMLSelectElement;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || selecting(event)) return;
    if (event.key === " ") {
      event.preventDefault();
      if (!event.repeat) decks[active].toggle();
    } else if (!event.repeat) decks[active].pressed(event.key.toLowerCase());
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && !selecting(event)) event.preventDefault();
  });
  decks[0].open();
})();
