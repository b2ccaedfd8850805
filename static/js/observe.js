/* The sheet of an observation: saved after each tap. Without script its buttons do the same. */
(() => {
  "use strict";

  const DELAY = 600;
  const RETRY_AFTER = [1000, 3000, 8000, 15000];

  function setUpObserve(form) {
    const status = form.querySelector("[data-status]");
    const say = status.querySelector("[data-say]");
    const count = status.querySelector("[data-count]");
    let timer = 0;
    let failures = 0;
    let isSending = false;
    let isDirty = false;
    let isStopped = false;

    function tell(state, isBad) {
      say.textContent = status.dataset[state];
      status.classList.toggle("bad", Boolean(isBad));
    }

    function soon(delay) {
      clearTimeout(timer);
      timer = setTimeout(save, delay);
    }

    async function save() {
      if (!isDirty || isStopped) return;
      if (isSending) return; // its reply looks for what came meanwhile
      clearTimeout(timer);
      isSending = true;
      isDirty = false;
      tell("saving");
      let code = 0;
      let answer = {};
      try {
        const response = await fetch(window.location.pathname, {
          method: "POST",
          body: new URLSearchParams(new FormData(form)),
          keepalive: true,
          redirect: "manual",
          headers: { Accept: "application/json" },
        });
        code = response.status;
        answer = await response.json().catch(() => ({}));
      } catch (error) {
        code = 0; // no line: tried again
      }
      isSending = false;
      settle(code, answer);
    }

    function settle(code, answer) {
      if (code === 200 && answer.saved) {
        failures = 0;
        form.elements.version.value = String(answer.version);
        tell("saved");
        if (isDirty) soon(0);
        return;
      }
      isDirty = true;
      if (code === 409) {
        isStopped = true;
        tell(answer.error === "finished" ? "finished" : "newer", true);
      } else if (code === 0 && !navigator.onLine || code === 0 || code >= 500) {
        tell("offline", true);
        soon(RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)]);
        failures += 1;
      } else {
        tell("out", true);
      }
    }

    form.addEventListener("input", (event) => {
      isDirty = true;
      count.textContent = String(form.querySelectorAll("input[type=radio]:checked").length);
      soon(event.target.matches("textarea") ? DELAY * 2 : DELAY);
    });
    // The last tap may still be on its way; the form sends the whole sheet, with its version.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!isSending) {
        isStopped = true;
        return;
      }
      const button = event.submitter;
      event.preventDefault();
      setTimeout(() => form.requestSubmit(button), 150);
    });
    window.addEventListener("online", () => save());
    window.addEventListener("pagehide", () => save());
    window.addEventListener("pageshow", (event) => { if (event.persisted) isStopped = false; });
    window.addEventListener("beforeunload", (event) => {
      if (isDirty && failures && !isStopped) event.preventDefault();
    });
  }

  window.motParts.add("observe", setUpObserve);
})();
