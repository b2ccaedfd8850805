/* Marking a conversation: tap a line, say whether it wins or costs trust.

   The server's fields (radios, selects, a text for why) stay the truth: every change is written to
   them and announced as `input`, so the player saves it like any other answer. Where there is room
   the panel stands in the margin; else it is a sheet at the bottom of the screen. */
(() => {
  "use strict";

  const field = (spot, name) => spot.element.querySelector(`[name*="-${name}-"]`);
  const radio = (spot, value) => spot.element.querySelector(`[name*="-mark-"][value="${value}"]`);

  function setUpMoments(part) {
    const count = part.querySelector(".marked-count");
    const margin = part.querySelector(".margin");
    const prototypes = part.querySelector("[data-chips]").content;
    const dialog = makeDialog(part.querySelector("[data-sheet]").content, margin);
    const quote = dialog.querySelector(".quote");
    const why = dialog.querySelector("input[data-why]");
    const later = [...dialog.querySelectorAll("[data-later]")];
    const asksStep = part.dataset.ask !== "polarity";
    const spots = [...part.querySelectorAll("[data-spot]")].map(makeButton);
    let open = null; // the spot whose panel is open

    /* --- what is marked ---------------------------------------------------------------------- */

    function read(spot) {
      const chosen = spot.element.querySelector('[name*="-mark-"]:checked');
      return {
        polarity: chosen ? chosen.value : "",
        step: field(spot, "step")?.value || "",
        action: field(spot, "action")?.value || "",
        why: field(spot, "why").value,
      };
    }

    function write(spot, name, value) {
      let control = field(spot, name);
      if (name === "mark") {
        control = radio(spot, value);
        control.checked = true;
        if (!value) ["step", "action", "why"].forEach((other) => { if (field(spot, other)) field(spot, other).value = ""; });
      } else {
        control.value = value;
      }
      show(spot);
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function chip(name, text) {
      const copy = prototypes.querySelector(`[data-chip="${name}"]`).cloneNode(true);
      if (text) copy.querySelector("[data-text]").textContent = text;
      return copy;
    }

    function show(spot) {
      const mark = read(spot);
      spot.element.classList.toggle("good", mark.polarity === "good");
      spot.element.classList.toggle("bad", mark.polarity === "bad");
      const chips = [];
      if (mark.polarity) {
        chips.push(chip(mark.polarity));
        if (asksStep) chips.push(chip(mark.step || "no-step"));
        if (mark.action) chips.push(chip(mark.action));
        if (mark.why) chips.push(chip("why", mark.why));
      }
      spot.chips.replaceChildren(...chips);
      spot.chips.hidden = chips.length === 0;
      const marked = spots.filter((one) => one.element.matches(".good, .bad")).length;
      const words = marked === 1 ? count.dataset.one : marked ? count.dataset.many.replace("{n}", marked) : count.dataset.none;
      if (count.textContent !== words) count.textContent = words;
      if (open === spot) showPanel();
    }

    /* --- the lines ----------------------------------------------------------------------------- */

    function makeButton(element) {
      const words = element.querySelector(".words");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "piece";
      let who = element.closest(".line").querySelector(":scope > .who"); // in the first piece
      if (!who) {
        who = document.createElement("span");
        who.className = "sr";
        who.textContent = element.dataset.who + ": ";
      }
      const said = document.createElement("span");
      said.className = "words";
      said.textContent = words.textContent;
      const chips = document.createElement("span");
      chips.className = "chips";
      button.append(who, said, chips);
      button.setAttribute("aria-haspopup", "dialog");
      words.replaceWith(button);
      return { element, button, chips, text: said.textContent };
    }

    const spotOf = (target) => spots.find((one) => one.button === target.closest(".piece"));

    function move(spot, by) {
      const next = spots[spots.indexOf(spot) + by];
      if (next) next.button.focus();
    }

    /* --- the panel ----------------------------------------------------------------------------- */

    function makeDialog(content, home) {
      const made = document.createElement("dialog");
      made.className = "sheet";
      made.append(content.cloneNode(true));
      made.setAttribute("aria-labelledby", made.querySelector(".quote").id);
      home.append(made);
      return made;
    }

    const isSheet = () => getComputedStyle(dialog).position === "fixed";

    function showPanel() {
      const mark = read(open);
      quote.textContent = open.text;
      dialog.querySelectorAll("[data-polarity]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.polarity === mark.polarity)));
      dialog.querySelectorAll("[data-step]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.step === mark.step)));
      dialog.querySelectorAll("[data-action]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.action === mark.action)));
      later.forEach((one) => { one.hidden = !mark.polarity; });
      why.hidden = !mark.polarity;
      dialog.querySelector(".away").hidden = !mark.polarity;
      if (document.activeElement !== why) why.value = mark.why;
    }

    function openPanel(spot) {
      if (open) open.button.classList.remove("now");
      open = spot;
      spot.button.classList.add("now");
      showPanel();
      margin.classList.add("open");
      part.classList.add("marking-now");
      if (!dialog.open) {
        if (isSheet()) dialog.showModal();
        else dialog.show();
      }
      const pressed = dialog.querySelector('[data-polarity][aria-pressed="true"]') || dialog.querySelector("[data-polarity]");
      pressed.focus({ preventScroll: true });
      if (isSheet()) keepInSight(spot.element);
    }

    // The line that is being marked stays visible above the sheet.
    function keepInSight(element) {
      const room = window.innerHeight - dialog.offsetHeight;
      const box = element.getBoundingClientRect();
      const top = Math.max(72, part.querySelector(".marked-so-far").getBoundingClientRect().bottom + 8);
      if (box.bottom > room - 12 || box.top < top) {
        window.scrollBy({ top: Math.min(box.bottom - room + 24, box.top - top), behavior: "auto" });
      }
    }

    function closePanel() {
      const spot = open;
      open = null;
      if (dialog.open) dialog.close();
      margin.classList.remove("open");
      part.classList.remove("marking-now");
      if (!spot) return;
      spot.button.classList.remove("now");
      spot.button.focus({ preventScroll: true });
      spot.button.scrollIntoView({ block: "nearest" });
    }

    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      closePanel();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog && isSheet()) {
        closePanel();
        const under = document.elementFromPoint(event.clientX, event.clientY);
        const spot = under && spotOf(under);
        if (spot) openPanel(spot);
        return;
      }
      const button = event.target.closest("button");
      if (!button || !open) return;
      const { polarity, step, action } = button.dataset;
      if (polarity) write(open, "mark", polarity);
      else if (step) write(open, "step", button.getAttribute("aria-pressed") === "true" ? "" : step);
      else if (action) write(open, "action", button.getAttribute("aria-pressed") === "true" ? "" : action);
      else if ("away" in button.dataset) {
        write(open, "mark", "");
        closePanel();
      } else closePanel();
      if (polarity && open && isSheet()) keepInSight(open.element); // the sheet has grown
    });
    why.addEventListener("input", (event) => {
      event.stopPropagation();
      if (open) write(open, "why", why.value);
    });

    /* --- keys ------------------------------------------------------------------------------------ */

    function mark(spot, key) {
      if (key === "g" || key === "b") {
        write(spot, "mark", key === "g" ? "good" : "bad");
        return true;
      }
      if (asksStep && /^[1-5]$/.test(key) && read(spot).polarity) {
        write(spot, "step", field(spot, "step").options[Number(key)].value);
        return true;
      }
      return false;
    }

    part.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const inPanel = dialog.contains(event.target);
      if (inPanel) {
        event.stopPropagation(); // the player has keys of its own
        if (key === "Escape") {
          event.preventDefault();
          closePanel();
        } else if (event.target === why) {
          if (key === "Enter" && !event.isComposing) {
            event.preventDefault();
            closePanel();
          }
        } else if (open && mark(open, key)) event.preventDefault();
        return;
      }
      const spot = spotOf(event.target);
      if (!spot) return;
      if (key === "ArrowDown" || key === "ArrowUp") move(spot, key === "ArrowDown" ? 1 : -1);
      else if ((key === "Delete" || key === "Backspace") && read(spot).polarity) write(spot, "mark", "");
      else if (!mark(spot, key)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    part.addEventListener("click", (event) => {
      const spot = spotOf(event.target);
      if (spot) openPanel(spot);
    });
    part.addEventListener("mot:shown", () => spots.forEach(show));
    // What is not marked need not travel: a server takes only so many fields.
    part.form.addEventListener("formdata", (event) => {
      [...part.elements].forEach((one) => {
        if (one.name && event.formData.get(one.name) === "") event.formData.delete(one.name);
      });
    });
    spots.forEach(show);
  }

  window.motParts.add("moments", setUpMoments);
})();
