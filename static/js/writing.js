/* Texts that save themselves, part by part; nothing typed is lost on a bad line.

   What is unsent waits in localStorage under mot-unsent:<person>:<data-key> with the version its
   page had seen, so a replay never beats what another device has written: then both are shown. */
(() => {
  "use strict";

  const DELAY = 800;
  const TIMEOUT = 15000;
  const RETRY_AFTER = [1000, 2000, 4000, 8000, 15000];
  const HARDEST = 20000; // characters, as on the server
  const MOST_KEPT_ALIVE = 60000; // bytes a page may send while it goes
  const SIGNED_OUT = new Set([401, 403, 404]);
  const words = () => document.querySelector("template.writing-words"); // asked anew: htmx swaps
  const parts = [];

  const chinese = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g;
  const word = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

  function measure(text) {
    if (text.length > HARDEST) return { length: text.length, inWords: false }; // a slip of the clipboard
    const characters = (text.match(chinese) || []).length;
    const spelled = (text.replace(chinese, " ").match(word) || []).length;
    const inWords = characters + spelled < 5 ? Boolean(words().dataset.inWords) : spelled > characters;
    return { length: characters + spelled, inWords };
  }

  const toWords = (characters) => (characters >= 30 ? Math.round((characters * 2) / 30) * 10 : characters);
  const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function setUpWritten(part) {
    const field = part.querySelector("textarea");
    const versionField = part.querySelector("[name=version], [name$=-version]");
    const wasField = part.querySelector("[name$=-was]");
    const status = part.querySelector("[data-status]");
    const both = part.querySelector("[data-both]");
    const found = part.querySelector("[data-found]");
    const url = part.dataset.url;
    const key = `mot-unsent:${document.body.dataset.person}:${part.dataset.key}`;

    let version = versionField ? Number(versionField.value) : 0;
    let stored = field.value; // what the server has, as far as this page knows
    let tried = []; // sent, and no reply heard
    let timer = 0;
    let failures = 0;
    let isSending = false;
    let isStopped = false; // two texts to choose from, or handed in
    let isKept = true;

    /* --- what the page says ---------------------------------------------------------------- */

    function say(state, why) {
      if (status.dataset.state === state && !why) return;
      const template = words().content.querySelector(`[data-state="${state}"]`);
      status.dataset.state = state;
      status.className = "status" + (template.dataset.tone ? " " + template.dataset.tone : "");
      status.replaceChildren(...template.cloneNode(true).childNodes);
      if (why) status.querySelector("[data-why]").textContent = why;
      field.toggleAttribute("aria-invalid", state === "refused");
      if (state === "refused") field.setAttribute("aria-invalid", "true");
    }

    function count() {
      part.classList.toggle("huge", field.value.length > HARDEST); // growing with it takes seconds
      const bar = part.querySelector("progress");
      if (!bar) return;
      const { length, inWords } = measure(field.value);
      const [from, to] = [part.dataset.from, part.dataset.to].map((one) => (inWords ? toWords(Number(one)) : Number(one)));
      const aim = from || to;
      const which = length < from || (!from && length <= to) ? "below" : length <= to ? "within" : "beyond";
      bar.max = aim;
      bar.value = length;
      part.classList.toggle("reached", length >= from && length > 0 && which !== "beyond" && Boolean(from));
      part.querySelector("[data-count]").textContent = fill(words().dataset[which], { n: length, aim, from, to });
      if (!CSS.supports("field-sizing", "content") && field.value.length <= HARDEST) {
        field.style.height = "auto";
        field.style.height = field.scrollHeight + 4 + "px";
      }
    }

    /* --- storage --------------------------------------------------------------------------- */

    function remember() {
      try {
        localStorage.setItem(key, JSON.stringify({ text: field.value, version, tried }));
        isKept = true;
      } catch (error) {
        isKept = false; // full or refused: the text is still in the field, and the page says so
      }
    }

    function forget() {
      isKept = true;
      try {
        localStorage.removeItem(key);
      } catch (error) {
        // As above.
      }
    }

    function remembered() {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch (error) {
        return null;
      }
    }

    /* --- saving ---------------------------------------------------------------------------- */

    const isUnsent = () => field.value !== stored;

    function soon(delay) {
      clearTimeout(timer);
      timer = setTimeout(save, delay);
    }

    async function save(isLeaving = false) {
      clearTimeout(timer);
      if (!url || isSending || isStopped || !part.isConnected) return;
      const text = field.value;
      if (text === stored && !tried.length) {
        forget();
        if (status.dataset.state) say("saved");
        return;
      }
      if (text.length > HARDEST) {
        say("refused", fill(words().dataset.long, { n: text.length, most: HARDEST }));
        return;
      }
      isSending = true;
      tried = [...tried.filter((one) => one !== text), text].slice(-5);
      remember();
      if (!["retry", "offline", "signed-out"].includes(status.dataset.state)) say("saving");
      const body = new URLSearchParams({ text, version: String(version), csrfmiddlewaretoken: field.form.elements.csrfmiddlewaretoken.value });
      const abort = new AbortController();
      const timeout = setTimeout(() => abort.abort(), TIMEOUT);
      let code = 0;
      let answer = {};
      try {
        const keepalive = isLeaving === true && body.toString().length < MOST_KEPT_ALIVE;
        const response = await fetch(url, { method: "POST", body, keepalive, signal: abort.signal, redirect: "manual", headers: { Accept: "application/json" } });
        code = response.status;
        answer = await response.json().catch(() => ({}));
      } catch (error) {
        code = 0; // no line, or too slow: the text stays and is tried again
      }
      clearTimeout(timeout);
      isSending = false;
      settle(text, code, answer);
    }

    function settle(text, code, answer) {
      if (code === 200 && answer.saved) {
        seen(text, answer.version);
      } else if (code === 409 && answer.error === "newer") {
        if (answer.text === field.value) seen(answer.text, answer.version);
        else if (answer.text === stored || tried.includes(answer.text)) {
          seen(answer.text, answer.version); // as we know it, or ours, whose reply was lost on the way
        } else ask(answer);
      } else if (code === 409) {
        isStopped = true;
        say("closed");
      } else if (SIGNED_OUT.has(code)) {
        say("signed-out");
      } else if ([400, 413, 422].includes(code)) {
        tried = tried.filter((one) => one !== text);
        say("refused", answer.why);
        if (field.value !== text) soon(DELAY);
      } else {
        say(!isKept ? "unkept" : navigator.onLine ? "retry" : "offline");
        soon(RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)]);
        failures += 1;
      }
    }

    function seen(text, number) {
      failures = 0;
      version = number;
      stored = text;
      tried = [];
      versionField.value = String(version);
      if (wasField) wasField.value = "";
      if (isUnsent()) {
        remember();
        soon(0);
        return;
      }
      forget();
      say("saved");
      look();
    }

    // Another device has written this part: both texts stand there until somebody chooses.
    function ask(theirs) {
      isStopped = true;
      remember();
      const box = words().content.querySelector('[data-state="both"]').cloneNode(true);
      box.querySelector("[data-theirs]").textContent = theirs.text;
      const chosen = () => {
        isStopped = false;
        both.replaceChildren();
        version = theirs.version;
        versionField.value = String(version);
        stored = theirs.text;
        tried = [];
        count();
        field.focus();
      };
      box.querySelector("[data-take]").addEventListener("click", () => {
        field.value = theirs.text;
        chosen();
        forget();
        say("saved");
        look();
      });
      box.querySelector("[data-keep]").addEventListener("click", () => {
        chosen();
        save();
      });
      both.replaceChildren(...box.childNodes);
      say("newer");
    }

    async function renew() {
      try {
        const response = await fetch(part.dataset.ticket, { headers: { Accept: "application/json" }, redirect: "manual" });
        if (response.status !== 200) return;
        field.form.elements.csrfmiddlewaretoken.value = (await response.json()).csrf;
        save();
      } catch (error) {
        // Still no line: the next focus tries again.
      }
    }

    // Names and numbers that should not stand in a text: asked of the server, which keeps the list.
    let lookedAt = null;
    let shown = null;
    async function look() {
      if (!part.dataset.look || lookedAt === stored) return;
      lookedAt = stored;
      try {
        const response = await fetch(part.dataset.look, { redirect: "manual" });
        const html = response.status === 200 ? await response.text() : shown;
        if (html !== shown) found.innerHTML = html;
        shown = html;
      } catch (error) {
        lookedAt = null; // the next save asks again
      }
    }

    /* --- begin ----------------------------------------------------------------------------- */

    field.addEventListener("input", (event) => {
      count();
      if (!url) return;
      if (wasField) wasField.value = "";
      remember();
      if (isStopped) return;
      if (!["offline", "retry", "signed-out"].includes(status.dataset.state)) say(isKept ? "typing" : "unkept");
      if (!event.isComposing) soon(DELAY);
    });
    field.addEventListener("compositionend", () => soon(DELAY));
    field.addEventListener("blur", () => { if (isUnsent()) save(); });
    count();
    if (!url) return;
    const other = both.querySelector("[data-theirs]");
    const entry = remembered();
    if (other) {
      stored = null;
      ask({ text: other.textContent, version });
    } else if (entry && entry.text === stored) {
      forget();
    } else if (entry) {
      const isOurs = entry.version === version || (entry.tried || []).includes(stored);
      const theirs = stored;
      field.value = entry.text;
      count();
      if (isOurs) save();
      else ask({ text: theirs, version });
    }
    parts.push({
      part,
      isUnsent,
      leave: () => { if (isUnsent()) save(true); },
      flush: () => { if (isUnsent()) save(); },
      comeBack: () => { if (status.dataset.state === "signed-out") renew(); },
      isStuck: () => isStopped || status.dataset.state === "refused",
      isKept: () => isKept,
      offline: () => { if (isUnsent()) say("offline"); },
    });
  }

  /* --- forms that are sent by a button: what is typed is kept until it has arrived --------- */

  function setUpKept(form) {
    const fields = [...form.querySelectorAll("textarea, input[type=text]")];
    const keyOf = (field) => `mot-unsent:${document.body.dataset.person}:${form.dataset.key}:${field.name}`;
    fields.forEach((field) => {
      try {
        if (!field.value) field.value = localStorage.getItem(keyOf(field)) || "";
      } catch (error) {
        // Refused: then the browser's own memory has to do.
      }
      field.addEventListener("input", () => {
        try {
          localStorage.setItem(keyOf(field), field.value);
        } catch (error) {
          // As above.
        }
      });
    });
  }

  const live = () => parts.filter((one) => one.part.isConnected); // the player swaps parts out
  const all = (deed) => live().forEach((one) => one[deed]());
  window.addEventListener("pagehide", () => all("leave"));
  window.addEventListener("focus", () => all("comeBack"));
  window.addEventListener("online", () => all("flush"));
  window.addEventListener("offline", () => all("offline"));
  document.addEventListener("visibilitychange", () => all(document.visibilityState === "visible" ? "comeBack" : "leave"));
  window.addEventListener("beforeunload", (event) => {
    if (live().some((one) => one.isUnsent() && !one.isKept())) event.preventDefault();
  });

  // What leads on waits until all is saved, a few seconds at most.
  async function goOnce(go) {
    const unsent = () => live().filter((one) => one.isUnsent());
    all("flush");
    for (let n = 0; n < 60 && unsent().length && !unsent().some((one) => one.isStuck()); n += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    if (!unsent().length) return go();
    const [first] = unsent();
    first.part.scrollIntoView({ block: "center" });
    return first.part.querySelector("textarea").focus({ preventScroll: true });
  }
  const isBusy = () => live().some((one) => one.isUnsent());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-after-saving]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !isBusy()) return;
    event.preventDefault();
    goOnce(() => window.location.assign(link.href));
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-after-saving]") || !isBusy()) return;
    event.preventDefault();
    goOnce(() => event.target.submit());
  });

  if (window.matchMedia("(min-width: 60rem)").matches) {
    document.querySelectorAll("details[data-open-wide]").forEach((one) => { one.open = true; });
  }
  window.motParts.add("written", setUpWritten);
  window.motParts.add("kept", setUpKept);
})();
