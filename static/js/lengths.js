/* How long a text is, as people count it: Chinese characters, and words of other scripts.
   Counts as quizzes/kinds/lengths.py does.

   <textarea id="x" data-length>, and an element that says it:
   <p data-length-of="x" data-word="{n} of about {to}">…</p>
   May carry data-aim-from, data-aim-to, data-most, and other words for what lies outside:
   data-short, data-long, data-over ("{n}", "{from}", "{to}", "{most}" are filled in). Its class
   becomes good (within the aim), warn (too short or long) or bad (over the most); it is said
   aloud by whatever live region it is, so make it one only where that is wanted.
   window.motLength(text) gives the number. */
(() => {
  "use strict";

  const CHINESE = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g;
  const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

  function lengthOf(text) {
    const characters = (text.match(CHINESE) || []).length;
    return characters + (text.replace(CHINESE, " ").match(WORD) || []).length;
  }
  window.motLength = lengthOf;

  function show(field) {
    const words = document.querySelector(`[data-length-of="${CSS.escape(field.id)}"]`);
    if (!words) return;
    const n = lengthOf(field.value);
    const from = Number(words.dataset.aimFrom) || 0;
    const to = Number(words.dataset.aimTo) || Infinity;
    const most = Number(words.dataset.most) || Infinity;
    const state = n > most ? "over" : n > to ? "long" : n && n < from ? "short" : "word";
    const pattern = words.dataset[state] || words.dataset.word;
    words.textContent = pattern.replace("{n}", n).replace("{from}", from).replace("{to}", to).replace("{most}", most);
    words.classList.toggle("bad", state === "over");
    words.classList.toggle("warn", state === "long" || state === "short");
    words.classList.toggle("good", state === "word" && n > 0 && n >= from && to < Infinity);
  }

  const showAll = (root) => root.querySelectorAll("[data-length]").forEach(show);

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-length]")) show(event.target);
  });
  // Filled by the player: a newer answer, or one that waited on this device.
  document.addEventListener("mot:shown", (event) => showAll(event.target), true);
  document.addEventListener("mot:swapped", (event) => showAll(event.detail.root));
  document.addEventListener("htmx:afterSwap", () => showAll(document));
  showAll(document);
})();
