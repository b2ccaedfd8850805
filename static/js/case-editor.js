/* The case editor: the document in memory, its lines as a light list, one line open at a time.

   Every change is an operation (cases/editing.py knows the same ones): applied here at once, sent
   by editor.js. Structural changes can be undone. */
(() => {
  "use strict";

  const root = document.getElementById("editor");
  if (!root) return;
  const doc = JSON.parse(document.getElementById("document").textContent);
  const language = root.dataset.language;
  const other = language === "en" ? "zh" : "en";
  const pieces = document.getElementById("pieces").content;
  const STEPS = ["set-the-tone", "diagnose", "solve", "summarise", "follow-up"];
  const undos = [];
  let editor = null;
  let open = null; // id of the line whose fields are shown

  if (!doc.scenes || !doc.scenes.length) doc.scenes = [{ id: "s1", lines: [] }];
  doc.scenes.forEach((scene) => { scene.lines = scene.lines || []; });

  /* --- the document --------------------------------------------------------------------- */

  const clone = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
  const home = new Map(); // id of a line -> its scene
  const byId = new Map();
  const index = () => {
    home.clear();
    byId.clear();
    doc.scenes.forEach((scene) => scene.lines.forEach((line) => { home.set(line.id, scene); byId.set(line.id, line); }));
  };
  const sceneOf = (id) => doc.scenes.find((scene) => scene.id === id);
  const roleOf = (line) => (doc.roles || []).find((role) => role.id === line.who);
  const isCustomer = (line) => (roleOf(line) || {}).side === "customer";
  const said = (line, lang) => (line.phrases ? line.phrases.map((one) => one.text[lang] || "").join(lang === "zh" ? "" : " ") : (line.text || {})[lang] || "");
  const nameOf = (role) => (role && role.name && (role.name[language] || role.name[other])) || "？";
  const placeOf = (id) => { const scene = home.get(id); return { scene, at: scene.lines.indexOf(byId.get(id)) }; };
  const before = (id) => { const { scene, at } = placeOf(id); return at > 0 ? scene.lines[at - 1].id : ""; };

  function newId(word) {
    const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    return word + [...crypto.getRandomValues(new Uint8Array(8))].map((n) => letters[n % 36]).join("");
  }

  function insert(line, sceneId, after) {
    const scene = sceneOf(sceneId);
    const at = after ? scene.lines.findIndex((one) => one.id === after) : -1;
    scene.lines.splice(after && at < 0 ? scene.lines.length : at + 1, 0, line);
    home.set(line.id, scene);
    byId.set(line.id, line);
  }

  function take(id) {
    const { scene, at } = placeOf(id);
    home.delete(id);
    byId.delete(id);
    return scene.lines.splice(at, 1)[0];
  }

  function apply(one) {
    if (one.op === "text") doc[one.field] = { ...doc[one.field], [one.language]: one.value };
    else if (one.op === "industry" || one.op === "steps" || one.op === "roles" || one.op === "analysis") doc[one.op] = one.value;
    else if (one.op === "scene") {
      let scene = sceneOf(one.id);
      if (!scene) doc.scenes.push(scene = { id: one.id, lines: [] });
      Object.assign(scene, { title: one.title, version: one.version });
    } else if (one.op === "drop_scene") doc.scenes = doc.scenes.filter((scene) => scene.id !== one.id || scene.lines.length);
    else if (one.op === "line") {
      const line = byId.get(one.line.id);
      if (!line) {
        if (!sceneOf(one.scene)) doc.scenes.push({ id: one.scene, lines: [] });
        insert(clone(one.line), one.scene, one.after);
      } else {
        one.keys.forEach((key) => {
          if (key === "zh" || key === "en") { if (!line.phrases) line.text = { ...line.text, [key]: (one.line.text || {})[key] || "" }; }
          else if (one.line[key] === undefined) delete line[key];
          else line[key] = clone(one.line[key]);
        });
      }
    } else if (one.op === "move") { if (byId.has(one.id) && sceneOf(one.scene)) insert(take(one.id), one.scene, one.after); }
    else if (one.op === "drop") { if (byId.has(one.id)) take(one.id); }
  }

  function merge(waiting, one) {
    const last = waiting.length - 1;
    const found = waiting.findIndex((was) => (one.op === "text" ? was.op === "text" && was.field === one.field && was.language === one.language : was.op === one.op && ["industry", "steps", "roles", "analysis"].includes(one.op)));
    if (found >= 0) { waiting[found] = one; return true; }
    if (one.op === "line" && last >= 0 && waiting[last].op === "line" && waiting[last].line.id === one.line.id) {
      waiting[last] = { ...waiting[last], line: one.line, keys: [...new Set([...waiting[last].keys, ...one.keys])] };
      return true;
    }
    return false;
  }

  function act(...operations) {
    operations.forEach((one) => { apply(one); editor.push(one); });
  }

  const put = (line, keys, after) => ({ op: "line", line: clone(line), keys: keys || ["who", "zh", "en", "moment"], scene: home.has(line.id) ? home.get(line.id).id : "", after: after === undefined ? (home.has(line.id) ? before(line.id) : "") : after });

  /* --- the list ------------------------------------------------------------------------- */

  const rowOf = (id) => document.getElementById("line-" + id);
  const linkOf = (row) => row.querySelector(".said");
  const allRows = () => [...root.querySelectorAll(".utterance")];
  const piece = (name) => pieces.querySelector(`[data-piece="${name}"]`).cloneNode(true);

  function makeRow(line) {
    const row = document.getElementById("row").content.firstElementChild.cloneNode(true);
    row.id = "line-" + line.id;
    row.dataset.id = line.id;
    linkOf(row).href = `${root.dataset.base}lines/${line.id}/`;
    linkOf(row).tabIndex = -1;
    return row;
  }

  function renderRow(id) {
    const line = byId.get(id);
    const row = rowOf(id);
    if (!line || !row) return;
    const role = roleOf(line);
    const moment = line.moment || (line.phrases || []).map((one) => one.moment).find(Boolean) || {};
    row.classList.remove("good", "bad", "neutral");
    if (moment.polarity) row.classList.add(moment.polarity);
    row.classList.toggle("us", Boolean(role) && role.side === "staff");
    row.querySelector(".who").textContent = nameOf(role);
    const words = row.querySelector(".words");
    words.textContent = said(line, language) || said(line, other);
    if (said(line, language)) words.removeAttribute("lang");
    else words.lang = other;
    const names = [moment.polarity === "neutral" ? "" : moment.polarity, moment.effect, moment.step, moment.action, said(line, "zh").trim() ? "" : "no-zh", said(line, "en").trim() ? "" : "no-en"].filter(Boolean);
    let chips = row.querySelector(".chips");
    if (!chips) { chips = document.createElement("span"); chips.className = "chips"; words.after(chips); }
    chips.replaceChildren(...names.map(piece));
    let why = row.querySelector(".why");
    if (!why) { why = document.createElement("small"); why.className = "why"; chips.after(why); }
    why.textContent = (moment.why && (moment.why[language] || moment.why[other])) || "";
  }

  function renumber() {
    let n = 0;
    root.querySelectorAll(".utterance .n").forEach((one) => {
      n += 1;
      if (one.textContent !== String(n)) one.textContent = String(n);
    });
    root.querySelectorAll(".scene-edit").forEach((section) => {
      section.querySelector("[data-drop-scene]").hidden = Boolean(section.querySelector(".utterance")) || doc.scenes.length < 2;
    });
  }

  function place(id) {
    const { scene, at } = placeOf(id);
    const list = document.querySelector(`#scene-${CSS.escape(scene.id)} .utterances`);
    const row = rowOf(id) || makeRow(byId.get(id));
    const next = scene.lines[at + 1];
    list.insertBefore(row, (next && rowOf(next.id)) || null);
    renderRow(id);
  }

  // One line of the list can be reached by Tab; the arrow keys go on from there.
  function focusRow(id) {
    const row = id && rowOf(id);
    if (!row) return;
    root.querySelectorAll('.said[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    linkOf(row).tabIndex = 0;
    linkOf(row).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  /* --- one line's fields ---------------------------------------------------------------- */

  const field = (row, name) => row.querySelector(`.line-fields [name="${name}"]`);
  const LISTS = ["accept_polarity", "accept_five", "accept_eoac"];
  const order = () => doc.scenes.flatMap((scene) => scene.lines.map((line) => line.id));

  function openLine(id, focus) {
    if (open && open !== id) closeLine();
    const row = rowOf(id);
    const line = byId.get(id);
    if (!row || !line) return;
    if (open !== id) {
      const fields = document.getElementById("line-fields").content.cloneNode(true);
      const box = document.createElement("div");
      box.className = "opened";
      box.append(fields);
      row.append(box);
      row.classList.add("open");
      linkOf(row).setAttribute("aria-expanded", "true");
      open = id;
      fill(row, line);
      showPreviewOf(id);
    }
    const wanted = field(row, focus || language);
    if (wanted) wanted.focus();
  }

  function speakers(row, line) {
    const who = field(row, "who");
    who.replaceChildren(new Option(root.dataset.nobody, ""), ...(doc.roles || []).map((role) => new Option(nameOf(role), role.id)));
    who.value = line.who || "";
  }

  function fill(row, line) {
    speakers(row, line);
    if (line.phrases) {
      row.querySelectorAll(".line-fields > :not(.who-field)").forEach((one) => { one.hidden = true; });
      return;
    }
    const moment = line.moment || {};
    ["zh", "en"].forEach((lang) => {
      field(row, lang).value = (line.text || {})[lang] || "";
      field(row, "why_" + lang).value = (moment.why || {})[lang] || "";
    });
    ["polarity", "step"].forEach((name) => {
      row.querySelectorAll(`.line-fields [name="${name}"]`).forEach((one) => { one.checked = one.value === (moment[name] || ""); });
    });
    field(row, "required").checked = Boolean(moment.required);
    field(row, "action").value = moment.action || "";
    field(row, "effect").value = moment.effect || "";
    LISTS.forEach((name) => row.querySelectorAll(`.line-fields [name="${name}"]`).forEach((one) => { one.checked = (moment[name] || []).includes(one.value); }));
    const numbers = order();
    field(row, "accept_at").value = (moment.accept_at || []).map((one) => numbers.indexOf(one) + 1 || one).join(", ");
    if (LISTS.some((name) => (moment[name] || []).length) || (moment.accept_at || []).length) row.querySelector(".also").open = true;
    shape(row, line);
    row.querySelectorAll("textarea").forEach(grow);
  }

  function shape(row, line) {
    row.querySelector(".moment-fields").hidden = !line.moment;
    row.querySelectorAll(".only-staff").forEach((one) => { one.hidden = isCustomer(line); });
    row.querySelectorAll(".only-customer").forEach((one) => { one.hidden = !isCustomer(line); });
  }

  function grow(area) {
    area.style.height = "auto";
    area.style.height = area.scrollHeight + 4 + "px";
  }

  function closeLine() {
    if (!open) return;
    const row = rowOf(open);
    open = null;
    if (!row) return;
    row.querySelector(".opened").remove();
    row.classList.remove("open");
    linkOf(row).removeAttribute("aria-expanded");
  }

  function momentFrom(row, line) {
    const picked = row.querySelector('.line-fields [name="polarity"]:checked');
    if (!picked || !picked.value) return undefined;
    const step = row.querySelector('.line-fields [name="step"]:checked');
    const numbers = order();
    const was = (line.moment || {}).accept_at || [];
    const moment = {
      polarity: picked.value,
      required: field(row, "required").checked && !isCustomer(line),
      step: (step && step.value) || null,
      action: field(row, "action").value || null,
      effect: (isCustomer(line) && field(row, "effect").value) || null,
      why: { zh: field(row, "why_zh").value, en: field(row, "why_en").value },
      accept_at: field(row, "accept_at").value.split(/[\s,，]+/).map((word) => numbers[Number(word) - 1] || (was.includes(word) ? word : "")).filter(Boolean),
    };
    LISTS.forEach((name) => { moment[name] = [...row.querySelectorAll(`.line-fields [name="${name}"]:checked`)].map((one) => one.value); });
    return moment;
  }

  function changedField(event) {
    const row = rowOf(open);
    const line = byId.get(open);
    const name = event.target.name;
    if (event.target.matches("textarea")) grow(event.target);
    if (name === "who") {
      act(put({ ...line, who: event.target.value }, ["who"]));
      shape(row, line);
    } else if (name === "zh" || name === "en") act(put({ ...line, text: { ...line.text, [name]: event.target.value } }, [name]));
    else {
      const moment = momentFrom(row, line);
      if (name === "polarity" && moment && !line.moment && moment.polarity !== "neutral" && !isCustomer(line)) {
        moment.required = true;
        field(row, "required").checked = true;
      }
      act(put({ ...line, moment }, ["moment"]));
      shape(row, line);
    }
    renderRow(open);
  }

  /* --- what can be done to lines -------------------------------------------------------- */

  function remember(operations, focus) {
    undos.push({ operations, focus });
    if (undos.length > 50) undos.shift();
  }

  function undo() {
    const last = undos.pop();
    if (!last) { say(root.dataset.gone); return; }
    const wasOpen = open;
    closeLine();
    last.operations.forEach((one) => {
      const row = rowOf(one.id || (one.line && one.line.id));
      if (one.op === "drop" && row) row.remove();
      act(one);
      if (one.op === "line") place(one.line.id);
      else if (one.op === "move") place(one.id);
    });
    renumber();
    if (wasOpen && wasOpen === last.focus && byId.has(wasOpen)) openLine(wasOpen);
    else focusRow(last.focus);
    say(root.dataset.undone);
  }

  function say(words, canUndo = false) {
    const snack = document.getElementById("undo");
    snack.hidden = false;
    snack.firstElementChild.textContent = words;
    snack.querySelector("button").hidden = !canUndo;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { snack.hidden = true; }, 8000);
  }

  function likelySpeaker(id) {
    const { scene, at } = placeOf(id);
    const mine = scene.lines[at].who;
    for (let n = at - 1; n >= 0; n -= 1) if (scene.lines[n].who !== mine) return scene.lines[n].who || "";
    const someone = (doc.roles || []).find((role) => role.id !== mine);
    return someone ? someone.id : mine || "";
  }

  const MOST = 5000;
  const isFull = () => { if (byId.size >= MOST) say(root.dataset.full); return byId.size >= MOST; };

  function addAfter(id, sceneId) {
    if (isFull()) return;
    const line = { id: newId("l"), who: id ? likelySpeaker(id) : ((doc.roles || [])[0] || {}).id || "", text: { zh: "", en: "" } };
    act({ op: "line", line, keys: ["who", "zh", "en", "moment"], scene: sceneId || home.get(id).id, after: id || "" });
    remember([{ op: "drop", id: line.id }], id);
    place(line.id);
    renumber();
    openLine(line.id);
  }

  function split(id, area) {
    const line = byId.get(id);
    if (line.phrases || isFull()) return;
    const lang = area && (area.name === "zh" || area.name === "en") ? area.name : language;
    const text = (line.text || {})[lang] || "";
    const at = area && area.name === lang ? area.selectionStart : text.length;
    const whole = clone(line);
    const second = { id: newId("l"), who: line.who, text: { zh: "", en: "", [lang]: text.slice(at).trimStart() } };
    remember([{ op: "drop", id: second.id }, put(whole)], id);
    act(put({ ...line, text: { ...line.text, [lang]: text.slice(0, at).trimEnd() } }, [lang]));
    act({ op: "line", line: second, keys: ["who", "zh", "en", "moment"], scene: home.get(id).id, after: id });
    renderRow(id);
    place(second.id);
    renumber();
    closeLine();
    openLine(second.id, lang);
    const opened = field(rowOf(second.id), lang);
    if (opened) opened.setSelectionRange(0, 0);
  }

  function join(id) {
    const { scene, at } = placeOf(id);
    const line = scene.lines[at];
    const next = scene.lines[at + 1];
    if (!next || line.phrases || next.phrases) return;
    const wasOpen = open;
    remember([put(clone(line)), { op: "line", line: clone(next), keys: ["who", "zh", "en", "moment"], scene: scene.id, after: id }], id);
    const both = (lang, gap) => [said(line, lang), said(next, lang)].filter(Boolean).join(gap);
    closeLine();
    rowOf(next.id).remove();
    act(put({ ...line, text: { zh: both("zh", ""), en: both("en", " ") } }, ["zh", "en"]), { op: "drop", id: next.id });
    renderRow(id);
    renumber();
    if (wasOpen) openLine(id);
    else focusRow(id);
  }

  function move(id, way) {
    const { scene, at } = placeOf(id);
    const n = doc.scenes.indexOf(scene);
    let operation = null;
    if (way < 0 && at > 0) operation = { op: "move", id, scene: scene.id, after: at > 1 ? scene.lines[at - 2].id : "" };
    else if (way > 0 && at + 1 < scene.lines.length) operation = { op: "move", id, scene: scene.id, after: scene.lines[at + 1].id };
    else if (way < 0 && n > 0) { const to = doc.scenes[n - 1]; operation = { op: "move", id, scene: to.id, after: to.lines.length ? to.lines[to.lines.length - 1].id : "" }; }
    else if (way > 0 && n + 1 < doc.scenes.length) operation = { op: "move", id, scene: doc.scenes[n + 1].id, after: "" };
    if (!operation) return;
    remember([{ op: "move", id, scene: scene.id, after: before(id) }], id);
    const focused = document.activeElement;
    act(operation);
    place(id);
    renumber();
    if (rowOf(id).contains(focused)) focused.focus();
    else focusRow(id);
    rowOf(id).scrollIntoView({ block: "nearest" });
  }

  function remove(id) {
    const { scene, at } = placeOf(id);
    const line = scene.lines[at];
    const n = order().indexOf(id) + 1;
    const next = scene.lines[at + 1] || scene.lines[at - 1];
    remember([{ op: "line", line: clone(line), keys: ["who", "zh", "en", "moment"], scene: scene.id, after: before(id) }], id);
    if (open === id) closeLine();
    rowOf(id).remove();
    act({ op: "drop", id });
    renumber();
    say(root.dataset.deleted.replace("{n}", n), true);
    if (next) focusRow(next.id);
    else document.querySelector(`#scene-${CSS.escape(scene.id)} [data-add-line]`).focus();
  }

  function judge(id, change) {
    const line = byId.get(id);
    if (line.phrases) return;
    remember([put(clone(line), ["moment"])], id);
    act(put({ ...line, moment: change(line.moment || {}) }, ["moment"]));
    renderRow(id);
    if (open === id) fill(rowOf(id), byId.get(id));
  }

  function polarity(id, wanted) {
    const line = byId.get(id);
    if (isCustomer(line)) {
      const effect = { good: "up", bad: "down", neutral: null }[wanted];
      judge(id, (was) => ({ ...was, polarity: "neutral", required: false, effect }));
    } else judge(id, (was) => (was.polarity === wanted ? undefined : { ...was, polarity: wanted, effect: null, required: wanted !== "neutral" && (was.polarity ? was.polarity === "neutral" || Boolean(was.required) : true) }));
  }

  /* --- keys ----------------------------------------------------------------------------- */

  root.addEventListener("keydown", (event) => {
    const row = event.target.closest(".utterance");
    if (event.isComposing || event.keyCode === 229) return; // an input method has the key
    if (!row) return;
    const id = row.dataset.id;
    const isText = event.target.matches("textarea, input, select");
    const ctrl = event.ctrlKey || event.metaKey;
    let done = true;
    if (event.altKey && event.key === "ArrowUp") move(id, -1);
    else if (event.altKey && event.key === "ArrowDown") move(id, 1);
    else if (ctrl && event.key === "Enter") { if (open !== id) openLine(id); else split(id, event.target); }
    else if (event.key === "Escape" && open === id) { closeLine(); focusRow(id); }
    else if (isText) {
      if (event.key === "Enter" && !event.shiftKey && !ctrl && (event.target.name === "zh" || event.target.name === "en")) addAfter(id);
      else done = false;
    } else if (!event.target.matches(".said")) done = false;
    else if (ctrl || event.altKey) done = false; // Ctrl+Z: below
    else if (event.key === "Enter") addAfter(id);
    else if (event.key === " " || event.key === "F2") openLine(id);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const rows = allRows();
      const next = rows[rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)];
      if (next) focusRow(next.dataset.id);
    } else if (event.key === "Home" || event.key === "End") { const rows = allRows(); focusRow(rows[event.key === "Home" ? 0 : rows.length - 1].dataset.id); }
    else if (event.key === "Delete") remove(id);
    else if (event.key === "g" || event.key === "G") polarity(id, "good");
    else if (event.key === "b" || event.key === "B") polarity(id, "bad");
    else if (event.key === "n" || event.key === "N") polarity(id, "neutral");
    else if (event.key === "j" || event.key === "J") join(id);
    else if (/^[1-5]$/.test(event.key)) judge(id, (was) => ({ polarity: "neutral", ...was, step: STEPS[Number(event.key) - 1] }));
    else done = false;
    if (done) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const isText = event.target.matches("textarea, input, select");
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !isText) {
      event.preventDefault();
      undo();
    }
  });
  document.querySelector("#undo button").addEventListener("click", undo);

  /* --- pointer, and fields outside the lines -------------------------------------------- */

  root.addEventListener("click", (event) => {
    const link = event.target.closest(".said");
    const acting = event.target.closest("[data-act]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const id = link.closest(".utterance").dataset.id;
      if (open === id) { closeLine(); focusRow(id); } else { focusRow(id); openLine(id); }
    } else if (acting) {
      const id = acting.closest(".utterance").dataset.id;
      const row = rowOf(id);
      const area = row.contains(lastArea) ? lastArea : null;
      ({ add: () => addAfter(id), split: () => split(id, area), join: () => join(id), up: () => move(id, -1), down: () => move(id, 1), delete: () => remove(id), close: () => { closeLine(); focusRow(id); } })[acting.dataset.act]();
    } else if (event.target.closest("[data-add-line]")) {
      event.preventDefault();
      const scene = sceneOf(event.target.closest(".scene-edit").dataset.scene);
      const last = scene.lines[scene.lines.length - 1];
      addAfter(last ? last.id : "", scene.id);
    } else if (event.target.closest("[data-add-scene]")) addScene();
    else if (event.target.closest("[data-drop-scene]")) {
      const section = event.target.closest(".scene-edit");
      act({ op: "drop_scene", id: section.dataset.scene });
      section.remove();
      renumber();
      document.getElementById("conversation").focus();
    }
  });
  let lastArea = null;
  root.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) lastArea = event.target; });

  function addScene() {
    const id = newId("s");
    const section = makeScene(id);
    const scenes = root.querySelectorAll(".scene-edit");
    scenes[scenes.length - 1].after(section);
    act({ op: "scene", id, title: {}, version: null });
    renumber();
    section.querySelector("details").open = true;
    section.querySelector("[data-name]").focus();
  }

  function makeScene(id) {
    const section = document.getElementById("scene").content.firstElementChild.cloneNode(true);
    section.id = "scene-" + id;
    section.dataset.scene = id;
    section.querySelectorAll("[id]").forEach((one) => { one.id += "-" + id; });
    section.querySelectorAll("label").forEach((one) => { one.htmlFor += "-" + id; });
    section.querySelectorAll("[form]").forEach((one) => one.removeAttribute("form")); // the plain form knows only what it was made with
    return section;
  }

  const entries = (list) => [...root.querySelectorAll(`[data-list="${list}"] [data-entry]`)];
  const valueIn = (entry, name) => { const found = entry.querySelector(`[data-name="${name}"]`); return found ? found.value : ""; };
  const bothIn = (entry, name) => ({ zh: valueIn(entry, name + ".zh"), en: valueIn(entry, name + ".en") });
  const isFilled = (entry) => [...entry.querySelectorAll("textarea, input:not([type=hidden])")].some((one) => one.value.trim());

  function changedList(list) {
    const filled = entries(list).filter(isFilled);
    if (list === "roles") {
      filled.forEach((entry) => { const id = entry.querySelector('[data-name="id"]'); if (!id.value) id.value = newId("r"); });
      act({ op: "roles", value: filled.map((entry) => ({ id: valueIn(entry, "id"), name: bothIn(entry, "name"), part: bothIn(entry, "part"), side: valueIn(entry, "side") })) });
      [...byId.keys()].forEach(renderRow);
      if (open) speakers(rowOf(open), byId.get(open));
    } else act({ op: "analysis", value: filled.map((entry) => ({ question: bothIn(entry, "question"), answer: bothIn(entry, "answer") })) });
    const all = entries(list);
    if (isFilled(all[all.length - 1])) addBlank(list);
  }

  function addBlank(list) {
    const blank = root.querySelector(`template[data-blank="${list}"]`);
    const entry = blank.content.firstElementChild.cloneNode(true);
    const n = entries(list).length;
    entry.querySelectorAll("*").forEach((one) => {
      ["name", "id", "for"].forEach((name) => {
        if (one.hasAttribute(name)) one.setAttribute(name, one.getAttribute(name).replace("__prefix__", n));
      });
    });
    root.querySelector(`[data-list="${list}"]`).append(entry);
    document.querySelector(`[name="${list}-TOTAL_FORMS"]`).value = n + 1;
  }

  let roleTimer = 0;
  root.addEventListener("input", (event) => {
    const target = event.target;
    const list = target.closest("[data-list]");
    if (target.closest(".opened")) changedField(event);
    else if (target.dataset.text) {
      const [name, lang] = target.dataset.text.split(".");
      act({ op: "text", field: name, language: lang, value: target.value });
      if (name === "title" && lang === language) document.querySelector(".editor-name h1").textContent = target.value;
    } else if (target.matches("[data-industry]")) act({ op: "industry", value: target.value });
    else if (target.matches("[data-step]")) act({ op: "steps", value: [...root.querySelectorAll("[data-step]:checked")].map((one) => one.value) });
    else if (list) {
      clearTimeout(roleTimer);
      changedList(list.dataset.list);
    } else if (target.closest("[data-scene-fields]")) {
      const section = target.closest(".scene-edit");
      const of = (name) => section.querySelector(`[data-scene-fields] [data-name="${name}"]`).value;
      act({ op: "scene", id: section.dataset.scene, title: { zh: of("zh"), en: of("en") }, version: of("version") || null });
      section.querySelector("h3").textContent = of(language) || of(other) || root.dataset.scene;
    }
  });

  /* --- the preview ---------------------------------------------------------------------- */

  const preview = document.getElementById("preview");
  let previewLanguage = language;
  let asked = 0;

  async function refresh() {
    asked += 1;
    const mine = asked;
    try {
      const query = new URLSearchParams({ language: previewLanguage, at: open || "" });
      const response = await fetch(`${root.dataset.base}preview/?${query}`, { headers: { "X-Part": "1" }, redirect: "manual" });
      if (response.status !== 200 || mine !== asked) return;
      const html = await response.text();
      const top = preview.scrollTop;
      preview.innerHTML = html;
      preview.lang = previewLanguage === "en" ? "en" : "zh-Hans";
      preview.scrollTop = top;
      if (open) showPreviewOf(open);
    } catch (error) {
      // The preview stays as it was; the next save brings the next one.
    }
  }

  function showPreviewOf(id) {
    const bubbles = [...preview.querySelectorAll(".line")];
    preview.querySelectorAll(".now").forEach((one) => one.classList.remove("now"));
    // Two versions stand side by side, and of a long case a part: then the words tell which it is.
    const words = said(byId.get(id), previewLanguage).trim();
    const bubble = bubbles.length === byId.size && preview.querySelector(".talk") ? bubbles[order().indexOf(id)] : words && bubbles.find((one) => one.textContent.includes(words));
    if (!bubble) return;
    bubble.classList.add("now");
    const top = bubble.getBoundingClientRect().top - preview.getBoundingClientRect().top;
    preview.scrollTop += top - preview.clientHeight / 3;
  }

  root.querySelectorAll("[data-preview-language]").forEach((button) => button.addEventListener("click", () => {
    previewLanguage = button.dataset.previewLanguage;
    root.querySelectorAll("[data-preview-language]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    refresh();
  }));
  document.querySelectorAll("[data-show]").forEach((button) => button.addEventListener("click", () => {
    root.classList.toggle("reading", button.dataset.show === "read");
    document.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  }));

  /* --- begin ---------------------------------------------------------------------------- */

  index();
  root.querySelectorAll(".said").forEach((one, n) => { one.tabIndex = n ? -1 : 0; });

  function replay(operations) {
    operations.forEach(apply);
    index();
    doc.scenes.forEach((scene) => {
      if (!document.getElementById("scene-" + scene.id)) root.querySelector(".scene-edit:last-of-type").after(makeScene(scene.id));
    });
    root.querySelectorAll(".utterance").forEach((row) => { if (!byId.has(row.dataset.id)) row.remove(); });
    doc.scenes.forEach((scene) => [...scene.lines].reverse().forEach((line) => place(line.id)));
    operations.filter((one) => one.op === "text").forEach((one) => {
      const target = root.querySelector(`[data-text="${one.field}.${one.language}"]`);
      if (target) target.value = one.value;
    });
    operations.filter((one) => one.op === "roles" || one.op === "analysis").forEach((one) => refill(one.op === "roles" ? "roles" : "questions", one.value));
    operations.filter((one) => one.op === "scene").forEach((one) => {
      const fields = document.querySelector(`#scene-${CSS.escape(one.id)} [data-scene-fields]`);
      if (!fields) return;
      ["zh", "en"].forEach((lang) => { fields.querySelector(`[data-name="${lang}"]`).value = (one.title || {})[lang] || ""; });
      fields.querySelector('[data-name="version"]').value = one.version || "";
    });
    operations.filter((one) => one.op === "industry").forEach((one) => { root.querySelector("[data-industry]").value = one.value; });
    operations.filter((one) => one.op === "steps").forEach((one) => root.querySelectorAll("[data-step]").forEach((box) => { box.checked = one.value.includes(box.value); }));
    renumber();
  }

  function refill(list, values) {
    while (entries(list).length <= values.length) addBlank(list);
    entries(list).forEach((entry, n) => {
      entry.querySelectorAll("[data-name]").forEach((one) => {
        const [name, lang] = one.dataset.name.split(".");
        const value = values[n] ? (lang ? (values[n][name] || {})[lang] : values[n][name]) : one.matches("select") ? one.value : "";
        one.value = value || (one.matches("select") ? "staff" : "");
      });
    });
  }

  editor = window.motEditor.start({ root, base: () => doc, replay, saved: refresh, merge });
  renumber();
  const wanted = /^#line-([a-z0-9-]+)$/.exec(window.location.hash);
  if (wanted && byId.has(wanted[1])) { focusRow(wanted[1]); openLine(wanted[1]); }
  const part = window.location.hash && document.getElementById(window.location.hash.slice(1));
  if (part && part.matches("details")) part.open = true;
})();
