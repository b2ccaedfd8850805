/* What every page needs. Loaded in <head> without defer, so that "js" is there before paint. */
document.documentElement.classList.add("js");

(() => {
  "use strict";

  const announce = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

  /* --- Exercises: selects and numbers become things to tap ------------------------------ */

  function setUpOrder(part) {
    const list = part.querySelector("ol");
    const status = part.querySelector("[role=status]");
    const tiles = () => [...list.children];

    function write(moved) {
      tiles().forEach((tile, index) => {
        tile.querySelector("select").selectedIndex = index + 1;
      });
      mark();
      announce(list.querySelector("select"));
      status.textContent = part.dataset.at + (tiles().indexOf(moved) + 1);
    }

    function mark() {
      tiles().forEach((tile, index, all) => {
        tile.querySelector("[data-move=up]").disabled = index === 0;
        tile.querySelector("[data-move=down]").disabled = index === all.length - 1;
      });
    }

    function move(tile, way) {
      const other = way === "up" ? tile.previousElementSibling : tile.nextElementSibling;
      if (!other) return;
      if (way === "up") other.before(tile);
      else other.after(tile);
      write(tile);
    }

    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (!button) return;
      move(button.closest("li"), button.dataset.move);
      (button.disabled ? button.closest("li").querySelector("[data-move]:not(:disabled)") : button).focus();
    });
    list.addEventListener("keydown", (event) => {
      const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
      const tile = event.target.closest("li");
      if (!way || !tile || event.target.matches("select")) return;
      event.preventDefault();
      const focused = event.target;
      move(tile, way);
      if (!focused.disabled) focused.focus();
      else tile.querySelector("[data-move]:not(:disabled)").focus();
    });
    part.addEventListener("mot:shown", () => {
      const number = (tile) => tile.querySelector("select").selectedIndex || 99;
      tiles().sort((a, b) => number(a) - number(b)).forEach((tile) => list.append(tile));
      mark();
    });
    mark();
  }

  function setUpMatch(part) {
    const cards = [...part.querySelectorAll("[data-card]")];
    const pairs = [...part.querySelectorAll(".pair")];
    const status = part.querySelector("[role=status]");
    let picked = null;

    function show() {
      const used = new Set();
      pairs.forEach((pair) => {
        const value = pair.querySelector("select").value;
        const place = pair.querySelector(".place");
        const card = cards.find((one) => one.dataset.card === value);
        place.replaceChildren();
        place.classList.toggle("filled", Boolean(card));
        if (card) {
          used.add(value);
          [...card.children].forEach((child) => place.append(child.cloneNode(true)));
          const away = document.createElement("span");
          away.className = "sr";
          away.textContent = part.dataset.away;
          place.prepend(away);
        } else {
          place.textContent = part.dataset.here;
        }
      });
      cards.forEach((card) => {
        card.classList.toggle("used", used.has(card.dataset.card));
        card.setAttribute("aria-pressed", String(card === picked));
      });
      part.classList.toggle("picking", Boolean(picked));
    }

    function put(pair, value) {
      pairs.forEach((other) => {
        const select = other.querySelector("select");
        if (value && select.value === value) select.value = "";
      });
      const select = pair.querySelector("select");
      select.value = value;
      const card = cards.find((one) => one.dataset.card === value);
      status.textContent = card ? card.textContent + " → " + pair.querySelector(".left").textContent : "";
      picked = null;
      show();
      announce(select);
    }

    part.addEventListener("click", (event) => {
      const card = event.target.closest("[data-card]");
      const place = event.target.closest(".place");
      if (card) {
        picked = picked === card ? null : card;
        show();
      } else if (place) {
        const pair = place.closest(".pair");
        if (picked) put(pair, picked.dataset.card);
        else if (place.classList.contains("filled")) put(pair, "");
        else cards[0].focus();
      }
    });
    part.addEventListener("keydown", (event) => {
      const digit = Number(event.key);
      if (picked && digit >= 1 && digit <= pairs.length) put(pairs[digit - 1], picked.dataset.card);
      else if (event.key === "Escape" && picked) {
        picked = null;
        show();
      }
    });
    part.addEventListener("mot:shown", show);
    show();
  }

  function setUpShares(part) {
    const inputs = [...part.querySelectorAll("input[type=number]")];
    const sum = part.querySelector(".sum");
    const numberOf = (input) => Math.min(100, Math.max(0, Math.round(Number(input.value) || 0)));

    function show() {
      const left = 100 - inputs.reduce((total, input) => total + numberOf(input), 0);
      inputs.forEach((input) => {
        input.closest("li").querySelector("progress").value = numberOf(input);
      });
      sum.classList.toggle("good", left === 0);
      sum.classList.toggle("bad", left < 0);
      const bold = document.createElement("b");
      bold.textContent = Math.abs(left) + "%";
      const words = left === 0 ? sum.dataset.done : left < 0 ? sum.dataset.over : sum.dataset.left;
      sum.replaceChildren(words, ...(left === 0 ? [] : [bold]));
    }

    part.addEventListener("click", (event) => {
      const button = event.target.closest("[data-by]");
      if (!button) return;
      const input = button.closest("li").querySelector("input");
      const others = inputs.reduce((total, one) => total + (one === input ? 0 : numberOf(one)), 0);
      const wanted = numberOf(input) + Number(button.dataset.by);
      input.value = String(Math.max(0, Math.min(wanted, 100 - others)));
      announce(input);
    });
    part.addEventListener("input", show);
    part.addEventListener("mot:shown", show);
    show();
  }

  // Scripts of single kinds add theirs: window.motParts.add("moments", setUpMoments).
  const PARTS = { order: setUpOrder, match: setUpMatch, shares: setUpShares };
  window.motParts = {
    add(name, setUp) {
      PARTS[name] = setUp;
      setUpParts(document);
    },
  };

  function setUpParts(root) {
    root.querySelectorAll("[data-part]").forEach((part) => {
      if (part.dataset.ready) return;
      const setUp = PARTS[part.dataset.part];
      if (!setUp) return; // its script is still to come, and sets it up itself
      part.dataset.ready = "1";
      setUp(part);
    });
  }

  /* T and F, 1 to 9: only while the focus is inside the question, so that nobody who speaks
     or types elsewhere answers by accident (WCAG 2.1.4). */
  function answerByKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input[type=number], input[type=text], textarea, select")) return;
    let group = event.target.closest("[data-keys]");
    if (!group) {
      const question = event.target.closest(".question, .exercise");
      const groups = question ? question.querySelectorAll("[data-keys]") : [];
      group = groups.length === 1 ? groups[0] : null;
    }
    if (!group) return;
    const inputs = [...group.querySelectorAll("input:not(:disabled)")];
    const key = event.key.toLowerCase();
    let index = Number(key) - 1;
    if (group.dataset.keys === "tf" && (key === "t" || key === "f")) index = key === "t" ? 0 : 1;
    const input = inputs[index];
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.click();
  }

  /* --- Lessons: where was I, previous and next by arrow keys ----------------------------- */

  function followReading(main) {
    const blocks = [...document.querySelectorAll("[data-block]")].filter((one) => one !== main);
    let furthest = Number(main.dataset.block) || 0;
    let told = furthest;
    let timer = 0;

    function tell() {
      timer = 0;
      if (furthest === told) return;
      told = furthest;
      const body = new URLSearchParams({ block: String(told), csrfmiddlewaretoken: main.dataset.csrf });
      fetch(main.dataset.seenUrl, { method: "POST", body, keepalive: true }).catch(() => {});
    }

    const seen = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
        furthest = Math.max(furthest, Number(entry.target.dataset.block));
      });
      // At most one request in twenty seconds, and one when the page is left.
      if (furthest !== told && !timer) timer = setTimeout(tell, 20000);
    }, { rootMargin: "0px 0px -35% 0px" });
    blocks.forEach((block) => seen.observe(block));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") tell();
    });

    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, select, textarea, button, .exercise, summary") || event.altKey || event.ctrlKey || event.metaKey) return;
      const which = { ArrowLeft: ".dock [data-key=previous]", ArrowRight: ".dock [data-key=next]" }[event.key];
      const target = which && document.querySelector(which);
      if (target) target.click();
    });
  }

  /* --- Unsent answers belong to one person: nobody else's stay on this device ------------- */

  const UNSENT = "mot-unsent:";

  function forgetUnsent(keep, only = "") {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith(UNSENT + only) && !(keep && key.startsWith(UNSENT + keep + ":")))
        .forEach((key) => localStorage.removeItem(key));
    } catch (error) {
      // Private windows may refuse storage; then there is nothing to forget.
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    setUpParts(document);
    document.addEventListener("keydown", answerByKey);
    const main = document.querySelector("main[data-seen-url]");
    if (main) followReading(main);
    const person = document.body.dataset.person;
    if (person) forgetUnsent(person);
    const submitted = document.querySelector("[data-forget]");
    if (submitted) forgetUnsent("", submitted.dataset.forget);
    document.querySelectorAll("form.sign-out").forEach((form) => {
      form.addEventListener("submit", () => forgetUnsent(""));
    });
    // A double click sends a form once. (pageshow: coming back finds the buttons alive.)
    document.addEventListener("submit", (event) => {
      if (event.defaultPrevented || event.target.matches("[hx-post]")) return;
      if (event.target.dataset.sent) event.preventDefault();
      event.target.dataset.sent = "1";
    });
    window.addEventListener("pageshow", () => {
      document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    });
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("main details").forEach((one) => { one.open = true; });
  });
  document.addEventListener("mot:swapped", (event) => setUpParts(event.detail.root));
  document.addEventListener("htmx:afterSwap", (event) => {
    setUpParts(event.detail.elt.parentNode || document);
  });
  // Only when htmx has made the new part its own: an Enter before that would load a whole page.
  document.addEventListener("htmx:afterSettle", (event) => {
    const root = document.getElementById(event.detail.elt.id);
    const focus = root?.querySelector("[data-focus]") || root?.querySelector("legend");
    if (!focus) return;
    focus.focus({ preventScroll: true });
    focus.scrollIntoView({ block: "nearest" }); // a long exercise shows its verdict at its top
  });
})();
