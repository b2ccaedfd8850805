/* One question a screen; every answer saved when given; nothing lost on a bad line.

   What is unsent waits in localStorage under mot-unsent:<person>:<attempt>:<position> with the
   ticket and number it was given under, so that a replay never beats a newer answer. */
(() => {
  "use strict";

  const form = document.getElementById("quiz");
  const questions = [...form.querySelectorAll(".question")];
  const overview = document.getElementById("overview");
  const saveLine = document.getElementById("save");
  const previous = document.getElementById("previous");
  const next = document.getElementById("next");
  const place = document.getElementById("place");
  const prefix = `mot-unsent:${form.dataset.person}:${form.dataset.attempt}:`;
  const RETRY_AFTER = [1000, 2000, 4000, 8000, 15000];
  const TIMEOUT = 10000;
  const MOST_SAVES = 990;

  let ticket = form.elements.ticket.value;
  let csrf = form.elements.csrfmiddlewaretoken.value;
  let count = 0; // saves of this page so far
  let current = 0; // index of the question shown; questions.length is the overview
  let failures = 0;
  let retryTimer = 0;
  let isClosed = false;
  const unsent = new Map(); // position -> {fields, ticket, n}
  const sending = new Set();
  const timers = new Map();
  const touched = new Map(); // position -> n of its last save

  /* --- storage ------------------------------------------------------------------------- */

  function remember(position, entry) {
    unsent.set(position, entry);
    try {
      localStorage.setItem(prefix + position, JSON.stringify(entry));
    } catch (error) {
      // Full or refused: the answer is still in the page and is sent with the submission.
    }
  }

  function forget(position) {
    unsent.delete(position);
    try {
      localStorage.removeItem(prefix + position);
    } catch (error) {
      // As above.
    }
  }

  function remembered() {
    const found = [];
    try {
      Object.keys(localStorage).filter((key) => key.startsWith(prefix)).forEach((key) => {
        found.push([Number(key.slice(prefix.length)), JSON.parse(localStorage.getItem(key))]);
      });
    } catch (error) {
      return [];
    }
    return found;
  }

  /* --- what a question holds ------------------------------------------------------------- */

  const sectionAt = (position) => questions.find((one) => Number(one.dataset.position) === position);
  const controls = (section) => [...section.querySelectorAll("input, select, textarea")].filter((one) => one.name && one.type !== "hidden");
  const isSide = (name) => name.endsWith("-flagged") || name.endsWith("-confidence");

  function fieldsOf(section) {
    return controls(section)
      .filter((one) => one.value !== "" && (one.checked || (one.type !== "radio" && one.type !== "checkbox")))
      .map((one) => [one.name, one.value]);
  }

  function isEmpty(fields) {
    return fields.every(([name, value]) => isSide(name) || (name.includes("-percent-") && value === "0"));
  }

  // What "answered" means where it is not simply every field: any of them is enough for some.
  const ANY = new Set(["moments", "voice", "reflection"]);

  const isChecked = (section) => section.dataset.needs === "nothing"; // has had its feedback

  function isAnswered(section) {
    if (isChecked(section)) return true;
    const turns = section.querySelector("[data-answered]");
    if (turns) return turns.dataset.answered === "1";
    if (ANY.has(section.dataset.needs)) return !isEmpty(fieldsOf(section));
    if ([...section.querySelectorAll("[data-needed]")].some((one) => !one.value.trim())) return false;
    if ([...section.querySelectorAll("[data-one-of]")].some((group) => !group.querySelector(":checked"))) return false;
    const fields = fieldsOf(section);
    if (isEmpty(fields)) return false;
    if (section.hasAttribute("data-confidence") && !fields.some(([name]) => name.endsWith("-confidence"))) return false;
    const numbers = [...section.querySelectorAll("input[type=number]")];
    if (numbers.length && numbers.reduce((total, one) => total + Number(one.value), 0) !== 100) return false;
    const selects = [...section.querySelectorAll("select")];
    if (selects.some((one) => !one.value)) return false;
    return [...section.querySelectorAll(".bin-row")].every((row) => row.querySelector(":checked"));
  }

  function fill(section, fields) {
    const wanted = new Map();
    fields.forEach(([name, value]) => wanted.set(name, [...(wanted.get(name) || []), String(value)]));
    controls(section).forEach((one) => {
      const values = wanted.get(one.name) || [];
      if (one.type === "radio" || one.type === "checkbox") one.checked = values.includes(one.value);
      else one.value = values[0] || (one.type === "number" ? "0" : "");
    });
    section.querySelectorAll("[data-part]").forEach((part) => part.dispatchEvent(new Event("mot:shown")));
  }

  /* --- what the page says ---------------------------------------------------------------- */

  function say(state, why) {
    const template = document.getElementById("states").content.querySelector(`[data-state="${state}"]`);
    if (saveLine.dataset.state === state && !why) return;
    saveLine.dataset.state = state;
    saveLine.className = "save" + (template.dataset.tone ? " " + template.dataset.tone : "");
    saveLine.replaceChildren(...[...template.cloneNode(true).childNodes]);
    if (why) saveLine.querySelector("[data-why]").textContent = why;
  }

  function mark() {
    const lists = [form.previousElementSibling.querySelector("ol"), ...document.querySelectorAll(".jump")];
    let open = 0;
    questions.forEach((section, index) => {
      const answered = isAnswered(section);
      const flagged = Boolean(section.querySelector("[name$=-flagged]:checked"));
      if (!answered) open += 1;
      lists.forEach((list) => {
        const item = list.children[index];
        item.classList.toggle("done", answered);
        item.classList.toggle("flagged", flagged);
        item.classList.toggle("now", index === current);
        if (item.matches("a")) {
          item.querySelector("span").textContent = answered ? form.dataset.done : form.dataset.open;
          const note = item.querySelector("[data-flagged]");
          note.textContent = flagged ? note.dataset.flagged : "";
          if (index === current) item.setAttribute("aria-current", "true");
          else item.removeAttribute("aria-current");
        }
      });
    });
    const warning = document.getElementById("unanswered");
    warning.hidden = open === 0;
    document.getElementById("complete").hidden = open !== 0;
    warning.querySelector("h3").textContent = open === 1 ? warning.dataset.one : warning.dataset.many.replace("{n}", open);
    // With feedback after each answer: checking is the next thing to do, then going on.
    const submit = document.getElementById("submit");
    if (submit.dataset.finish) submit.textContent = questions.every(isChecked) ? submit.dataset.finish : submit.dataset.submit;
    next.classList.toggle("quiet", current < questions.length && Boolean(questions[current].querySelector("[data-check]")));
  }

  function show(index, { focus = true } = {}) {
    current = Math.max(0, Math.min(index, questions.length));
    const isOverview = current === questions.length;
    questions.forEach((section, n) => section.classList.toggle("now", n === current));
    overview.classList.toggle("now", isOverview);
    previous.disabled = current === 0;
    next.hidden = isOverview;
    next.textContent = current === questions.length - 1 ? next.dataset.over : next.dataset.next;
    place.textContent = isOverview ? "" : place.dataset.word.replace("{n}", current + 1).replace("{count}", questions.length);
    mark();
    history.replaceState(null, "", isOverview ? "#overview" : "#q" + (current + 1));
    if (focus) {
      const target = isOverview ? overview : questions[current].querySelector("legend");
      target.focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
    }
  }

  /* --- saving ---------------------------------------------------------------------------- */

  function changed(section, delay) {
    const position = Number(section.dataset.position);
    count += 1;
    touched.set(position, count);
    remember(position, { fields: fieldsOf(section), ticket, n: count });
    mark();
    clearTimeout(timers.get(position));
    timers.set(position, setTimeout(() => send(position), delay));
    if (count >= MOST_SAVES) renew();
  }

  async function send(position) {
    const entry = unsent.get(position);
    if (!entry || sending.has(position) || isClosed) return;
    sending.add(position);
    const body = new URLSearchParams(entry.fields.filter(([name]) => !name.endsWith("-flagged")));
    body.set("csrfmiddlewaretoken", csrf);
    body.set("ticket", entry.ticket);
    body.set("n", entry.n);
    if (entry.fields.some(([name]) => name.endsWith("-flagged"))) body.set("flagged", "1");
    if (isEmpty(entry.fields)) body.set("clear", "1");
    if (saveLine.dataset.state !== "retry" && saveLine.dataset.state !== "offline") say("saving");
    const abort = new AbortController();
    const timeout = setTimeout(() => abort.abort(), TIMEOUT);
    let status = 0;
    let answer = {};
    try {
      const response = await fetch(form.dataset.answers + position + "/", {
        method: "POST", body, signal: abort.signal, redirect: "manual", headers: { Accept: "application/json" },
      });
      status = response.status;
      answer = await response.json().catch(() => ({}));
    } catch (error) {
      status = 0; // no line, or too slow: the answer stays and is tried again
    }
    clearTimeout(timeout);
    sending.delete(position);
    settle(position, entry, status, answer);
  }

  function settle(position, entry, status, answer) {
    const isLatest = unsent.get(position) === entry;
    if (status === 200 && answer.saved) {
      failures = 0;
      if (isLatest) forget(position);
      if (unsent.size === 0) say("saved");
      else flush();
    } else if (status === 409 && answer.error === "newer") {
      forget(position);
      const name = `a${position}-`;
      const fields = Object.entries(answer.fields).flatMap(([key, value]) => [].concat(value).map((one) => [name + key, one]));
      if (answer.confidence) fields.push([name + "confidence", answer.confidence]);
      if (answer.flagged) fields.push([name + "flagged", "1"]);
      fill(sectionAt(position), fields);
      touched.delete(position);
      mark();
      say("newer");
    } else if (status === 409 && answer.error === "checked") {
      forget(position);
      // Checked in another tab: show that. Checked here while the save was on its way: all is well.
      if (!isChecked(sectionAt(position))) window.location.assign(window.location.pathname + "?at=" + position);
    } else if (status === 409) {
      close();
    } else if (status === 401 || status === 403) {
      say("signed-out");
    } else if (status === 422) {
      if (isLatest) forget(position);
      say("invalid", answer.why);
    } else if (status === 404) {
      say("signed-out"); // somebody else is signed in here: kept for whose answer it is
    } else if (status === 400 && isLatest && !entry.renewed) {
      renewTicket(position, entry); // the page's ticket is from before the server's key changed
    } else {
      say(navigator.onLine ? "retry" : "offline");
      clearTimeout(retryTimer);
      retryTimer = setTimeout(flush, RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)]);
      failures += 1;
    }
  }

  // Where the answer saves itself the flag is sent alone, so that it never takes the answer along.
  async function flag(section) {
    mark();
    const body = new URLSearchParams({ csrfmiddlewaretoken: csrf });
    if (section.querySelector("[name$=-flagged]:checked")) body.set("flagged", "1");
    const url = form.dataset.answers + section.dataset.position + "/flag/";
    await fetch(url, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  }

  async function renewTicket(position, entry) {
    count = MOST_SAVES;
    if (!(await renew())) return say("signed-out");
    count = 1;
    remember(position, { ...entry, ticket, n: count, renewed: true });
    return send(position);
  }

  function flush() {
    [...unsent.keys()].forEach((position) => send(position));
  }

  function close() {
    isClosed = true;
    [...unsent.keys()].forEach(forget);
    say("closed");
  }

  async function renew() {
    try {
      const response = await fetch(form.dataset.ticket, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (response.status !== 200) return false;
      const fresh = await response.json();
      csrf = fresh.csrf;
      form.elements.csrfmiddlewaretoken.value = csrf;
      if (count >= MOST_SAVES) {
        ticket = fresh.ticket;
        form.elements.ticket.value = ticket;
        count = 0;
        touched.forEach((n, position) => touched.set(position, 1));
      }
      return true;
    } catch (error) {
      return false;
    }
  }

  // Signed in again in another tab: fetch a fresh form token and send what waited.
  async function comeBack() {
    if (saveLine.dataset.state === "signed-out" && (await renew())) flush();
  }
  window.addEventListener("focus", comeBack);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") comeBack();
    else flush();
  });
  window.addEventListener("online", flush);
  window.addEventListener("offline", () => say("offline"));

  /* --- feedback after each answer ---------------------------------------------------------- */

  // Puts a part of the page that the server made in the place of what the question showed.
  function replace(section, html) {
    const asked = section.querySelector("[data-asked]");
    asked.innerHTML = html;
    document.dispatchEvent(new CustomEvent("mot:swapped", { detail: { root: asked } }));
    const verdict = asked.querySelector("[data-focus]");
    if (verdict) {
      section.dataset.needs = "nothing";
      verdict.focus({ preventScroll: true });
      verdict.scrollIntoView({ block: "nearest" });
    }
    const error = !verdict && asked.querySelector(".error");
    if (error) {
      error.tabIndex = -1;
      error.focus();
    }
    mark();
  }

  async function check(section, button) {
    const position = Number(section.dataset.position);
    clearTimeout(timers.get(position));
    if (count >= MOST_SAVES) await renew();
    count += 1;
    touched.set(position, count);
    remember(position, { fields: fieldsOf(section), ticket, n: count });
    const body = new URLSearchParams(fieldsOf(section).filter(([name]) => !name.endsWith("-flagged")));
    body.set("csrfmiddlewaretoken", csrf);
    body.set("ticket", ticket);
    body.set("n", count);
    if (section.querySelector("[name$=-flagged]:checked")) body.set("flagged", "1");
    section.querySelectorAll("[data-saves-itself] input[type=hidden]").forEach((one) => body.set(one.name, one.value));
    button.disabled = true;
    try {
      const response = await fetch(button.formAction, { method: "POST", body, redirect: "manual", headers: { "X-Part": "1" } });
      if (response.status !== 200 && response.status !== 422) throw new Error(String(response.status));
      const html = await response.text();
      replace(section, html);
      if (response.status === 422) return send(position); // unfinished is stored as it is
      forget(position);
      touched.delete(position);
      say("saved");
    } catch (error) {
      button.disabled = false;
      send(position); // kept, and sent like any other answer; its state says what is wrong
    }
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-check]");
    if (!button) return;
    event.preventDefault();
    check(button.closest(".question"), button);
  });
  // Kinds that bring scripts of their own (a dialogue) replace their question in the same way.
  document.addEventListener("mot:replace", (event) => replace(event.detail.section, event.detail.html));

  /* --- moving and submitting --------------------------------------------------------------- */

  form.addEventListener("input", (event) => {
    const section = event.target.closest(".question");
    if (!section) return;
    // Something is given now: what was said about its absence holds no longer.
    if (!event.target.name.endsWith("-flagged")) section.querySelectorAll("[data-asked] p.error").forEach((one) => one.remove());
    if (event.target.closest("[data-saves-itself]")) return mark();
    if (isChecked(section) || section.querySelector("[data-saves-itself]")) return flag(section);
    const isTyped = event.target.matches("textarea, input[type=text], input:not([type])");
    changed(section, isTyped ? 800 : event.target.type === "number" ? 400 : 0);
  });
  previous.addEventListener("click", () => show(current - 1));
  next.addEventListener("click", () => show(current + 1));
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".jump a");
    if (!link) return;
    event.preventDefault();
    document.getElementById("strip").open = false;
    show(Number(link.getAttribute("href").slice(2)) - 1);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.matches("button, a, summary, textarea")) return;
    event.preventDefault(); // Enter goes on; it never submits by accident
    if (current < questions.length) show(current + 1);
  });
  form.addEventListener("submit", (event) => {
    if (!event.submitter || event.submitter.name !== "confirmed") {
      event.preventDefault();
      return;
    }
    // The submission carries what may not have arrived, numbered, so that nothing is lost.
    form.elements.sequences.value = [...touched].map(([position, n]) => position + ":" + n).join(",") || "-";
    questions.forEach((section) => section.querySelectorAll(":disabled").forEach((one) => { one.disabled = false; }));
  });
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) flush(); // saved, never submitted
  });

  /* --- the clock --------------------------------------------------------------------------- */

  const timer = document.getElementById("timer");
  if (timer) {
    const end = performance.now() + Number(timer.dataset.seconds) * 1000;
    const words = timer.querySelector("span");
    const tick = () => {
      const left = Math.max(0, Math.round((end - performance.now()) / 1000));
      words.textContent = left > 60 ? timer.dataset.word.replace("{m}", Math.ceil(left / 60)) : timer.dataset.last.replace("{s}", left);
      timer.classList.toggle("bad", left <= 60);
      if (left === 0) {
        clearInterval(clock);
        flush();
        setTimeout(() => { window.location.assign(window.location.pathname); }, 2500);
      }
    };
    const clock = setInterval(tick, 1000);
    tick();
  }

  /* --- begin ------------------------------------------------------------------------------- */

  remembered().forEach(([position, entry]) => {
    const section = sectionAt(position);
    if (!section) return;
    fill(section, entry.fields);
    unsent.set(position, entry);
  });
  flush();
  const wanted = /^#q(\d+)$/.exec(window.location.hash);
  const start = form.dataset.review ? questions.length : wanted ? Number(wanted[1]) - 1 : Number(form.dataset.first) - 1;
  show(start, { focus: false });
})();
