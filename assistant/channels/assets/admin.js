"use strict";
// Every form works without this script; it asks before what cannot be undone, and shows how far uploads and changes are.
(() => {
  const root = document.getElementById("main").dataset.root;
  const messages = JSON.parse(document.getElementById("page-data").textContent).messages;
  const word = (key, values = {}) => messages[`admin.sending.${key}`].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  for (const form of document.querySelectorAll("form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      const boxes = form.querySelectorAll("input[type=checkbox]");
      if (boxes.length && !form.querySelector("input:checked")) {
        event.preventDefault();
        boxes[0].focus();
        return;
      }
      if (!confirm(form.dataset.confirm)) event.preventDefault();
    });
  }

  const work = document.getElementById("work");
  const look = async () => {
    try {
      const response = await fetch(`${root}/work`, { cache: "no-store" });
      if (!response.ok) return location.reload();
      const told = await response.json();
      if (!told.running) return location.replace(root);
      if (work.innerHTML !== told.html) work.innerHTML = told.html;
    } catch {
      // the service may be starting again
    }
    setTimeout(look, 1000);
  };
  if (work && work.dataset.running === "1") setTimeout(look, 700);

  const upload = document.getElementById("upload");
  if (!upload) return;
  const input = upload.querySelector("input[type=file]");
  const sending = document.getElementById("sending");
  const say = (text) => { sending.hidden = false; sending.querySelector("span").textContent = text; };
  upload.addEventListener("submit", (event) => {
    event.preventDefault();
    const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
    if (size > Number(upload.dataset.most)) {
      say(word("too-large", { size: Math.ceil(size / 1048576) }));
      return;
    }
    const button = upload.querySelector("button");
    button.disabled = true;
    const bar = sending.querySelector("progress");
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = sent.loaded / sent.total;
      say(word("percent", { percent: Math.round(100 * bar.value) }));
    });
    request.addEventListener("load", () => {
      if (request.status < 300) return location.replace(root);
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const fault = page.querySelector(".alert");
      button.disabled = false;
      say(fault ? fault.textContent : word("failed"));
    });
    request.addEventListener("error", () => { button.disabled = false; say(word("broken")); });
    request.open("POST", upload.action);
    say(word("begun"));
    request.send(new FormData(upload));
  });
})();
