"use strict";
(() => {
  // The list of datasets of a static site: shows what `?search=` asks for, by search-index.json.
  // Without this script, or without the index, the list stays as it is.
  const asked = (new URLSearchParams(location.search).get("search") || "").trim();
  const here = document.currentScript;
  const box = document.getElementById("search");
  const list = document.querySelector("ul.slips");
  const total = document.querySelector(".total");
  if (!asked || !here || !list) return;
  if (box) box.value = asked;
  const words = asked.toLowerCase().split(/\s+/);

  const element = (name, css, text) => {
    const made = document.createElement(name);
    made.className = css;
    made.textContent = text;
    return made;
  };
  const row = (found) => {
    const slip = element("li", "slip", "");
    const body = element("div", "slip-body", "");
    const title = element("h3", "", "");
    const link = element("a", "slip-link", found.title);
    link.href = found.href;
    title.dir = "auto";
    title.append(link);
    body.append(title, element("p", "slip-id", found.name));
    if (found.summary) body.append(element("p", "slip-summary", found.summary));
    slip.append(body);
    return slip;
  };
  const show = (index) => {
    const found = index.filter((one) => words.every((word) => one.words.includes(word)));
    list.replaceChildren(...found.map(row));
    for (const pager of document.querySelectorAll(".pager")) pager.hidden = true;
    if (total) {
      total.textContent = `${found.length} ${found.length === 1 ? "dataset" : "datasets"} found`;
    }
  };
  fetch(new URL("../search-index.json", here.src))
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
    .then(show)
    .catch(() => {
      if (total) total.textContent = "The search index could not be read; this is the whole list.";
    });
})();
