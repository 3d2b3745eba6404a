// Reading a document: in the panel beside an answer, or on its own page. The server marks the words; this finds them.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("page-data").textContent);
  const say = (key, values = {}) => data.messages[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  window.policyWords = say;

  // At once: a long way through a long document is no pleasure to watch.
  const show = (element, block = "center") => element.scrollIntoView({ block });

  // The citation that was asked for stands out from the other marked words.
  function light(reading, id) {
    for (const lit of reading.querySelectorAll(".lit")) lit.classList.remove("lit");
    const number = /^cited-(\d+)$/.exec(id)?.[1];
    const marks = number ? reading.querySelectorAll(`mark[data-cited~="${number}"]`) : [];
    for (const mark of marks) mark.classList.add("lit");
    const target = reading.querySelector(`#${CSS.escape(id)}`) || marks[0];
    if (!target) return;
    show(target, number ? "center" : "start");
    target.focus({ preventScroll: true });
  }

  // From one found place to the next.
  function step(reading, by) {
    const found = reading.querySelectorAll('[id^="found-"]');
    if (!found.length) return;
    const now = [...found].findIndex((place) => place.closest(".lit"));
    const next = found[(now + by + found.length) % found.length];
    for (const lit of reading.querySelectorAll(".lit")) lit.classList.remove("lit");
    next.closest("mark").classList.add("lit");
    show(next);
    const count = reading.querySelector(".count");
    if (count) count.textContent = `${[...found].indexOf(next) + 1} / ${found.length}`;
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const reading = target && target.closest(".reading");
    if (!reading) return;
    const button = target.closest("button[data-step]");
    if (button) step(reading, Number(button.dataset.step));
    const inside = target.closest('a[href^="#"], .outline a');
    if (!inside) return;
    event.preventDefault();
    light(reading, decodeURIComponent(inside.hash.slice(1)));
    if (window.matchMedia("(max-width: 960px)").matches) inside.closest("details")?.removeAttribute("open");
  });

  const page = document.querySelector("main .reading");
  if (page) {
    if (window.matchMedia("(max-width: 960px)").matches) page.querySelector(".outline")?.removeAttribute("open");
    const id = decodeURIComponent(window.location.hash.slice(1));
    if (page.querySelector('[id^="found-"]') && !id) step(page, 1);
    else if (id) light(page, id);
    return;
  }

  // The panel. Wide windows show it beside the answer, narrow ones over it.
  const panel = document.createElement("dialog");
  panel.id = "reader";
  panel.setAttribute("aria-label", say("reader.text"));
  panel.innerHTML = '<div class="panel-bar"><div class="panel-tools"></div></div><div class="panel-body" tabindex="-1"></div>';
  const [tools, body] = [panel.querySelector(".panel-tools"), panel.querySelector(".panel-body")];
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "close", textContent: say("close") });
  const alone = document.createElement("button");
  Object.assign(alone, { type: "button", className: "alone", textContent: say("reader.alone") });
  const own = document.createElement("a");
  Object.assign(own, { className: "own", target: "_blank", rel: "noopener", textContent: say("reader.page") });
  tools.append(alone, own, close);
  document.body.append(panel);

  let shown = "";
  let came = null;
  let asked = 0;

  function leave() {
    panel.close();
    document.documentElement.classList.remove("reading-beside");
    if (came && came.isConnected) came.focus();
  }
  close.addEventListener("click", leave);
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open && !event.defaultPrevented) leave();
  });
  alone.addEventListener("click", () => {
    const reading = body.querySelector(".reading");
    if (!reading) return;
    leave();
    window.policy.alone({ id: reading.dataset.document, title: reading.dataset.title });
  });

  async function fetched(address) {
    const url = new URL(address, document.baseURI);
    url.hash = "";
    url.searchParams.set("view", "panel");
    url.searchParams.set("lang", data.language);
    const reply = await fetch(url);
    if (!reply.ok && reply.status !== 404) throw new Error(String(reply.status));
    return reply.text();
  }

  async function fill(address, id) {
    const plain = new URL(address, document.baseURI);
    plain.hash = "";
    const turn = ++asked;
    if (shown !== plain.href) {
      body.innerHTML = `<p class="quiet" role="status"></p>`;
      body.firstChild.textContent = say("reader.loading");
      shown = "";
      let html;
      try {
        html = await fetched(address);
      } catch {
        html = null;
      }
      if (turn !== asked) return; // another one has been asked for meanwhile
      if (html === null) {
        body.firstChild.textContent = say("reader.failed");
        return;
      }
      body.innerHTML = html;
      shown = plain.href;
    }
    own.href = new URL(address, document.baseURI).href;
    const reading = body.querySelector(".reading");
    alone.hidden = !reading;
    if (!reading) return;
    if (id) light(reading, id);
    else if (reading.querySelector('[id^="found-"]')) step(reading, 1);
    else body.focus();
  }

  window.policyReader = {
    open(address, from) {
      came = from;
      const wide = window.matchMedia("(min-width: 961px)").matches;
      if (!panel.open) {
        if (wide) panel.show();
        else panel.showModal();
      }
      document.documentElement.classList.toggle("reading-beside", wide);
      return fill(address, decodeURIComponent(new URL(address, document.baseURI).hash.slice(1)));
    },
    close: () => panel.open && leave(),
  };

  // Searching in the panel stays in the panel.
  panel.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.find")) return;
    event.preventDefault();
    const url = new URL(shown || own.href);
    url.searchParams.set("find", new FormData(form).get("find"));
    fill(url.href, "").then(() => panel.querySelector("form.find input")?.focus());
  });
})();
