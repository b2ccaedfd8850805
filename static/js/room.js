/* The printing button; in a trainer's guide, what is on now by the clock of this device. */
(() => {
  "use strict";

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.addEventListener("click", () => window.print());
  });

  const sessions = [...document.querySelectorAll(".session")];
  if (!sessions.length) return;
  const steps = [...document.querySelectorAll(".steps > li")];
  const toNow = document.querySelector("[data-to-now]");
  const word = document.querySelector("[data-now-word]");
  const outline = document.querySelector("[data-outline] details");

  const isNow = (element, minute) => {
    const passed = (minute - Number(element.dataset.from) + 1440) % 1440;
    return passed < Number(element.dataset.minutes);
  };

  function look() {
    const time = new Date();
    const minute = time.getHours() * 60 + time.getMinutes();
    const session = sessions.filter((one) => isNow(one, minute));
    const step = steps.filter((one) => isNow(one, minute));
    sessions.forEach((one) => one.classList.toggle("now", session.includes(one)));
    steps.forEach((one) => {
      one.classList.toggle("now", step.includes(one));
      one.querySelector("[data-now-sign]").hidden = !step.includes(one);
    });
    document.querySelectorAll("[data-outline] a, .strip a").forEach((link) => {
      const is = session.some((one) => link.hash === `#${CSS.escape(one.id)}`);
      if (is) link.setAttribute("aria-current", "time");
      else link.removeAttribute("aria-current");
    });
    toNow.hidden = !session.length;
    word.hidden = !session.length;
    if (session.length) word.querySelector("[data-now-title]").textContent = session[0].dataset.title;
  }

  toNow.addEventListener("click", (event) => {
    event.preventDefault();
    /* On several days the same hour comes again: the day being read is meant. */
    const far = (one) => Math.abs(one.getBoundingClientRect().top);
    const now = [...document.querySelectorAll(".steps > li.now, .session.break.now")];
    const aim = now.sort((a, b) => far(a) - far(b))[0] || document.querySelector(".session.now");
    aim.scrollIntoView({ block: "start" });
    aim.tabIndex = -1;
    aim.focus({ preventScroll: true });
  });

  /* On a phone the list is shut until it is asked for, and shuts again once a session is chosen. */
  const isNarrow = window.matchMedia("(max-width: 56.24rem)");
  if (isNarrow.matches) outline.open = false;
  outline.addEventListener("click", (event) => {
    if (isNarrow.matches && event.target.closest("a")) outline.open = false;
  });

  /* Long lists too, below the width at which they lose their summary; paper shows all. */
  const folds = [...document.querySelectorAll("[data-fold]")];
  const isPhone = window.matchMedia("(max-width: 39.99rem)");
  const fold = () => folds.forEach((one) => { one.open = !isPhone.matches; });
  fold();
  isPhone.addEventListener("change", fold);
  window.addEventListener("beforeprint", () => folds.forEach((one) => { one.open = true; }));

  look();
  setInterval(look, 20000);
})();
