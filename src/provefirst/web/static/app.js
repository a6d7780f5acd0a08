// Enhancements only: every page works without this file.
"use strict";

(() => {
  const locale = navigator.languages?.[0] ?? "en";

  // Times in the reader's zone; the exact UTC stays where one points.
  const near = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll('time[datetime*="T"]')) {
    time.textContent = near.format(new Date(time.dateTime));
  }

  // Money as the reader's language writes it.
  for (const data of document.querySelectorAll("data.money")) {
    try {
      const format = new Intl.NumberFormat(locale, { style: "currency", currency: data.dataset.currency, trailingZeroDisplay: "stripIfInteger" });
      data.textContent = format.format(Number(data.value));
    } catch { /* a currency that this browser doesn't know stays as it is */ }
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A form is kept as it is filled in.
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const told = form.querySelector(".saved");
    let timer = 0;
    const keep = async () => {
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      body.set("_place", form.dataset.draft);
      try {
        const answer = await fetch("/drafts", { method: "POST", body: new URLSearchParams(body) });
        if (told) told.textContent = answer.ok ? "Kept as a draft." : "Not kept: are you still signed in? Nothing is lost on this page.";
      } catch {
        if (told) told.textContent = "Not kept: no connection. Nothing is lost on this page.";
      }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 800); });
    form.addEventListener("submit", () => clearTimeout(timer));
  }

  // Files can be dropped on their field, and say how large they are.
  for (const input of document.querySelectorAll('input[type="file"]')) {
    const field = input.closest(".field");
    if (!field) continue;
    field.classList.add("drop");
    field.addEventListener("dragover", (event) => { event.preventDefault(); field.classList.add("over"); });
    field.addEventListener("dragleave", () => field.classList.remove("over"));
    field.addEventListener("drop", (event) => {
      event.preventDefault();
      field.classList.remove("over");
      if (event.dataTransfer?.files.length) { input.files = event.dataTransfer.files; input.dispatchEvent(new Event("change")); }
    });
  }

  // Earlier initiatives that sound alike appear while a title is typed.
  const similar = document.querySelector("[data-similar]");
  const asked = similar && document.querySelector(`[name="${similar.dataset.similar}"]`);
  if (similar && asked) {
    let timer = 0;
    asked.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const answer = await fetch(`/open/similar?text=${encodeURIComponent(asked.value)}`);
        if (answer.ok) similar.innerHTML = await answer.text();
      }, 400);
    });
  }

  // A page that waits for the engine looks again by itself, unless somebody is reading on.
  const waits = document.querySelector("[data-refresh]");
  if (waits) setTimeout(() => { if (!document.querySelector("details[open]")) location.reload(); }, 4000);
})();
