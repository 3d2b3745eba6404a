// How every page is shown: light or dark, and the size of its letters. Runs before the page is drawn.
(() => {
  "use strict";

  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const choices = { theme: ["auto", "light", "dark"], size: ["normal", "large", "largest"] };

  // A browser may refuse to remember (a frame of another site, a private window): then a choice lasts for the page.
  window.policyStore = {
    get(key) {
      try {
        return JSON.parse(localStorage.getItem(`policy.${key}`));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(`policy.${key}`, JSON.stringify(value));
      } catch {
        // not remembered
      }
    },
  };

  const chosen = {};
  for (const [name, ways] of Object.entries(choices)) {
    const kept = window.policyStore.get(name);
    chosen[name] = ways.includes(kept) ? kept : ways[0];
  }

  function apply() {
    const dark = chosen.theme === "dark" || (chosen.theme === "auto" && system.matches);
    root.dataset.theme = dark ? "dark" : "light";
    root.dataset.size = chosen.size;
    if (document.body && document.body.classList.contains("dark") !== dark) {
      document.body.classList.toggle("dark", dark);
    }
    for (const button of document.querySelectorAll("button[data-theme], button[data-size]")) {
      const name = "theme" in button.dataset ? "theme" : "size";
      button.setAttribute("aria-pressed", String(button.dataset[name] === chosen[name]));
    }
  }

  apply();
  root.classList.toggle("framed", window.self !== window.top);
  system.addEventListener("change", apply);
  // The page's engine has a mind of its own about dark and light, and about the language.
  const language = root.lang;
  new MutationObserver(() => root.lang === language || (root.lang = language)).observe(root, { attributeFilter: ["lang"] });
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(apply).observe(document.body, { attributeFilter: ["class"] });
  });
  document.addEventListener("policy:ready", apply);

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const button = target && target.closest("button[data-theme], button[data-size]");
    if (button) {
      const name = "theme" in button.dataset ? "theme" : "size";
      chosen[name] = button.dataset[name];
      window.policyStore.set(name, chosen[name]);
      apply();
    }
    for (const open of document.querySelectorAll("details.settings[open]")) {
      if (!target || !open.contains(target)) open.removeAttribute("open");
    }
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.settings[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
})();
