"use strict";
(() => {
  // What a reader would not see: controls, marks of direction, characters without width.
  const HIDDEN =
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;
  // In a text of someone else HTML may hide, reverse or replace parts of the code.
  const readsAsCopied = (element) =>
    !HIDDEN.test(element.textContent) &&
    (!element.matches(".prose pre") ||
      (!element.hasAttribute("dir") &&
        !element.querySelector("[dir], :not(code, span)")));

  const marked = [...document.querySelectorAll("pre.code, [data-copy]")];
  const elements = marked.filter(readsAsCopied);
  if (!elements.length) return;
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  document.querySelector("main").append(said);

  const selected = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return document.execCommand("copy");
  };

  const copied = async (element) => {
    try {
      await navigator.clipboard.writeText(element.textContent.replace(/\n$/, ""));
      return true;
    } catch {
      return selected(element);
    }
  };

  const button = (element) => {
    const made = document.createElement("button");
    const what = element.dataset.copy || "this code";
    made.type = "button";
    made.className = "copy";
    made.textContent = "Copy";
    made.setAttribute("aria-label", `Copy ${what}`);
    made.addEventListener("click", async () => {
      const word = (await copied(element)) ? "Copied" : "Press Ctrl+C";
      made.textContent = said.textContent = word;
      made.setAttribute("aria-label", word);
      setTimeout(() => {
        made.textContent = "Copy";
        made.setAttribute("aria-label", `Copy ${what}`);
        said.textContent = "";
      }, 2000);
    });
    return made;
  };

  for (const element of elements) {
    const place = document.getElementById(element.dataset.copyTo ?? "");
    if (place) {
      place.append(button(element));
    } else if (element.matches("pre")) {
      const frame = document.createElement("div");
      frame.className = "copy-frame";
      element.replaceWith(frame);
      frame.append(element, button(element));
    } else {
      element.after(button(element));
    }
  }
})();
