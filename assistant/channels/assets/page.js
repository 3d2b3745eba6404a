// What the chat page does by itself: what goes along with a question, previews of citations, earlier conversations,
// copying and rating an answer. Nothing that came from outside is ever made markup here.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("page-data").textContent);
  const say = window.policyWords;
  const store = window.policyStore;
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tell = (name) => document.dispatchEvent(new Event(`policy:${name}`));
  const KEPT = 7 * 86_400_000; // milliseconds for which the service remembers a conversation
  const MOST = 30;

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // What belongs to this tab outlives a reload, not the tab.
  const tab = {
    get(key) {
      try {
        return JSON.parse(sessionStorage.getItem(`policy.${key}`));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        if (value === null) sessionStorage.removeItem(`policy.${key}`);
        else sessionStorage.setItem(`policy.${key}`, JSON.stringify(value));
      } catch {
        // not remembered
      }
    },
  };

  // ---- What goes along with a question -------------------------------------------------------------------------

  const text = (value) => (typeof value === "string" && value ? value : null);
  let current = text(tab.get("current"));
  let pressed = null;
  let last = "";
  let dropped = null;
  let sent = 0;
  let only = data.document;

  const wish = (conversation, whole = false) =>
    JSON.stringify({ conversation, language: data.language, document: only && only.id, whole });

  window.policy = {
    request(written) {
      last = pressed?.question ?? written ?? "";
      const whole = Boolean(pressed?.whole); // what is offered is not understood by what came before
      pressed = null;
      sent = Date.now();
      if (last.trim()) tab.set("unanswered", last);
      return [last, wish(current, whole)];
    },
    asked: () => [last, wish(current)],
    wish: () => [wish(current)],
    forgotten: () => [wish(dropped)],
    alone(document_) {
      only = document_;
      const address = new URL(window.location.href);
      if (only) address.searchParams.set("doc", only.id);
      else address.searchParams.delete("doc");
      window.history.replaceState(null, "", address);
      showOnly();
      box()?.focus();
    },
  };

  const box = () => document.querySelector("#question textarea");

  function ask(question, whole) {
    if (document.body.classList.contains("answering")) return;
    pressed = { question, whole };
    tell("ask");
  }

  // A second press before the first has been seen to arrive is the same press.
  function hasty(event) {
    const target = event.target instanceof Element ? event.target : null;
    const asks = event.type === "click" ? target?.closest("#ask") : event.key === "Enter" && target?.matches("#question textarea");
    if (!asks || Date.now() - sent > 2_000) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  document.addEventListener("click", hasty, true);
  document.addEventListener("keydown", hasty, true);
  document.addEventListener("keypress", hasty, true);

  // ---- Only one document ---------------------------------------------------------------------------------------

  const chip = element("p", { className: "only", hidden: true });
  function showOnly() {
    document.getElementById("composer")?.prepend(chip);
    chip.hidden = !only;
    chip.replaceChildren();
    if (!only) return;
    const end = element("button", { type: "button", textContent: "×", title: say("ask.alone.end") });
    end.setAttribute("aria-label", say("ask.alone.end"));
    end.addEventListener("click", () => window.policy.alone(null));
    chip.append(element("span", { textContent: say("ask.alone") }), element("b", { textContent: only.title }), end);
  }

  // ---- Earlier conversations -----------------------------------------------------------------------------------

  function known() {
    const kept = store.get("conversations");
    const fresh = (one) => one && text(one.id) && typeof one.title === "string" && Date.now() - one.time < KEPT;
    return Array.isArray(kept) ? kept.filter(fresh).slice(0, MOST) : [];
  }

  function remember(id, title) {
    const others = known();
    const before = others.find((one) => one.id === id);
    const entry = { id, title: before ? before.title : title.slice(0, 60), time: Date.now() };
    store.set("conversations", [entry, ...others.filter((one) => one.id !== id)].slice(0, MOST));
  }

  function lose(id) {
    store.set("conversations", known().filter((one) => one.id !== id));
  }

  // An answer that is still coming belongs to the conversation one leaves: it is stopped first.
  async function settled() {
    if (!document.body.classList.contains("answering")) return;
    const ended = new Promise((resolve) => {
      document.addEventListener("policy:settled", resolve, { once: true });
      setTimeout(resolve, 3_000);
    });
    tell("halt");
    await ended;
  }

  async function begin() {
    await settled();
    current = null;
    tab.set("current", null);
    tab.set("unanswered", null);
    window.policyReader.close();
    tell("reopen");
    box()?.focus();
  }

  async function reopen(id) {
    await settled();
    current = id;
    tab.set("current", id);
    window.policyReader.close();
    tell("reopen");
  }

  const drawer = element("dialog", { id: "history" });
  drawer.setAttribute("aria-label", say("history.title"));
  document.body.append(drawer);

  function showHistory() {
    const list = element("ul");
    for (const one of known()) {
      const open = element("button", { type: "button", className: "open" });
      open.append(
        element("span", { textContent: one.title }),
        element("time", { textContent: new Date(one.time).toLocaleString(document.documentElement.lang, {
          month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit",
        }) }),
      );
      if (one.id === current) open.setAttribute("aria-current", "true");
      open.addEventListener("click", () => {
        drawer.close();
        reopen(one.id);
      });
      const remove = element("button", { type: "button", className: "delete", textContent: say("history.delete") });
      remove.setAttribute("aria-label", say("history.delete.one", { title: one.title }));
      remove.addEventListener("click", () => forget([one]));
      list.append(element("li", {}, open, remove));
    }
    const close = element("button", { type: "button", className: "close", textContent: say("close") });
    close.addEventListener("click", () => drawer.close());
    const head = element("div", { className: "panel-bar" }, element("h2", { textContent: say("history.title") }), close);
    const all = element("button", { type: "button", className: "delete", textContent: say("history.delete.all") });
    all.addEventListener("click", () => {
      if (all.dataset.sure) forget(known());
      all.dataset.sure = "yes"; // the second press means it
      all.textContent = say("history.delete.sure");
    });
    const note = element("p", { className: "quiet", textContent: say("history.note") });
    const empty = element("p", { textContent: say("history.empty") });
    const body = element("div", { className: "panel-body" }, ...(list.childElementCount ? [list, all] : [empty]), note);
    drawer.replaceChildren(head, body);
    if (!drawer.open) drawer.showModal();
  }

  // One after the other: each is an event of its own, and the next may be sent when this one has been heard.
  async function forget(ones) {
    for (const one of ones) {
      dropped = one.id;
      lose(one.id);
      const gone = new Promise((resolve) => {
        document.addEventListener("policy:gone", resolve, { once: true });
        setTimeout(resolve, 3_000);
      });
      tell("forget");
      await gone;
    }
    announce(say("history.deleted"));
    if (ones.some((one) => one.id === current)) begin();
    else reopen(current);
    if (drawer.open) showHistory();
  }

  drawer.addEventListener("click", (event) => {
    if (event.target === drawer) drawer.close(); // beside it
  });

  // ---- What a citation says, before one opens it ---------------------------------------------------------------

  const preview = element("div", { id: "preview", hidden: true });
  preview.setAttribute("role", "tooltip");
  document.body.append(preview);
  let touched = false;
  let previewed = null;

  function showPreview(mark, open) {
    if (!mark.dataset.quote) return;
    previewed = mark;
    const quote = mark.dataset.quote.length > 200 ? `${mark.dataset.quote.slice(0, 200)}……` : mark.dataset.quote;
    preview.replaceChildren(
      element("p", { className: "where", textContent: mark.dataset.where }),
      element("p", { className: "quote", textContent: quote }),
    );
    if (open) {
      const button = element("button", { type: "button", textContent: say("preview.open") });
      button.addEventListener("click", () => openSource(mark));
      preview.append(button);
    }
    preview.hidden = false;
    mark.setAttribute("aria-describedby", "preview");
    placePreview();
  }

  // Above its mark, or below where there is no room.
  function placePreview() {
    const mark = previewed.getBoundingClientRect();
    if (mark.bottom < 0 || mark.top > window.innerHeight) return hidePreview();
    const width = Math.min(420, window.innerWidth - 24);
    preview.style.width = `${width}px`;
    preview.style.left = `${Math.max(12, Math.min(mark.left - 24, window.innerWidth - width - 12))}px`;
    const above = mark.top > preview.offsetHeight + 16;
    preview.style.top = `${above ? mark.top - preview.offsetHeight - 8 : mark.bottom + 8}px`;
  }

  function hidePreview() {
    preview.hidden = true;
    previewed?.removeAttribute("aria-describedby");
    previewed = null;
  }

  function openSource(link) {
    hidePreview();
    window.policyReader.open(link.getAttribute("href"), link);
  }

  const markOf = (event) => (event.target instanceof Element ? event.target.closest("a.mark") : null);
  document.addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch"), true);
  document.addEventListener("mouseover", (event) => {
    const mark = markOf(event);
    if (mark && !touched) showPreview(mark, false);
  });
  document.addEventListener("mouseout", (event) => {
    if (markOf(event) && !touched) hidePreview();
  });
  document.addEventListener("focusin", (event) => {
    const mark = markOf(event);
    if (mark && mark.matches(":focus-visible") && !touched) showPreview(mark, false);
  });
  document.addEventListener("focusout", (event) => {
    if (markOf(event) && !touched) hidePreview();
  });
  document.addEventListener("scroll", () => !preview.hidden && placePreview(), { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !preview.hidden) {
      event.preventDefault();
      hidePreview();
    }
  }, true);

  // ---- Copying and rating --------------------------------------------------------------------------------------

  async function copy(words) {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      const area = element("textarea", { value: words, className: "unseen" });
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  const opinion = element("dialog", { id: "opinion" });
  document.body.append(opinion);

  async function send(answer, rating, comment) {
    const reply = await fetch(new URL("api/feedback", document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(comment ? { answer_id: answer, rating, comment } : { answer_id: answer, rating }),
    }).catch(() => null);
    await reply?.text();
    return Boolean(reply?.ok);
  }

  async function rate(button) {
    const { answer, rate: rating } = button.dataset;
    if (!(await send(answer, rating, ""))) {
      notice(say("rate.failed"));
      return;
    }
    for (const thumb of document.querySelectorAll(`button[data-answer="${CSS.escape(answer)}"]`)) {
      thumb.setAttribute("aria-pressed", String(thumb.dataset.rate === rating));
    }
    const comment = element("textarea", { id: "comment", maxLength: 2_000, rows: 3 });
    const label = element("label", { textContent: say(`rate.comment.${rating}`), htmlFor: "comment" });
    const skip = element("button", { type: "button", textContent: say("rate.skip") });
    const form = element("form", { method: "dialog" },
      element("h2", { textContent: say("rate.thanks") }), label, comment,
      element("div", { className: "buttons" }, skip,
        element("button", { type: "submit", className: "primary", textContent: say("rate.send") })),
    );
    skip.addEventListener("click", () => opinion.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const words = comment.value.trim();
      const done = !words || (await send(answer, rating, words));
      if (done) opinion.close(); // what was written stays where it could not be sent
      notice(say(done ? "rate.sent" : "rate.failed"));
    });
    opinion.setAttribute("aria-label", say("rate.thanks"));
    opinion.replaceChildren(form);
    opinion.showModal();
    comment.focus();
  }

  // ---- Presses -------------------------------------------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const mark = target.closest("a.mark");
    if (mark && plain) {
      event.preventDefault();
      const first = touched && previewed !== mark; // a finger sees the words first
      if (first) showPreview(mark, true);
      else openSource(mark);
      return;
    }
    if (!target.closest("#preview")) hidePreview();
    const whole = target.closest("a.whole");
    if (whole && plain) {
      event.preventDefault();
      openSource(whole);
      return;
    }
    const button = target.closest("button, a[data-do]");
    if (!button || !plain) return;
    if (button.matches("a")) event.preventDefault();
    if (button.dataset.question) ask(button.dataset.question, "whole" in button.dataset);
    else if (button.dataset.copy) notice(say((await copy(button.dataset.copy)) ? "copy.done" : "copy.failed"));
    else if (button.dataset.rate) rate(button);
    else if (button.id === "ask") tell("ask");
    else if (button.dataset.do === "stop") tell("halt");
    else if (button.dataset.do === "new") begin();
    else if (button.dataset.do === "history") showHistory();
  });

  // ---- What is said aloud, and what comes into view ------------------------------------------------------------

  const announcer = element("div", { className: "unseen" });
  announcer.setAttribute("role", "status");
  const toast = element("div", { id: "notice", hidden: true });
  toast.setAttribute("role", "status");
  document.body.append(announcer, toast);
  const announce = (words) => (announcer.textContent = words);
  let fading = 0;
  function notice(words) {
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(fading);
    fading = setTimeout(() => (toast.hidden = true), 4_000);
  }

  let seen = "";
  let shownId;
  let announced = null;
  function follow() {
    sent = 0;
    const [transcript, live] = [document.getElementById("transcript"), document.getElementById("live")];
    const gone = transcript.querySelector("[data-gone]")?.dataset.gone;
    if (gone !== undefined) {
      lose(gone);
      if (gone === current && gone !== dropped) {
        current = null;
        tab.set("current", null);
      }
      document.dispatchEvent(new Event("policy:gone"));
    }
    const answered = transcript.querySelectorAll(".turn");
    const running = live.querySelector(".turn");
    const pending = Boolean(live.querySelector(".pending"));
    document.body.classList.toggle("talking", answered.length > 0 || Boolean(running));
    const ended = document.body.classList.contains("answering") && !pending;
    document.body.classList.toggle("answering", pending);
    if (ended) document.dispatchEvent(new Event("policy:settled"));
    const id = (live.querySelector("[data-conversation]") ?? transcript.querySelector("[data-conversation]"))?.dataset.conversation;
    if (id && id !== shownId) { // only once: meanwhile one may have turned to another conversation
      current = id;
    }
    shownId = id;
    if (id === current && answered.length) tab.set("current", id); // there is something to come back to
    const newest = running ?? answered[answered.length - 1];
    const state = `${id} ${answered.length} ${Boolean(running)}`;
    if (newest && state !== seen) {
      if (id && answered.length) remember(id, answered[0].querySelector(".asked").textContent);
      if (!pending) tab.set("unanswered", null);
      requestAnimationFrame(() => newest.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" }));
    }
    seen = state;
    const whole = running ? null : newest;
    if (whole && announced !== null && announced !== state) announce(whole.querySelector(".answer")?.innerText ?? "");
    announced = state;
  }

  // ---- The beginning -------------------------------------------------------------------------------------------

  function start() {
    for (const id of ["transcript", "live"]) {
      new MutationObserver(follow).observe(document.getElementById(id), {
        childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-gone"],
      });
    }
    new MutationObserver(() => (sent = 0)).observe(document.getElementById("remark"), { childList: true, subtree: true });
    showOnly();
    if (document.documentElement.classList.contains("framed")) {
      for (const link of document.querySelectorAll(".bar nav a, .shelf a")) link.target = "_blank";
    }
    const address = new URL(window.location.href);
    const question = address.searchParams.get("q");
    if (question && question.trim()) {
      address.searchParams.delete("q"); // asked once, not at every reload
      window.history.replaceState(null, "", address);
      current = null;
      ask(question.slice(0, 2_000), true);
      return;
    }
    const unanswered = text(tab.get("unanswered"));
    if (current) tell("reopen");
    if (unanswered && box() && !box().value) {
      box().value = unanswered;
      box().dispatchEvent(new Event("input", { bubbles: true }));
      notice(say("hint.unfinished"));
    }
    tab.set("unanswered", null);
  }

  // The engine builds the page piece by piece.
  const whole = () => (box() && document.getElementById("live") ? start() : requestAnimationFrame(whole));
  if (document.documentElement.dataset.ready) whole();
  else document.addEventListener("policy:ready", whole, { once: true });
})();
