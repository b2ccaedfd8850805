/* Say it aloud: record half a minute at most, listen, keep or throw away. Nothing leaves the
   device before "Keep it" is tapped. Without this script one writes. */
(() => {
  "use strict";

  const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus", "audio/webm"];
  const MOST_BYTES = 2000000;
  const TIMEOUT = 30000;

  function setUp(part) {
    const $ = (name) => part.querySelector(`[data-${name}]`);
    const field = $("recording");
    const sound = $("sound");
    const words = $("words").content;
    const seconds = Number(part.dataset.seconds);
    const isDone = "done" in part.dataset;
    let recorder = null;
    let stream = null;
    let chunks = [];
    let blob = null;
    let clock = 0;
    let meter = null;

    function say(word, why) {
      const state = $("state");
      const text = words.querySelector(`[data-word="${word}"]`);
      state.className = "state" + (text?.dataset.tone ? " " + text.dataset.tone : why ? " warn" : "");
      state.textContent = why || text.textContent;
      part.dataset.now = word;
    }

    const url = () => `${part.dataset.upload}${field.value}/`;

    function show(what) {
      $("taken").hidden = what === "nothing";
      $("fresh").hidden = what !== "fresh";
      $("kept").hidden = what !== "kept";
      if ($("deck")) $("deck").hidden = what !== "nothing";
    }

    function source(address) {
      if (sound.src.startsWith("blob:")) URL.revokeObjectURL(sound.src);
      if (address) sound.src = address;
      else sound.removeAttribute("src");
    }

    /* --- recording ----------------------------------------------------------------------- */

    async function start() {
      if (!window.MediaRecorder || !navigator.mediaDevices) return unsupported();
      say("asking");
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      } catch (error) {
        openWriting();
        return say(error.name === "NotFoundError" ? "missing" : "refused");
      }
      const mimeType = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
      recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: 48000 });
      chunks = [];
      recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
      recorder.addEventListener("stop", finish);
      recorder.start();
      $("deck").classList.add("on");
      $("record").setAttribute("aria-label", $("record").dataset.stop);
      say("recording");
      follow();
      const end = performance.now() + seconds * 1000;
      const tick = () => {
        const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
        $("count").textContent = part.dataset.left.replace("{s}", left);
        if (left === 5 && part.dataset.now === "recording") say("soon");
        if (left === 0) stop();
      };
      tick();
      clock = setInterval(tick, 250);
      return undefined;
    }

    function stop() {
      clearInterval(clock);
      if (recorder && recorder.state !== "inactive") recorder.stop();
    }

    function letGo() {
      clearInterval(clock);
      if (stream) stream.getTracks().forEach((track) => track.stop());
      if (meter) meter.close();
      stream = null;
      meter = null;
      recorder = null;
      $("deck").classList.remove("on");
      $("count").textContent = "";
      $("record").setAttribute("aria-label", $("record").dataset.start);
    }

    function finish() {
      const type = recorder.mimeType || "audio/webm";
      letGo();
      blob = new Blob(chunks, { type });
      if (blob.size < 200) {
        blob = null;
        return say("silent");
      }
      source(URL.createObjectURL(blob));
      show("fresh");
      say("recorded");
      return $("keep").focus();
    }

    // How loud it is, so that one sees that the microphone hears something.
    function follow() {
      const Context = window.AudioContext || window.webkitAudioContext;
      if (!Context) return;
      meter = new Context();
      const analyser = meter.createAnalyser();
      analyser.fftSize = 512;
      meter.createMediaStreamSource(stream).connect(analyser);
      const heard = new Uint8Array(analyser.fftSize);
      const bars = [...$("level").children];
      const draw = () => {
        if (!meter) return;
        analyser.getByteTimeDomainData(heard);
        const loud = Math.min(1, Math.max(...heard.map((one) => Math.abs(one - 128))) / 64);
        bars.forEach((bar, n) => bar.classList.toggle("lit", n < Math.round(loud * bars.length)));
        requestAnimationFrame(draw);
      };
      draw();
    }

    /* --- keeping ------------------------------------------------------------------------- */

    async function post(address, body) {
      const token = (part.closest("form") || document).querySelector("[name=csrfmiddlewaretoken]");
      body.set("csrfmiddlewaretoken", token.value);
      const abort = new AbortController();
      const timeout = setTimeout(() => abort.abort(), TIMEOUT);
      try {
        const response = await fetch(address, {
          method: "POST", body, signal: abort.signal, redirect: "manual", headers: { Accept: "application/json" },
        });
        const answer = await response.json().catch(() => ({}));
        return { status: response.status, answer };
      } catch (error) {
        return { status: 0, answer: {} };
      } finally {
        clearTimeout(timeout);
      }
    }

    function trouble({ status, answer }) {
      if (answer.why) return say("failed", answer.why);
      if (status === 401 || status === 403) return say("signed-out");
      return say(navigator.onLine ? "failed" : "offline");
    }

    async function keep() {
      if (blob.size > MOST_BYTES) return say("failed");
      const body = new FormData();
      body.set("exercise", part.dataset.exercise);
      body.set("file", blob, "recording");
      $("keep").disabled = true;
      say("saving");
      const result = await post(part.dataset.upload, body);
      $("keep").disabled = false;
      if (result.status !== 201) return trouble(result);
      blob = null;
      field.value = result.answer.recording;
      show("kept"); // and heard from this device, as long as the page is open
      $("sent").hidden = true;
      $("send-box").hidden = false;
      say("saved");
      changed();
      return sound.focus();
    }

    async function remove() {
      const result = await post(url() + "delete/", new FormData());
      if (result.status !== 200 && result.status !== 404) return trouble(result);
      forget("deleted");
      if ($("record")) $("record").focus();
      return undefined;
    }

    function forget(word) {
      source("");
      show("nothing");
      say(word);
      if (isDone) return;
      field.value = "";
      changed();
    }

    async function sendIt() {
      const result = await post(url() + "send/", new FormData());
      if (result.status !== 200) return trouble(result);
      $("send-box").hidden = true;
      $("sent").hidden = false;
      return say("sent");
    }

    // As if it had been typed: the player saves the answer.
    const changed = () => field.dispatchEvent(new Event("input", { bubbles: true }));

    function unsupported() {
      if ($("deck")) $("deck").hidden = true;
      openWriting();
      return say("unsupported");
    }

    function openWriting() {
      if ($("writing")) $("writing").open = true;
    }

    function again() {
      blob = null;
      source("");
      show("nothing");
      start();
      $("record").focus();
    }

    function drop() {
      blob = null;
      source("");
      show("nothing");
      say("ready");
      $("record").focus();
    }

    /* --- what the page begins with -------------------------------------------------------- */

    async function begin() {
      const text = part.querySelector("textarea");
      if (text) $("writing").open = Boolean(text.value) || text === document.activeElement;
      if (!field.value) {
        show("nothing");
        if (isDone) return;
        if (!window.MediaRecorder || !navigator.mediaDevices) return void unsupported();
        say("ready");
        return;
      }
      source(url());
      show("kept");
      const response = await fetch(url() + "?state=1", { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
      if (response && response.status === 404) forget("gone");
      if (!response || response.status !== 200) return;
      const { sent } = await response.json();
      $("sent").hidden = !sent;
      $("send-box").hidden = sent;
      if (!sent && !isDone) say("saved");
    }

    const deeds = { keep, again, drop, delete: remove, send: sendIt, record: () => (recorder ? stop() : start()) };
    part.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const name = button && Object.keys(deeds).find((one) => one in button.dataset);
      if (name) deeds[name]();
    });
    part.addEventListener("mot:shown", begin);
    window.addEventListener("pagehide", () => { if (recorder) letGo(); });
    begin();
  }

  window.motParts.add("voice", setUp);
})();
