"use strict";
// The cases of a report: filtered, searched, and each opened to what was asked, said, cited and retrieved.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 50;
  let shown = PAGE;

  const make = (tag, classes, ...children) => {
    const element = document.createElement(tag);
    if (classes) element.className = classes;
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  const both = ([zh, en]) => make("span", "", make("span", "zh", zh), make("span", "en", en));
  const words = data.words;

  // Offsets count characters as Python does, so text is cut by code points.
  const highlighted = (text, spans) => {
    const letters = Array.from(text);
    const cuts = [...new Set([0, letters.length, ...spans.flatMap(([from, to]) => [from, to])])]
      .filter((cut) => cut >= 0 && cut <= letters.length)
      .sort((a, b) => a - b);
    const parts = make("span", "quote");
    for (let at = 0; at + 1 < cuts.length; at += 1) {
      const kinds = spans.filter(([from, to]) => from <= cuts[at] && cuts[at + 1] <= to).map((span) => span[2]);
      const piece = letters.slice(cuts[at], cuts[at + 1]).join("");
      parts.append(kinds.length ? make("mark", [...new Set(kinds)].join(" "), piece) : piece);
    }
    return parts;
  };

  const heading = (name) => make("h3", "", both(words[name]));
  const list = (tag, items) => make(tag, "", ...items.map((item) => make("li", "", item)));

  const detail = (item) => {
    const body = make("div", "body");
    body.append(heading("question"));
    item.turns.forEach((turn, at) => {
      body.append(make("div", at + 1 < item.turns.length ? "said earlier" : "said", turn));
    });
    if (item.fault) body.append(make("p", "", make("span", "tag bad", both(data.faults[item.fault][0])), " ", both(data.faults[item.fault][1])));
    body.append(heading("answer"));
    if (item.error) body.append(make("p", "bad", item.error));
    body.append(make("div", "said", item.answer ? highlighted(item.answer, item.answer_spans) : both(words.empty)));
    const expected = [];
    if (item.expected) expected.push(make("span", "", both(words.expected_status), item.expected));
    item.facts.forEach(([fact, told]) => expected.push(make("span", told ? "good" : "bad", `${told ? "✓" : "✗"} ${fact}`)));
    item.absent.forEach(([text, told]) => expected.push(make("span", told ? "bad" : "soft", both(words.absent), `${text} ${told ? "✗" : "✓"}`)));
    if (!item.answerable) expected.push(both(words.unanswerable));
    if (item.reference) expected.push(make("span", "", both(words.reference), item.reference));
    if (expected.length) body.append(heading("wanted"), list("ul", expected));
    if (item.evidence.length) {
      body.append(heading("evidence"));
      body.append(list("ul", item.evidence.map(([text, rank, cited]) => make("span", "",
        make("span", `tag ${rank ? "good" : "bad"}`, both(rank ? [`第 ${rank} 位`, `rank ${rank}`] : words.not_retrieved)), " ",
        make("span", `tag ${cited ? "good" : "bad"}`, both(cited ? words.is_cited : words.not_cited)), " ",
        make("mark", "e", text)))));
    }
    if (item.citations.length) {
      body.append(heading("citations"));
      body.append(list("ol", item.citations.map(([title, quote, spans]) => make("span", "", highlighted(quote, spans), make("small", "", ` —— ${title}`)))));
    }
    if (item.retrieved.length) {
      const passages = list("ol", item.retrieved.map(([number, score, spans]) => {
        const [title, text] = data.passages[number];
        return make("span", "", make("small", "", `${score} · ${title}`), document.createElement("br"), highlighted(text, spans));
      }));
      const more = make("details", "", make("summary", "", both(words.retrieved), ` (${item.retrieved.length})`), passages);
      if (item.fault) more.open = true;
      body.append(more);
    }
    return body;
  };

  const row = (item) => {
    const sign = item.ok === null ? ["soft", "·"] : item.ok ? ["good", "✓"] : ["bad", "✗"];
    const summary = make("summary", "",
      make("span", sign[0], sign[1]),
      make("span", "what", item.turns[item.turns.length - 1]),
      item.fault ? make("span", "tag bad", both(data.faults[item.fault][0])) : make("span", ""),
      make("span", "meta", `${item.id} · ${item.category} · ${item.status} · ${item.ms} ms`));
    const box = make("details", "case", summary);
    box.addEventListener("toggle", () => {
      if (box.open && box.children.length === 1) box.append(detail(item));
    });
    return box;
  };

  const field = (id) => document.getElementById(id);
  const searched = new Map(data.cases.map((item) =>
    [item, [item.id, item.category, ...item.turns, item.answer, item.error || ""].join("\n").normalize("NFKC").toLowerCase()]));
  const keeps = {
    all: () => true,
    problem: (item) => item.ok === false || item.fault !== null,
    wrong: (item) => item.ok === false,
    right: (item) => item.ok === true,
    unjudged: (item) => item.ok === null,
  };

  const draw = () => {
    const sought = field("search").value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    const groups = [...document.querySelectorAll("select[data-field]")].filter((select) => select.value !== "");
    const fault = field("fault").value;
    const found = data.cases.filter((item) =>
      keeps[field("verdict").value](item)
      && (!fault || item.fault === fault)
      && groups.every((select) => item.groups[select.dataset.field] === select.value)
      && sought.every((word) => searched.get(item).includes(word)));
    field("cases").replaceChildren(...found.slice(0, shown).map(row));
    field("count").replaceChildren(both([`${found.length} / ${data.cases.length} 个用例`, `${found.length} of ${data.cases.length} cases`]));
    field("more").hidden = found.length <= shown;
  };
  const again = () => { shown = PAGE; draw(); };

  document.querySelectorAll("#controls select, #controls input").forEach((control) => {
    control.addEventListener(control.tagName === "INPUT" ? "input" : "change", again);
  });
  field("more").addEventListener("click", () => { shown += 4 * PAGE; draw(); });
  document.querySelectorAll("button[data-show]").forEach((button) => button.addEventListener("click", () => {
    const [name, value] = JSON.parse(button.dataset.show);
    field("search").value = "";
    document.querySelectorAll("#controls select").forEach((select) => { select.value = ""; });
    field("verdict").value = "all";
    if (name === "fault") field("fault").value = value;
    else document.querySelectorAll("select[data-field]").forEach((select) => { if (select.dataset.field === name) select.value = value; });
    again();
    field("controls").scrollIntoView();
  }));
  const measure = field("measure");
  measure.addEventListener("change", () => document.querySelectorAll("[data-measure]").forEach((block) => {
    block.hidden = block.dataset.measure !== measure.value;
  }));
  field("verdict").value = data.cases.some(keeps.problem) ? "problem" : "all";
  root.classList.add("live");
  draw();
})();
