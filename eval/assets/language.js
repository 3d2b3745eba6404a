"use strict";
// Chinese or English: everything stands in the page twice, and one of the two is shown.
document.getElementById("language").addEventListener("click", () => {
  const root = document.documentElement;
  const next = root.dataset.lang === "zh" ? "en" : "zh";
  root.dataset.lang = next;
  root.lang = next === "zh" ? "zh-CN" : "en";
  document.querySelectorAll("[data-zh]").forEach((element) => {
    const text = element.dataset[next];
    if (element.tagName === "INPUT") element.placeholder = text;
    else element.textContent = text;
  });
});
