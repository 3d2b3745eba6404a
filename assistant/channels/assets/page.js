// What the chat page does by itself: marks lead to their evidence, a new answer comes into view and is announced.
(() => {
  "use strict";

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scroll = (element, block) => element.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });

  const announcer = document.createElement("div");
  announcer.className = "announcer";
  announcer.setAttribute("role", "status");
  document.body.append(announcer);

  function showEvidence(link) {
    const id = link.getAttribute("href").slice(1);
    const anchor = document.getElementById(id);
    if (!anchor) return;
    document.querySelectorAll(".lit").forEach((element) => element.classList.remove("lit"));
    document.querySelectorAll(`mark[data-cited~="${CSS.escape(id)}"]`).forEach((mark) => mark.classList.add("lit"));
    anchor.closest(".card").classList.add("lit");
    scroll(anchor, "center");
    anchor.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a.mark");
    if (!link) return;
    event.preventDefault();
    showEvidence(link);
  });

  // The newest turn is brought into view when it appears, and read out when it has been answered.
  let seen = "";
  let announced = 0;
  function follow() {
    const turns = document.querySelectorAll("#transcript .turn");
    const last = turns[turns.length - 1];
    document.body.classList.toggle("talking", turns.length > 0);
    const answered = document.querySelectorAll("#transcript .turn:not(.pending)").length;
    const state = `${turns.length} ${answered}`;
    if (last && state !== seen) requestAnimationFrame(() => scroll(last, "start"));
    seen = state;
    if (answered > announced) announcer.textContent = last.querySelector(".answer")?.innerText ?? "";
    announced = answered;
  }

  // Only changes of the transcript matter; the page's engine builds it after this script has run.
  const waiting = new MutationObserver(() => {
    const transcript = document.getElementById("transcript");
    if (!transcript) return;
    waiting.disconnect();
    new MutationObserver(follow).observe(transcript, { childList: true, subtree: true });
    follow();
  });
  waiting.observe(document.body, { childList: true, subtree: true });
})();
