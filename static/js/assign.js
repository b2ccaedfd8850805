/* Assigning: steps that fold, things to search, people ticked in bulk, a preview that follows. */
(() => {
  "use strict";

  const ask = (form) => window.htmx && window.htmx.trigger(form, "preview");

  /* The five steps: one open at a time at first; a choice says itself in the head (the server's words). */
  function setUpAssign(form) {
    const steps = [...form.querySelectorAll(".assign-step")];
    const isRefused = document.querySelector("[data-errors]");
    if (!isRefused) steps.forEach((step, index) => { step.open = index === 0; });
    form.addEventListener("change", (event) => {
      const step = event.target.closest(".assign-step");
      if (!step || event.target.name !== "what") return;
      const next = steps[steps.indexOf(step) + 1];
      if (next && !event.target.value.startsWith("course:")) next.open = true;
      else if (next) next.open = true;
    });

    const found = form.querySelector("#found");
    const chosen = form.querySelector("#chosen-people");
    found?.addEventListener("change", (event) => {
      // Who is ticked moves up to the chosen ones, so that the next search does not lose them.
      const tick = event.target.closest(".tick");
      if (tick && event.target.checked) {
        chosen.append(tick);
        event.target.focus();
      }
    });
    form.querySelector("[data-narrow]")?.addEventListener("input", (event) => narrow(form, event.target.value));
    form.addEventListener("keydown", (event) => {
      // Enter in a search field searches; it does not assign to a whole region.
      if (event.key === "Enter" && event.target.matches("input[type=search]")) event.preventDefault();
    });
    document.addEventListener("change", (event) => {
      if (event.target.id === "who") ask(form);
    });
    if (form.querySelector("[name=what]:checked")) setTimeout(() => ask(form), 50);
  }

  function narrow(form, words) {
    const wanted = words.trim().toLowerCase();
    form.querySelectorAll(".things-of").forEach((group) => {
      let count = 0;
      group.querySelectorAll(".option").forEach((option) => {
        const is = !wanted || option.textContent.toLowerCase().includes(wanted);
        option.hidden = !is;
        count += is;
      });
      group.hidden = Boolean(wanted) && !count;
      if (wanted) {
        group.removeAttribute("name"); // several groups may show what they found
        group.open = count > 0;
      }
    });
  }

  /* Ticks: all of this page, and how many. */
  function setUpBulk(form) {
    const boxes = () => [...form.querySelectorAll("[name=picked]:not(:disabled)")];
    const all = form.querySelector("[data-all]");
    const count = form.querySelector("[data-count]");
    const deeds = form.querySelector(".deeds");

    function show() {
      const ticked = boxes().filter((box) => box.checked).length;
      if (all) {
        all.checked = ticked > 0 && ticked === boxes().length;
        all.indeterminate = ticked > 0 && ticked < boxes().length;
      }
      if (count) {
        count.hidden = !ticked;
        count.textContent = ticked;
      }
      if (deeds && ticked) deeds.open = true;
    }

    form.addEventListener("change", (event) => {
      if (event.target === all) boxes().forEach((box) => { box.checked = all.checked; });
      show();
    });
    show();
  }

  /* A plan: rows are added, moved and removed in place; saving loads the page. */
  function setUpPlan(form) {
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=act]");
      if (!button || button.value === "save" || !window.htmx) return;
      event.preventDefault();
      const values = Object.fromEntries([["act", button.value]]);
      window.htmx.ajax("POST", form.dataset.here, { source: form, target: "#plan-form", swap: "outerHTML", values });
    });
  }

  window.motParts.add("assign", setUpAssign);
  window.motParts.add("bulk", setUpBulk);
  window.motParts.add("plan", setUpPlan);
  window.motParts.add("when", () => {});

  // A form that htmx watches is still sent as a whole when its button is pressed.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.triggeringEvent?.type === "submit") event.preventDefault();
  });
})();
