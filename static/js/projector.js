/* Slides one at a time. Without this script they stand below each other. */
(() => {
  "use strict";

  const deck = document.querySelector("[data-deck]");
  const slides = [...deck.querySelectorAll(".slide")];
  const part = (name) => deck.querySelector(`[data-${name}]`);
  const button = (name) => deck.querySelector(`[data-do=${name}]`);
  const panel = part("notes");
  const black = part("black");
  const help = part("help");
  const contents = part("contents");
  const isSpeaker = document.body.classList.contains("speaker");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`slides:${location.pathname}`) : null;
  let at = 0;
  let shown = 0; // so many lines of the slide are shown

  const steps = (slide) => ("stepped" in slide.dataset ? [...slide.querySelectorAll("[data-step]")] : []);

  function fromAddress() {
    const number = Number(location.hash.replace(/^#s/, ""));
    return Number.isInteger(number) && number >= 1 && number <= slides.length ? number - 1 : 0;
  }

  /* Drawings fill the room there is, but their letters never get too small for the back row. */
  function fit(slide) {
    const stage = slide.querySelector(".stage");
    slide.querySelectorAll(".wall > svg").forEach((svg) => {
      const box = svg.viewBox.baseVal;
      if (!box || !box.width) return;
      svg.style.width = "10px";
      slide.classList.toggle("tall", box.height > box.width * 0.62 && stage.clientWidth > stage.clientHeight * 1.3);
      const style = getComputedStyle(stage);
      const wide = svg.parentElement.clientWidth;
      const top = svg.parentElement.getBoundingClientRect().top - stage.getBoundingClientRect().top + stage.scrollTop;
      const beside = [...svg.parentElement.children].reduce((sum, one) => sum + (one === svg ? 0 : one.offsetHeight || 0), 0);
      const high = stage.clientHeight - beside - (slide.classList.contains("tall") ? parseFloat(style.paddingTop) : top) - parseFloat(style.paddingBottom);
      const least = Math.min(window.innerWidth * 0.00148, window.innerHeight * 0.00263) * box.width;
      const whole = (high * box.width) / box.height;
      // A little smaller is better than half a drawing; much smaller is not.
      svg.style.width = `${Math.min(whole > 0.78 * least ? whole : least, wide)}px`;
    });
    slide.classList.remove("snug");
    slide.classList.toggle("snug", stage.scrollHeight - stage.clientHeight > 4 && !slide.querySelector(".wall > svg"));
    more(slide);
  }

  function more(slide) {
    const stage = slide.querySelector(".stage");
    const below = stage.scrollHeight - stage.clientHeight - stage.scrollTop > 4;
    slide.classList.toggle("has-more", below);
    return below;
  }

  function show(number, lines, { quiet = false } = {}) {
    at = Math.max(0, Math.min(slides.length - 1, number));
    const slide = slides[at];
    slides.forEach((one) => one.classList.toggle("now", one === slide));
    const all = steps(slide);
    shown = Math.max(0, Math.min(all.length, lines));
    all.forEach((one, n) => one.classList.toggle("shown", n < shown));
    part("at").textContent = `${at + 1} / ${slides.length}`;
    button("previous").disabled = at === 0 && shown === 0;
    button("next").disabled = at === slides.length - 1 && shown === all.length;
    part("status").textContent = deck.dataset.said
      .replace("{n}", at + 1).replace("{count}", slides.length).replace("{title}", slide.dataset.title);
    const notes = slide.querySelector(".speaker-notes");
    const text = part("notes-text");
    text.replaceChildren(...(notes ? [...notes.children].map((one) => one.cloneNode(true)) : []));
    text.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
    if (!notes) text.textContent = deck.dataset.nothing;
    const following = slides[at + 1];
    part("following-box").hidden = !following;
    part("following").textContent = following ? following.dataset.title : "";
    history.replaceState(null, "", `#s${at + 1}`);
    fit(slide);
    if (!quiet && channel) channel.postMessage({ at, shown });
  }

  function go(way) {
    if (!black.hidden) return darken(false);
    const slide = slides[at];
    const stage = slide.querySelector(".stage");
    const all = steps(slide);
    if (way > 0) {
      if (shown < all.length) {
        show(at, shown + 1);
        all[shown - 1].scrollIntoView({ block: "nearest" });
        return undefined;
      }
      if (more(slide)) {
        stage.scrollBy({ top: stage.clientHeight * 0.8 });
        setTimeout(() => more(slide), 400);
        return undefined;
      }
      if (at < slides.length - 1) {
        show(at + 1, 0);
        slides[at].querySelector(".stage").scrollTop = 0;
        more(slides[at]);
      }
      return undefined;
    }
    if (shown > 0 && all.length) show(at, shown - 1);
    else if (at > 0) show(at - 1, 999);
    return undefined;
  }

  function darken(yes) {
    black.hidden = !yes;
    if (yes) black.querySelector("button").focus();
    else if (black.contains(document.activeElement)) slides[at].focus({ preventScroll: true });
  }

  function annotate(yes) {
    panel.hidden = !yes;
    document.body.classList.toggle("with-notes", yes);
    button("notes").setAttribute("aria-pressed", String(yes));
    fit(slides[at]);
  }

  function fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
  }

  const deeds = {
    next: () => go(1),
    previous: () => go(-1),
    first: () => show(0, 0),
    last: () => show(slides.length - 1, 0),
    notes: () => annotate(panel.hidden),
    black: () => darken(black.hidden),
    full: fill,
    help: () => (help.open ? help.close() : help.showModal()),
    contents: () => (contents.open ? contents.close() : contents.showModal()),
  };
  const keys = {
    ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", Enter: "next",
    ArrowLeft: "previous", ArrowUp: "previous", PageUp: "previous", Backspace: "previous",
    Home: "first", End: "last", f: "full", n: "notes", b: "black", ".": "black", c: "contents", "?": "help",
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const deed = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const on = event.target.closest("button, a, summary, input, select");
    if (!deed || (on && (event.key === " " || event.key === "Enter"))) return;
    if ((help.open && deed !== "help") || (contents.open && deed !== "contents")) return;
    event.preventDefault();
    if (!black.hidden && deed !== "black") darken(false);
    else deeds[deed]();
  });

  deck.addEventListener("click", (event) => {
    const control = event.target.closest("[data-do]");
    if (control) return deeds[control.dataset.do]();
    if (event.target.closest("[data-black]")) return darken(false);
    const link = event.target.closest("[data-contents] a");
    if (link) {
      event.preventDefault();
      contents.close();
      show(Number(link.hash.slice(2)) - 1, 0);
      slides[at].focus({ preventScroll: true });
      return undefined;
    }
    if (event.target.closest("a, button, summary, input, dialog, .bar, .notes-panel, .scroll") || String(getSelection())) return undefined;
    return go(event.clientX < window.innerWidth / 3 ? -1 : 1);
  });

  let touch = null;
  deck.addEventListener("touchstart", (event) => {
    touch = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  deck.addEventListener("touchend", (event) => {
    const end = event.changedTouches[0];
    if (!touch || help.open || contents.open) return;
    const [dx, dy] = [end.clientX - touch.clientX, end.clientY - touch.clientY];
    if (Math.abs(dx) > 50 && Math.abs(dx) > 2 * Math.abs(dy)) go(dx < 0 ? 1 : -1);
  }, { passive: true });

  slides.forEach((slide) => slide.querySelector(".stage").addEventListener("scroll", () => more(slide), { passive: true }));
  window.addEventListener("resize", () => fit(slides[at]));
  window.addEventListener("hashchange", () => {
    if (fromAddress() !== at) show(fromAddress(), 0);
  });
  window.addEventListener("load", () => fit(slides[at]));

  if (channel) {
    channel.addEventListener("message", ({ data }) => {
      if (data.asks) channel.postMessage({ at, shown });
      else if (data.at !== at || data.shown !== shown) show(data.at, data.shown, { quiet: true });
    });
  }
  /* The way to the second window keeps the slide. */
  const second = part("second");
  if (second) second.addEventListener("click", () => (second.href = `?view=notes#s${at + 1}`));

  document.documentElement.classList.add("showing");
  show(fromAddress(), 0, { quiet: true });
  if (isSpeaker) {
    annotate(true);
    const clock = part("clock");
    const begun = Date.now();
    const two = (n) => String(n).padStart(2, "0");
    const tick = () => {
      const time = new Date();
      const passed = Math.floor((Date.now() - begun) / 1000);
      clock.textContent = `${two(time.getHours())}:${two(time.getMinutes())} · ${two(Math.floor(passed / 60))}:${two(passed % 60)}`;
    };
    tick();
    setInterval(tick, 1000);
    if (channel) channel.postMessage({ asks: true });
  }
})();
