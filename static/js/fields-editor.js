/* An editor that is a form: each field saves itself through the shell (editor.js), the preview
   follows. For exercises and lessons; the form is #fields, the preview #preview. */
(() => {
  "use strict";

  const root = document.getElementById("editor");
  const form = document.getElementById("fields");
  if (!root || !form || !window.motEditor) return;
  const OWN = new Set(["csrfmiddlewaretoken", "seen"]);

  const controls = (name) => [...form.elements].filter((one) => one.name === name);
  const names = [...new Set([...form.elements].map((one) => one.name).filter((name) => name && !OWN.has(name)))];

  function valueOf(name) {
    const all = controls(name);
    if (all[0].type === "radio" || all[0].type === "checkbox") {
      return all.filter((one) => one.checked).map((one) => one.value).join(" ");
    }
    return all[0].value;
  }

  function fill(name, value) {
    const all = controls(name);
    if (!all.length) return;
    if (all[0].type === "radio" || all[0].type === "checkbox") {
      const wanted = value.split(" ");
      all.forEach((one) => { one.checked = wanted.includes(one.value); });
    } else {
      all[0].value = value;
    }
  }

  // The preview, in the language that was chosen for it.
  const preview = document.getElementById("preview");
  let language = root.dataset.language;
  let asked = 0;
  async function show() {
    asked += 1;
    const mine = asked;
    try {
      const response = await fetch(`${root.dataset.base}preview/?language=${language}`, { headers: { "X-Part": "1" }, redirect: "manual" });
      if (response.status !== 200) return;
      const html = await response.text();
      if (mine !== asked) return;
      preview.innerHTML = html;
      preview.lang = language === "en" ? "en" : "zh-Hans";
      document.dispatchEvent(new CustomEvent("mot:swapped", { detail: { root: preview } }));
    } catch (error) {
      // The preview waits for the next save.
    }
  }

  const editor = window.motEditor.start({
    root,
    base: () => Object.fromEntries(names.map((name) => [name, valueOf(name)])),
    replay: (operations) => operations.forEach((one) => fill(one.field, one.value)),
    saved: show,
    merge: (waiting, operation) => {
      const found = waiting.find((one) => one.field === operation.field);
      if (found) found.value = operation.value;
      return Boolean(found);
    },
  });

  form.addEventListener("input", (event) => {
    const { name } = event.target;
    if (name && !OWN.has(name)) editor.push({ field: name, value: valueOf(name) });
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); editor.flush(); });

  document.querySelectorAll("[data-preview-language]").forEach((button) => {
    button.addEventListener("click", () => {
      language = button.dataset.previewLanguage;
      document.querySelectorAll("[data-preview-language]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
      show();
    });
  });
  document.querySelectorAll("[data-show]").forEach((button) => {
    button.addEventListener("click", async () => {
      const reads = button.dataset.show === "read";
      document.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
      root.classList.toggle("reading", reads);
      if (reads) { await editor.flush(); show(); }
    });
  });

  // Rows that nobody needs yet stay out of the way.
  const more = form.querySelector("[data-more]");
  const spare = [...form.querySelectorAll("[data-spare]")];
  spare.forEach((one) => { one.hidden = true; });
  if (more) {
    more.hidden = !spare.length;
    more.addEventListener("click", () => {
      const next = spare.shift();
      if (!next) return;
      next.hidden = false;
      next.querySelector("textarea").focus();
      more.hidden = !spare.length;
    });
  }

})();
