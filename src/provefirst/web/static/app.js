// Enhancements only: every page works without this file.
"use strict";

(() => {
  const locale = navigator.languages?.[0] ?? "en";

  // Times in the reader's zone (the exact UTC stays where one points), and money as the reader's language writes it.
  const near = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const localise = (root) => {
    for (const time of root.querySelectorAll('time[datetime*="T"]')) {
      time.textContent = near.format(new Date(time.dateTime));
    }
    for (const data of root.querySelectorAll("data.money")) {
      try {
        const format = new Intl.NumberFormat(locale, { style: "currency", currency: data.dataset.currency, trailingZeroDisplay: "stripIfInteger" });
        data.textContent = format.format(Number(data.value));
      } catch { /* a currency that this browser doesn't know stays as it is */ }
    }
  };
  localise(document);

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

  // Large files go ahead of their form, piece by piece: what is broken off goes on where it was.
  for (const form of document.querySelectorAll("form[data-uploads]")) {
    const piece = Number(form.dataset.uploads), csrf = form.querySelector('[name="_csrf"]').value;
    const box = form.querySelector("[data-sending]"), bar = box.querySelector("progress"), said = box.querySelector("span");
    const answered = async (answer) => {
      if (!answer.ok && answer.status !== 409) throw new Error(answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : `the server answered ${answer.status}`);
      return answer.json();
    };
    const send = async (file) => {
      const about = new URLSearchParams({ _csrf: csrf, name: file.name, size: file.size, changed: file.lastModified });
      let here = await answered(await fetch("/uploads", { method: "POST", body: about, redirect: "error" }));
      while (here.offset < file.size) {
        bar.value = here.offset / file.size;
        said.textContent = `${file.name}: ${Math.floor(100 * bar.value)} %`;
        const body = file.slice(here.offset, here.offset + piece);
        here = await answered(await fetch(`/uploads/${here.id}?at=${here.offset}`, { method: "PUT", body, headers: { "X-CSRF": csrf }, redirect: "error" }));
      }
      return here.id;
    };
    form.addEventListener("submit", async (event) => {
      const inputs = [...form.querySelectorAll('input[type="file"]')];
      if (!inputs.some((input) => [...input.files].some((file) => file.size > piece))) return;
      event.preventDefault();
      const button = event.submitter;
      if (!box.hidden && button.disabled) return;
      box.hidden = false;
      button.disabled = true;
      try {
        for (const input of inputs) {
          const large = [...input.files].filter((file) => file.size > piece), rest = new DataTransfer();
          for (const file of input.files) if (file.size <= piece) rest.items.add(file);
          for (const file of large) {
            const sent = Object.assign(document.createElement("input"), { type: "hidden", name: `sent:${input.name}`, value: await send(file) });
            form.append(sent);
          }
          if (large.length) input.files = rest.files;
        }
        bar.value = 1;
        said.textContent = "All is sent.";
        button.disabled = false;
        form.requestSubmit(button);
      } catch (problem) {
        button.disabled = false;
        said.textContent = `Broken off at ${Math.floor(100 * bar.value)} % (${problem.message}). Press “${button.textContent}” again to go on from there.`;
      }
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

  // A page follows its initiative: what changed is put in place, and what somebody opened or writes stays.
  const page = document.querySelector("[data-live]");
  if (page) {
    let version = page.dataset.version, source = null;
    const told = document.querySelector("[data-said]");
    const lookAgain = async () => {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-part]")) {
        const next = fresh.getElementById(part.id);
        if (!next || part.contains(document.activeElement)) continue;
        const open = new Set([...part.querySelectorAll("details[open] > summary")].map((one) => one.textContent));
        for (const summary of next.querySelectorAll("details > summary")) if (open.has(summary.textContent)) summary.parentElement.open = true;
        localise(next);
        part.replaceWith(next);
      }
      const [read, now] = [document, fresh].map((one) => one.querySelector('[name="_dossier"]')?.value);
      const stale = document.querySelector("[data-stale]");
      if (stale) stale.hidden = !(read && now && read !== now);
    };
    const follow = () => {
      source = new EventSource(page.dataset.live);
      source.addEventListener("state", async (event) => {
        const state = JSON.parse(event.data);
        if (told) told.textContent = state.said && `${state.said} Since ${near.format(new Date(state.since))}.`;
        const box = document.querySelector("[data-checking]");
        if (box) {
          box.hidden = !state.checking;
          if (state.checking) {
            box.querySelector("span").textContent = state.checking.said;
            Object.assign(box.querySelector("progress"), { max: state.checking.of, value: state.checking.done });
          }
        }
        if (String(state.version) !== version) { version = String(state.version); await lookAgain(); }
      });
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED && page.dataset.refresh !== undefined) setTimeout(() => location.reload(), 4000);
      });
    };
    const choose = () => { source?.close(); if (!document.hidden) follow(); };
    document.addEventListener("visibilitychange", choose);
    choose();
  }
})();
