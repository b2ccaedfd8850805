/* A sheet several people fill at once. Each field saves itself, naming the version it was typed over.

   What is unsent waits in localStorage under mot-unsent:<person>:sheet:<worksheet>:<whose>:<cell>
   together with that version, so that a replay never goes over something newer without asking. */
(() => {
  "use strict";

  const form = document.getElementById("sheet");
  if (!form) return;
  const saveLine = document.getElementById("save");
  const states = document.getElementById("sheet-states").content;
  const clashForm = document.getElementById("sheet-clash").content.firstElementChild;
  const others = document.getElementById("others");
  const prefix = `mot-unsent:${form.dataset.person}:${form.dataset.sheet}:`;
  const url = (name) => form.dataset.base + name + "/";
  const isTeam = form.hasAttribute("data-team");
  const WHILE_TYPING = 2500;
  const NEWS_EVERY = 8000;
  const TIMEOUT = 12000;
  const RETRY_AFTER = [1000, 2000, 4000, 8000, 15000];
  const LONGEST = Number(form.dataset.longest);

  let csrf = form.elements.csrfmiddlewaretoken.value;
  let failures = 0;
  let retryTimer = 0;
  let isClosed = false; // nobody writes here any longer
  let lastNews = 0;

  const clean = (text) => text.replace(/\r\n?/g, "\n").trim();
  const lengthOf = (text) => [...clean(text)].length;

  // A field: `stored` and `version` are what the server has, as far as this page knows.
  const cells = [...form.querySelectorAll("textarea[data-key]")].map((area) => ({
    area,
    box: area.closest("[data-cell]"),
    note: area.closest("[data-cell]").querySelector("[data-note]"),
    by: area.closest("[data-cell]").querySelector("[data-by]"),
    key: area.dataset.key,
    version: Number(area.dataset.version),
    stored: clean(area.defaultValue),
    isSending: false,
    isTooLong: false,
    newer: null, // somebody else's text, until it is chosen which one stands
    timer: 0,
  }));
  const cellAt = new Map(cells.map((one) => [one.key, one]));
  const isChanged = (cell) => clean(cell.area.value) !== cell.stored;

  /* --- what waits on this device ---------------------------------------------------------- */

  function remember(cell) {
    try {
      localStorage.setItem(prefix + cell.key, JSON.stringify({ text: cell.area.value, seen: cell.version }));
    } catch (error) {
      // Full or refused: it is still in the page.
    }
  }

  function forget(cell) {
    try {
      localStorage.removeItem(prefix + cell.key);
    } catch (error) {
      // As above.
    }
  }

  function recall(cell) {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(prefix + cell.key));
    } catch (error) {
      kept = null;
    }
    if (!kept) return;
    if (clean(kept.text) === cell.stored) return forget(cell);
    cell.area.value = kept.text;
    cell.version = kept.seen; // if that is not the latest any longer, the server says so
    fit(cell);
    send(cell);
  }

  /* --- what the page says ------------------------------------------------------------------ */

  function say(state, at) {
    if (saveLine.dataset.state === state && !at) return;
    const found = states.querySelector(`[data-state="${state}"]`);
    saveLine.dataset.state = state;
    saveLine.className = "save meta js-only" + (found.dataset.tone ? " " + found.dataset.tone : "");
    saveLine.replaceChildren(...found.cloneNode(true).childNodes);
    if (at) saveLine.querySelector("[data-at]").textContent = at;
  }

  function sayAll(at) {
    if (isClosed) say("closed");
    else if (cells.some((one) => one.newer)) say("clash");
    else if (cells.some((one) => one.isTooLong)) say("too-long");
    else if (cells.some((one) => one.isSending)) say("saving");
    else if (cells.some(isChanged)) say("typing");
    else say("saved", at);
  }

  function count() {
    const filled = cells.filter((one) => one.stored).length;
    const line = document.getElementById("count");
    line.textContent = line.dataset.words.replace("{n}", filled);
    document.getElementById("progress").value = filled;
  }

  function sayWho(cell, who, at) {
    if (isTeam) cell.by.textContent = cell.stored ? form.dataset.by.replace("{who}", who).replace("{at}", at) : "";
  }

  const canFit = CSS.supports("field-sizing", "content");
  function fit(cell) {
    if (canFit) return;
    cell.area.style.height = "auto";
    cell.area.style.height = cell.area.scrollHeight + 3 + "px";
  }

  /* --- saving ------------------------------------------------------------------------------ */

  function typed(cell) {
    fit(cell);
    cell.box.classList.remove("fresh");
    const length = lengthOf(cell.area.value);
    tooLong(cell, length > LONGEST ? length : 0);
    if (!isChanged(cell)) {
      forget(cell);
      sayAll();
      return;
    }
    remember(cell);
    cell.box.dataset.state = "typing";
    if (saveLine.dataset.state !== "offline" && saveLine.dataset.state !== "retry" && saveLine.dataset.state !== "signed-out") sayAll();
    if (!cell.timer) cell.timer = setTimeout(() => send(cell), WHILE_TYPING);
  }

  function tooLong(cell, length) {
    if (!length && !cell.isTooLong) return;
    cell.isTooLong = Boolean(length);
    cell.area.toggleAttribute("aria-invalid", cell.isTooLong);
    if (cell.isTooLong) cell.area.setAttribute("aria-invalid", "true");
    cell.note.replaceChildren();
    if (!cell.isTooLong) return;
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = form.dataset.tooLong.replace("{n}", length);
    cell.note.append(line);
  }

  async function send(cell, { keepalive = false } = {}) {
    clearTimeout(cell.timer);
    cell.timer = 0;
    if (cell.isSending || cell.newer || cell.isTooLong || isClosed) return;
    if (!isChanged(cell)) return;
    const text = cell.area.value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: csrf, key: cell.key, text, seen: String(cell.version) });
    cell.isSending = true;
    if (!["retry", "offline", "signed-out"].includes(saveLine.dataset.state)) sayAll();
    const abort = new AbortController();
    const timeout = setTimeout(() => abort.abort(), TIMEOUT);
    let status = 0;
    let answer = {};
    try {
      const response = await fetch(url("cell"), {
        method: "POST", body, signal: abort.signal, redirect: "manual", keepalive: keepalive && text.length < 12000,
        headers: { Accept: "application/json" },
      });
      status = response.status;
      answer = await response.json().catch(() => ({}));
    } catch (error) {
      status = 0; // no line, or too slow: it stays and is tried again
    }
    clearTimeout(timeout);
    cell.isSending = false;
    settle(cell, text, status, answer);
  }

  function settle(cell, text, status, answer) {
    if (status === 200 && answer.saved) {
      failures = 0;
      cell.version = answer.version;
      cell.stored = clean(text);
      sayWho(cell, form.dataset.me, answer.at);
      count();
      if (isChanged(cell)) {
        remember(cell); // typed on meanwhile
        cell.timer = setTimeout(() => send(cell), document.activeElement === cell.area ? WHILE_TYPING : 0);
      } else {
        forget(cell);
        delete cell.box.dataset.state;
      }
      sayAll(answer.at);
      if (cells.some((one) => isChanged(one) && !one.timer && !one.isSending)) flush();
    } else if (status === 409 && answer.cell) {
      clash(cell, answer.cell);
    } else if (status === 422) {
      tooLong(cell, answer.length || LONGEST + 1);
      sayAll();
    } else if (status === 404 || status === 400) {
      // Out of the team, the team has ended, or the sheet asks something else by now: what is typed stays here.
      isClosed = true;
      sayAll();
    } else if (status === 401 || status === 403) {
      say("signed-out");
    } else {
      say(navigator.onLine ? "retry" : "offline");
      clearTimeout(retryTimer);
      retryTimer = setTimeout(flush, RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)]);
      failures += 1;
    }
  }

  function flush(options) {
    cells.filter(isChanged).forEach((cell) => send(cell, options));
  }

  /* --- two people in one field ------------------------------------------------------------- */

  function clash(cell, told) {
    const newer = { ...told, text: clean(told.text) };
    if (clean(cell.area.value) === newer.text) return take(cell, newer);
    const isNew = !cell.newer;
    cell.newer = newer;
    remember(cell);
    cell.box.classList.add("clashing");
    let box = cell.box.querySelector(".clash");
    if (!box) {
      box = clashForm.cloneNode(true);
      cell.area.insertAdjacentElement("afterend", box);
      box.addEventListener("click", (event) => {
        const button = event.target.closest("[data-keep]");
        if (button) choose(cell, button.dataset.keep);
      });
      box.dataset.words = box.querySelector("[data-who]").textContent;
    }
    box.querySelector("[data-who]").textContent = box.dataset.words.replace("{who}", newer.by).replace("{at}", newer.at);
    const theirs = box.querySelector("[data-theirs]");
    theirs.replaceChildren();
    (newer.text || theirs.dataset.empty).split("\n").forEach((line, index) => {
      if (index) theirs.append(document.createElement("br"));
      theirs.append(line);
    });
    box.setAttribute("aria-label", box.querySelector("[data-who]").textContent);
    sayAll();
    if (isNew && (document.activeElement === document.body || document.activeElement === cell.area)) box.scrollIntoView({ block: "nearest" });
    return undefined;
  }

  // Whatever is chosen was chosen with their text in view: it goes over the version shown.
  function choose(cell, whose) {
    const newer = cell.newer;
    endClash(cell);
    cell.version = newer.version;
    cell.stored = newer.text;
    if (whose === "theirs") cell.area.value = newer.text;
    if (whose === "both") cell.area.value = [newer.text, clean(cell.area.value)].filter(Boolean).join("\n");
    cell.area.focus();
    count();
    typed(cell);
    if (isChanged(cell)) send(cell);
    else {
      sayWho(cell, newer.by, newer.at);
      delete cell.box.dataset.state;
      sayAll(newer.at);
    }
  }

  function endClash(cell) {
    cell.newer = null;
    cell.box.classList.remove("clashing");
    const box = cell.box.querySelector(".clash");
    if (box) box.remove();
  }

  function take(cell, told) {
    const newer = { ...told, text: clean(told.text) };
    endClash(cell);
    cell.version = newer.version;
    cell.stored = newer.text;
    if (clean(cell.area.value) !== newer.text) cell.area.value = newer.text;
    forget(cell);
    delete cell.box.dataset.state;
    sayWho(cell, newer.by, newer.at);
    fit(cell);
    count();
    sayAll(newer.at);
  }

  /* --- what others write, and who is there -------------------------------------------------- */

  async function news() {
    if (document.visibilityState !== "visible" || isClosed) return;
    lastNews = Date.now();
    const seen = {};
    cells.forEach((one) => { if (one.version) seen[one.key] = one.version; });
    let answer = null;
    try {
      const body = new URLSearchParams({ csrfmiddlewaretoken: csrf, seen: JSON.stringify(seen) });
      const response = await fetch(url("news"), { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
      if (response.status !== 200) return;
      answer = await response.json();
    } catch (error) {
      return; // the next one tells
    }
    answer.cells.forEach((newer) => {
      const cell = cellAt.get(newer.key);
      if (!cell || newer.version <= cell.version || cell.isSending) return;
      if (cell.newer) {
        if (newer.version > cell.newer.version) clash(cell, newer);
      } else if (!isChanged(cell) && document.activeElement !== cell.area) {
        take(cell, newer);
        reveal(cell);
        cell.box.classList.add("fresh");
      } // else: it is being typed in; its own save will find out
    });
    const words = answer.here.length ? others.dataset.words.replace("{names}", answer.here.join("、")) : "";
    if (others.textContent !== words) others.textContent = words;
    others.hidden = !words;
    if (!answer.may_write) {
      isClosed = true;
      sayAll();
    }
  }

  // Signed in again in another tab: a fresh form token, then what waited.
  async function comeBack() {
    if (saveLine.dataset.state !== "signed-out") return;
    const page = await fetch(window.location.href, { redirect: "manual" }).catch(() => null);
    if (!page || page.status !== 200) return;
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    if (fresh.body.dataset.person !== form.dataset.person) return; // somebody else: theirs is another sheet
    csrf = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((one) => { one.value = csrf; });
    flush();
  }

  /* --- rows, examples ------------------------------------------------------------------------ */

  function reveal(cell) {
    const row = cell.area.closest("tr.spare");
    if (row) row.classList.remove("spare");
  }

  form.querySelectorAll("[data-more]").forEach((button) => {
    const part = button.closest(".part");
    const next = () => part.querySelector("tr.spare");
    const hideIfDone = () => { button.closest("p").hidden = !next(); };
    button.addEventListener("click", () => {
      const row = next();
      row.classList.remove("spare");
      row.querySelector("textarea").focus();
      hideIfDone();
    });
    hideIfDone();
  });

  const settled = () => new Promise((resolve) => {
    const began = Date.now();
    (function look() {
      if (Date.now() - began > 6000 || !cells.some((one) => one.isSending)) resolve();
      else setTimeout(look, 60);
    })();
  });

  form.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-ask-models]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    flush();
    await settled();
    try {
      const response = await fetch(link.href, { headers: { "X-Part": "models" }, redirect: "manual" });
      if (response.status !== 200) throw new Error("refused");
      const part = link.closest("[data-models]");
      part.innerHTML = await response.text();
      const focus = part.querySelector("[data-focus]") || part.querySelector("[data-ask-models]");
      focus.focus({ preventScroll: true });
      focus.scrollIntoView({ block: "nearest" });
    } catch (error) {
      say(navigator.onLine ? "retry" : "offline");
    }
  });

  /* --- listening ------------------------------------------------------------------------------ */

  cells.forEach((cell) => {
    cell.area.addEventListener("input", () => typed(cell));
    cell.area.addEventListener("blur", () => send(cell));
    fit(cell);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    flush();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      flush();
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush({ keepalive: true });
    else {
      comeBack();
      if (Date.now() - lastNews > 2000) news();
    }
  });
  window.addEventListener("pagehide", () => flush({ keepalive: true }));
  window.addEventListener("focus", comeBack);
  window.addEventListener("online", () => {
    flush();
    if (!cells.some(isChanged)) sayAll();
  });
  window.addEventListener("offline", () => say("offline"));

  cells.forEach(recall);
  if (isTeam) {
    news();
    setInterval(news, NEWS_EVERY);
  }
})();
