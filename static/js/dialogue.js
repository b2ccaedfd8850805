/* A conversation, turn by turn: what is tapped is sent by itself, and the part that comes back
   takes the place of the old one. Without this script each button posts the page. */
(() => {
  "use strict";

  const TIMEOUT = 12000;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  function setUp(part) {
    part.addEventListener("click", (event) => {
      const button = event.target.closest("[data-turn]");
      if (!button) return;
      event.preventDefault();
      if (!part.classList.contains("sending")) send(part, button);
    });
  }

  async function send(part, button) {
    const form = button.form;
    const body = new URLSearchParams();
    ["csrfmiddlewaretoken", "revision", "next"].forEach((name) => {
      if (form.elements[name]) body.set(name, form.elements[name].value);
    });
    body.set(button.name, button.value);
    part.classList.add("sending");
    button.setAttribute("aria-busy", "true");
    const abort = new AbortController();
    const timeout = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const response = await fetch(button.formAction, {
        method: "POST", body, signal: abort.signal, redirect: "manual", headers: { "X-Part": "1" },
      });
      if (response.type === "opaqueredirect") return window.location.reload(); // signed out meanwhile
      if (response.headers.get("Location")) return window.location.assign(response.headers.get("Location"));
      if (response.status !== 200 && response.status !== 409) throw new Error(String(response.status));
      return replace(part, await response.text());
    } catch (error) {
      part.classList.remove("sending");
      button.removeAttribute("aria-busy");
      const trouble = part.querySelector("[data-trouble]");
      trouble.textContent = part.dataset.failed;
      trouble.hidden = false;
      return button.focus();
    } finally {
      clearTimeout(timeout);
    }
  }

  // In a quiz the player puts the part in its place; in a lesson the exercise is swapped whole.
  function replace(part, html) {
    const section = part.closest(".question");
    let root = section;
    if (section) {
      document.dispatchEvent(new CustomEvent("mot:replace", { detail: { section, html } }));
    } else {
      const old = part.closest(".exercise");
      const id = old.id;
      old.outerHTML = html;
      root = document.getElementById(id);
      if (window.htmx) window.htmx.process(root);
      document.dispatchEvent(new CustomEvent("mot:swapped", { detail: { root } }));
    }
    lead(root);
  }

  // The eye and the focus go to what the customer says now, with the replies below it in reach.
  function lead(root) {
    const part = root.querySelector(".dialogue");
    const now = root.querySelector("[data-now]");
    const ending = root.querySelector("[data-focus]");
    part.classList.add("arrived");
    (ending || now).focus({ preventScroll: true });
    const dock = document.querySelector(".dock");
    const covered = dock && getComputedStyle(dock).position === "sticky" ? dock.offsetHeight : 0;
    const top = now.getBoundingClientRect().top - 72;
    const bottom = (ending || root.querySelector(".replies") || now).getBoundingClientRect().bottom;
    const below = bottom - (window.innerHeight - covered - 16);
    // All of it where it fits, else from the customer's words on.
    const by = Math.min(top, Math.max(below, Math.min(top, 0)));
    window.scrollBy({ top: by, behavior: calm.matches ? "auto" : "smooth" });
  }

  window.motParts.add("dialogue", setUp);
})();
