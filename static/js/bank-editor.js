/* A bank's items in order: buttons or Alt+arrows move a row, nothing is saved before "Save". */
(() => {
  "use strict";

  const form = document.getElementById("bank-form");
  const list = form && form.querySelector(".bank-rows");
  if (!list) return;
  const state = document.getElementById("bank-state");
  const rows = () => [...list.children];
  let isChanged = false;

  function changed(words) {
    isChanged = true;
    state.textContent = words || form.dataset.unsaved;
  }

  function renumber() {
    const all = rows();
    all.forEach((row, n) => {
      row.querySelector(".n").textContent = n + 1;
      row.querySelector('[value^="up:"]').disabled = n === 0;
      row.querySelector('[value^="down:"]').disabled = n === all.length - 1;
    });
  }

  function move(row, way, focus) {
    const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (way === "up") other.before(row);
    else other.after(row);
    renumber();
    const target = focus.disabled ? row.querySelector(`[value^="${way === "up" ? "down" : "up"}:"]`) : focus;
    target.focus();
    row.scrollIntoView({ block: "nearest" });
    const words = form.dataset.moved.replace("{what}", row.querySelector("a").textContent.slice(0, 40));
    changed(words.replace("{n}", rows().indexOf(row) + 1).replace("{count}", rows().length));
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    if (!button) return;
    event.preventDefault();
    move(button.closest("li"), button.value.split(":")[0], button);
  });
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    move(event.target.closest("li"), event.key === "ArrowUp" ? "up" : "down", event.target);
  });
  form.addEventListener("input", (event) => {
    const row = event.target.closest("li");
    if (row && event.target.name.startsWith("out-")) row.classList.toggle("leaving", event.target.checked);
    changed();
  });
  form.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
})();
