/* The shell of every editor: saves by itself, loses nothing, says who else is there.

   What is unsent waits in localStorage under mot-unsent:<person>:<key> together with the state the
   page had seen, so that a replay never goes over something newer without asking. An editor calls
   window.motEditor.start({ root, base, replay, saved, merge }) and then push(operation). */
(() => {
  "use strict";

  const DELAY = 800;
  const RETRY_AFTER = [1000, 2000, 4000, 8000, 15000];
  const HERE_EVERY = 25000;
  const TIMEOUT = 15000;

  // base(): the document as the page has it; replay(operations): put them into the page;
  // saved(): what follows a save; merge(waiting, operation): true where it became part of one.
  function start({ root, base, replay, saved, merge }) {
    const url = (name) => root.dataset.base + name + "/";
    const key = `mot-unsent:${root.dataset.person}:${root.dataset.key}`;
    const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
    const line = document.getElementById("save-state");
    const states = document.getElementById("save-states").content;
    const conflict = document.getElementById("conflict");

    let seen = root.dataset.seen;
    let synced = JSON.stringify(base()); // as the server has it, as far as this page knows
    let waiting = [];
    let underway = null; // operations of the save that is going on
    let refused = []; // what the server cannot take: kept and shown, sent again when it is changed
    let isSingly = false; // after a refusal: one by one, to find the one that cannot be taken
    let timer = 0;
    let failures = 0;
    let isStopped = false; // until somebody has chosen whose version stands

    function say(state, at) {
      const found = states.querySelector(`[data-state="${state}"]`).cloneNode(true);
      if (at) found.querySelector("[data-at]").textContent = at;
      line.className = "save" + ({ saved: " good", invalid: " bad", "too-large": " bad", newer: " warn", retry: " warn", "signed-out": " warn" }[state] || "");
      line.dataset.state = state;
      line.replaceChildren(...found.childNodes);
      if (state !== "saved") return;
      document.querySelectorAll("[data-once-saved]").forEach((one) => { // now there is something to publish
        one.hidden = false;
        if (one.dataset.onceSaved) one.textContent = one.dataset.onceSaved;
      });
    }

    function remember() {
      const operations = [...(underway || []), ...waiting];
      try {
        if (operations.length || refused.length) localStorage.setItem(key, JSON.stringify({ seen, operations, refused }));
        else localStorage.removeItem(key);
      } catch (error) {
        // Full or refused: it is still in the page.
      }
    }

    async function post(name, body, wait = TIMEOUT) {
      const abort = new AbortController();
      const timeout = setTimeout(() => abort.abort(), wait);
      const text = JSON.stringify(body);
      try {
        return await fetch(url(name), {
          method: "POST", body: text, signal: abort.signal, redirect: "manual",
          keepalive: text.length < 15000, // browsers take no more than 64 KB of those
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
        });
      } finally {
        clearTimeout(timeout);
      }
    }

    function push(operation) {
      refused = refused.filter((was) => !(merge && merge([was], operation)));
      if (!merge || !merge(waiting, operation)) waiting.push(operation);
      remember();
      clearTimeout(timer);
      timer = setTimeout(flush, DELAY);
    }

    async function flush() {
      clearTimeout(timer);
      if (underway || isStopped || !waiting.length) return;
      underway = isSingly ? waiting.slice(0, 1) : waiting;
      waiting = isSingly ? waiting.slice(1) : [];
      const after = JSON.stringify(base());
      if (line.dataset.state !== "retry") say("saving");
      let status = 0;
      let answer = {};
      try {
        const response = await post("draft", { seen, operations: underway });
        status = response.type === "opaqueredirect" ? 401 : response.status;
        answer = await response.json().catch(() => ({}));
      } catch (error) {
        status = 0; // no line, or too slow: it stays and is tried again
      }
      if (status === 200) {
        failures = 0;
        seen = answer.seen;
        document.querySelectorAll("input[name=seen]").forEach((one) => { one.value = seen; });
        synced = after;
        underway = null;
        remember();
        if (waiting.length) return flush();
        isSingly = false;
        if (refused.length) say("invalid");
        else say("saved", answer.at);
        if (saved) saved();
        return undefined;
      }
      if (status === 422 && underway.length === 1) {
        refused.push(underway[0]);
        underway = null;
        remember();
        say("invalid");
        return flush();
      }
      if (status === 422) isSingly = true;
      waiting = [...underway, ...waiting];
      underway = null;
      remember();
      if (status === 422) return flush();
      if (status === 409) return ask(answer);
      if (status === 413) say("too-large");
      else if (status === 401 || status === 403 || status === 404) say("signed-out");
      else {
        say("retry");
        timer = setTimeout(flush, RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)]);
        failures += 1;
      }
      return undefined;
    }

    // Somebody else has saved: show what they changed, and let one of the two be chosen.
    async function ask(answer, mine = false) {
      isStopped = true;
      say("newer");
      const body = mine ? { base: base(), mine: true } : { base: JSON.parse(synced) };
      let html = "";
      try {
        let response = await post("compare", body);
        // Too large to be compared: the choice alone, without the differences.
        if (response.status === 413 || response.status === 422) response = await post("compare", { mine });
        if (response.status === 200) html = await response.text();
      } catch (error) {
        html = "";
      }
      if (!html) {
        isStopped = false;
        say("retry");
        timer = setTimeout(flush, 8000);
        return;
      }
      conflict.innerHTML = html;
      conflict.querySelector("h2").focus();
      conflict.scrollIntoView({ block: "center" });
      conflict.querySelectorAll("[data-keep]").forEach((button) => {
        button.addEventListener("click", () => {
          if (button.dataset.keep === "theirs") waiting = [];
          seen = answer.seen; // what is kept is put on top of what was seen just now
          remember();
          window.location.reload();
        });
      });
    }

    async function here() {
      if (document.visibilityState !== "visible") return;
      try {
        const response = await post("here", {});
        const { others } = await response.json();
        const said = document.getElementById("others");
        const words = others.length ? root.dataset.others.replace("{names}", others.join("、")) : "";
        if (said.textContent !== words) said.textContent = words;
        said.hidden = !words;
      } catch (error) {
        // Presence is a courtesy; without it nothing is lost.
      }
    }

    function begin() {
      let kept = null;
      try {
        kept = JSON.parse(localStorage.getItem(key));
      } catch (error) {
        kept = null;
      }
      const found = { operations: [], refused: [], ...kept };
      if (found.operations.length || found.refused.length) {
        replay([...found.operations, ...found.refused]);
        waiting = found.operations;
        refused = found.refused;
        if (refused.length) say("invalid");
        if (kept.seen !== seen && waiting.length) ask({ seen }, true);
        else flush();
      }
      here();
      setInterval(here, HERE_EVERY);
    }

    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
        event.preventDefault();
        flush();
      }
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") flush();
      else here();
    });
    window.addEventListener("pagehide", flush);
    window.addEventListener("online", flush);
    window.addEventListener("focus", async () => {
      if (line.dataset.state !== "signed-out") return;
      // Signed in again in another tab: a fresh form token, then what waited.
      const page = await fetch(window.location.href, { redirect: "manual" }).catch(() => null);
      if (!page || page.status !== 200) return;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((one) => { one.value = fresh.value; });
      flush();
    });
    // Leaving for another page of the editor: what is typed goes first.
    document.addEventListener("click", async (event) => {
      const link = event.target.closest(".editor-bar a[href]");
      if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || !waiting.length || isStopped) return;
      event.preventDefault();
      await flush();
      window.location.assign(link.href);
    });
    begin();
    return { push, flush };
  }

  window.motEditor = { start };
})();
