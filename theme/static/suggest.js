// Suggestions while typing, on the page of the search. Without it the form works as it stands.
// The pattern is WAI-ARIA's combobox with a listbox: the focus stays in the field, arrows choose, Enter searches,
// Escape closes. Nothing is asked while an input method is still composing a character.
"use strict";
(() => {
  const field = document.querySelector("input[data-suggest]");
  if (!field) return;
  const PAUSE_MILLISECONDS = 150;
  const HTML_LANG = { zh: "zh-CN", en: "en", bo: "bo" };
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let timer = 0;
  let asking = null;
  let chosen = -1;
  let typed = "";

  list.id = "search-suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.suggestLabel);
  list.hidden = true;
  status.className = "unseen";
  status.setAttribute("role", "status");
  field.after(list);
  field.form.append(status);

  // A field of the type "search" may not be a combobox.
  field.type = "text";
  field.enterKeyHint = "search";
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  function close() {
    clearTimeout(timer);
    if (asking) asking.abort();
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function show(suggestions) {
    close();
    suggestions.forEach(({ text, lang }, number) => {
      const option = document.createElement("li");
      option.id = `search-suggestion-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.lang = HTML_LANG[lang] || lang;
      option.textContent = text;
      list.append(option);
    });
    list.hidden = suggestions.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = list.hidden ? "" : field.dataset.suggestCount.replace("0", suggestions.length);
  }

  function choose(number) {
    const options = [...list.children];
    // One place more than there are options: back to what was typed.
    chosen = (number + options.length + 2) % (options.length + 1) - 1;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) {
      field.removeAttribute("aria-activedescendant");
      field.value = typed;
    } else {
      field.setAttribute("aria-activedescendant", options[chosen].id);
      field.value = options[chosen].textContent;
      options[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  async function ask() {
    asking = new AbortController();
    const address = new URL(field.dataset.suggest, location.origin);
    address.searchParams.set("q", typed);
    address.searchParams.set("lang", field.dataset.suggestLang);
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch (error) {
      // Asked anew meanwhile, or no connection: the field goes on without suggestions.
      if (error.name !== "AbortError") close();
    }
  }

  function begin(event) {
    if (event.isComposing) return;
    close();
    typed = field.value;
    if (typed.trim()) timer = setTimeout(ask, PAUSE_MILLISECONDS);
  }

  field.addEventListener("input", begin);
  field.addEventListener("compositionend", begin);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      event.preventDefault();
      field.value = typed;
      close();
    }
  });
  // Before the field loses the focus, and with it the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    field.value = option.textContent;
    close();
    field.form.requestSubmit();
  });
})();
