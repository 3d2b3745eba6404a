"use strict";
// Without this script everything can be read; it opens what an address points at, and everything for printing.
(() => {
  const open = () => {
    const place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const details = place && (place.matches("details") ? place : place.querySelector("details"));
    if (!details) return;
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", open);
  // A second press on the same dot changes no address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.dot");
    if (link && link.hash === location.hash && link.hash) open();
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
  open();
})();
