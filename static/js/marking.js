/* Marking: comments at selected passages, keys, what is not saved yet, who else is here. Texts come from the page. */
(() => {
  "use strict";

  const form = document.querySelector("form.rubric");
  if (!form) return;
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  const list = form.querySelector("[data-comments]");
  const status = form.querySelector("[data-status]");
  const blank = form.querySelector("[data-blank]");
  const answer = form.dataset.mark;

  const first = form.querySelector("[data-first]");
  if (first) first.focus();

  /* --- Levels: 1–4 choose (mot.js), arrows go from criterion to criterion ------------------ */

  function goTo(index) {
    const next = criteria[index];
    if (!next) return;
    (next.querySelector("input:checked") || next.querySelector("input")).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-save]"));
      return;
    }
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = event.target.closest("[data-criterion]");
    if (!way || !here || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    goTo(criteria.indexOf(here) + way);
  });

  const chosen = form.querySelector("[data-chosen]");
  function count() {
    if (!chosen) return;
    const done = criteria.filter((one) => one.querySelector("input:checked")).length;
    chosen.textContent = done + " / " + criteria.length;
  }
  form.addEventListener("change", count);
  count();

  if (!answer) return; // a calibration text has levels alone

  /* --- Comments ----------------------------------------------------------------------------- */

  const rows = () => [...list.querySelectorAll("[data-row]")];
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  let number = 0;

  function setUp(row) {
    const quote = field(row, "quote").value;
    row.classList.toggle("anchored", Boolean(quote) && !row.querySelector(".error"));
    const shown = row.querySelector("[data-quote]");
    shown.textContent = quote;
    shown.hidden = !quote || !row.classList.contains("anchored");
  }

  function add(part, start, quote, text) {
    if (rows().length >= Number(form.dataset.most)) return null;
    const row = blank.content.firstElementChild.cloneNode(true);
    const name = `comment-${number++}`;
    row.querySelectorAll("[name], [id], [for], [aria-describedby]").forEach((one) => {
      ["name", "id", "for"].forEach((key) => {
        const value = one.getAttribute(key);
        if (value) one.setAttribute(key, value.replace("comment-999", name));
      });
    });
    if (part !== undefined) field(row, "part").value = part;
    field(row, "start").value = start === undefined ? "" : String(start);
    field(row, "quote").value = quote || "";
    field(row, "text").value = text || "";
    list.append(row);
    setUp(row);
    paint();
    return row;
  }

  // Rows for browsers without script go; those with something in them stay.
  rows().forEach((row) => {
    const index = Number(field(row, "text").name.split("-")[1]);
    number = Math.max(number, index + 1);
    if (!field(row, "text").value && !field(row, "quote").value && !row.querySelector(".error")) row.remove();
    else setUp(row);
  });

  form.querySelector("[data-add]").addEventListener("click", () => {
    const row = add();
    if (row) field(row, "quote").focus();
  });

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    (next ? field(next, "text") : form.querySelector("[data-add]")).focus();
    paint();
    remember();
  });
  list.addEventListener("change", (event) => {
    if (event.target.name.endsWith("-quote")) field(event.target.closest("[data-row]"), "start").value = "";
    paint();
  });

  /* Passages with comments are shown in the text, where the browser can (CSS highlights). */
  const passages = new Map([...document.querySelectorAll("[data-passage]")].map((one) => [one.dataset.passage, one]));

  function paint() {
    if (!window.Highlight || !CSS.highlights) return;
    const ranges = [];
    rows().forEach((row) => {
      const passage = passages.get(field(row, "part").value);
      const quote = field(row, "quote").value;
      if (!passage || !quote || !passage.firstChild) return;
      const text = passage.firstChild.data;
      const start = field(row, "start").value;
      const from = start === "" ? 0 : [...text].slice(0, Number(start)).join("").length;
      const at = text.indexOf(quote, Math.min(from, text.length)) >= 0 ? text.indexOf(quote, from) : text.indexOf(quote);
      if (at < 0) return;
      const range = new Range();
      range.setStart(passage.firstChild, at);
      range.setEnd(passage.firstChild, at + quote.length);
      ranges.push(range);
    });
    CSS.highlights.set("comments", new Highlight(...ranges));
  }
  paint();

  const commentHere = document.querySelector("[data-comment-here]");

  /* Where the selection lies within one passage; positions count characters, not UTF-16 units. */
  function selected() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const inside = (node) => (node.nodeType === 1 ? node : node.parentElement).closest("[data-passage]");
    const passage = inside(range.startContainer);
    if (!passage) return null;
    const within = range.cloneRange();
    if (inside(range.endContainer) !== passage) within.setEnd(passage, passage.childNodes.length);
    const before = new Range();
    before.setStart(passage, 0);
    before.setEnd(within.startContainer, within.startOffset);
    const raw = within.toString();
    const quote = raw.trim();
    if (!quote) return null;
    const skipped = raw.length - raw.trimStart().length;
    return { part: passage.dataset.passage, start: [...before.toString()].length + skipped, quote, box: within.getBoundingClientRect() };
  }

  if (commentHere) {
    document.addEventListener("selectionchange", () => {
      const found = selected();
      commentHere.hidden = !found;
      if (!found) return;
      const width = commentHere.offsetWidth;
      const left = Math.min(found.box.left, document.documentElement.clientWidth - width - 12);
      commentHere.style.left = `${Math.max(12, left) + window.scrollX}px`;
      commentHere.style.top = `${found.box.bottom + window.scrollY + 8}px`;
    });
    // Before the click takes the selection away.
    commentHere.addEventListener("pointerdown", (event) => event.preventDefault());
    commentHere.addEventListener("click", () => {
      const found = selected();
      if (!found) return;
      document.getSelection().removeAllRanges();
      commentHere.hidden = true;
      const row = add(found.part, found.start, found.quote);
      if (!row) return;
      field(row, "text").focus();
      row.scrollIntoView({ block: "center" });
      remember();
    });
  }

  /* --- Saved comments: by click, or Alt + number ------------------------------------------- */

  let writing = null;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-insertable]")) writing = event.target;
  });

  function insert(text) {
    const into = writing && writing.isConnected ? writing : field(add(), "text");
    const space = into.value && !/\s$/.test(into.value) ? " " : "";
    into.setRangeText(space + text, into.selectionStart, into.selectionEnd, "end");
    into.focus();
    remember();
  }
  const inserts = [...form.querySelectorAll("[data-insert]")];
  inserts.forEach((button) => button.addEventListener("click", () => insert(button.lastElementChild.textContent)));
  document.addEventListener("keydown", (event) => {
    const digit = event.altKey && !event.ctrlKey && !event.metaKey ? /^Digit([1-9])$/.exec(event.code) : null;
    const button = digit && inserts[Number(digit[1]) - 1];
    if (!button) return;
    event.preventDefault();
    insert(button.lastElementChild.textContent);
  });

  /* --- What is not saved yet stays on this device, for this person ------------------------- */

  const KEY = `mot-unsent:${document.body.dataset.person}:mark:${answer}:`;
  const seen = form.elements.namedItem("seen");
  const drop = form.querySelector("[data-drop]");
  let timer = 0;

  function held() {
    const fields = {};
    form.querySelectorAll("input, textarea, select").forEach((one) => {
      if (one.name.startsWith("comment-") || ["seen", "csrfmiddlewaretoken", ""].includes(one.name)) return;
      if (one.type !== "radio" || one.checked) fields[one.name] = one.value;
    });
    const comments = rows().map((row) => ({
      part: field(row, "part").value, start: field(row, "start").value, quote: field(row, "quote").value,
      text: field(row, "text").value, keep: field(row, "keep").checked,
    }));
    return { seen: seen.value, fields, comments };
  }

  function keep() {
    timer = 0;
    try {
      localStorage.setItem(KEY, JSON.stringify(held()));
      status.textContent = form.dataset.keptHere;
      if (drop) drop.hidden = false;
    } catch (error) {
      // No storage in this window: the page itself still holds everything.
    }
  }
  function remember() {
    if (!timer) timer = setTimeout(keep, 400);
  }

  function restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(KEY));
    } catch (error) {
      return;
    }
    if (!kept) return;
    Object.entries(kept.fields).forEach(([name, value]) => {
      const found = form.elements.namedItem(name);
      if (found instanceof RadioNodeList) found.value = value;
      else if (found) found.value = value;
    });
    rows().forEach((row) => row.remove());
    kept.comments.forEach((one) => {
      const row = add(one.part, one.start, one.quote, one.text);
      if (row) field(row, "keep").checked = one.keep;
    });
    // The number of the mark that was seen then: if there is a newer one, saving shows both.
    seen.value = kept.seen;
    status.textContent = form.dataset.restored;
    if (drop) drop.hidden = false;
    count();
  }

  // The page that follows says what was saved; mot.js forgets it, after that this can look.
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
    if (!("kept" in form.dataset)) restore();
    form.addEventListener("input", remember);
    form.addEventListener("change", remember);
  }, 0));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep();  // until the next page says that it is saved
  });
  window.addEventListener("pagehide", () => {
    if (timer) keep();
  });

  /* --- Who else is here --------------------------------------------------------------------- */

  const others = document.querySelector("[data-others]");
  async function announce() {
    if (document.visibilityState === "hidden" || !others) return;
    try {
      const token = form.elements.namedItem("csrfmiddlewaretoken").value;
      const reply = await fetch(form.dataset.here, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" } });
      if (!reply.ok) return;
      const said = await reply.json();
      const texts = [...said.others];
      if (said.seen > Number(seen.value)) texts.push(form.dataset.newer);
      const box = others.querySelector("div");
      if (texts.join("\n") !== [...box.children].map((one) => one.textContent).join("\n")) {
        box.replaceChildren(...texts.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
      }
      others.hidden = !texts.length;
    } catch (error) {
      // No network: nobody can be seen for now.
    }
  }
  announce();
  setInterval(announce, 25000);
  document.addEventListener("visibilitychange", announce);
})();
