// The report page works by links alone; this marks both ends of a link and says where a figure comes from.
(() => {
  "use strict";
  const report = document.querySelector(".report");
  if (!report) return;
  const panel = document.getElementById("selected");
  const chain = document.getElementById("chain-cell");
  const frame = document.querySelector("iframe.copy");
  const byId = (id) => document.getElementById(id);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // Within its own pane only: the other end must not push away what was clicked.
  function reveal(element, pane) {
    if (!pane || pane.scrollHeight <= pane.clientHeight + 1) {
      element.scrollIntoView({ block: "nearest", inline: "nearest" });
      return;
    }
    const at = element.getBoundingClientRect();
    const room = pane.getBoundingClientRect();
    pane.scrollBy({
      top: at.top - room.top - (room.height - at.height) / 2,
      left: at.left - room.left - (room.width - at.width) / 2,
      behavior: calm.matches ? "auto" : "smooth",
    });
  }

  function select(key) {
    for (const old of report.querySelectorAll(".selected")) old.classList.remove("selected");
    const figure = byId("f-" + key);
    if (!figure) return;
    figure.classList.add("selected");
    figure.closest("td").classList.add("selected");
    const mark = byId("p-" + key);
    if (mark) mark.classList.add("selected");
    const state = figure.closest("td").querySelector(".visually-hidden");
    const words = [figure.title.split(" · ")[0], figure.textContent.trim() + (state ? state.textContent : "")];
    if (figure.dataset.printed) words.push("“" + figure.dataset.printed + "”");
    if (figure.dataset.place) words.push(figure.dataset.place);
    panel.textContent = words.join(" · ");
    panel.hidden = false;
    if (chain) chain.textContent = words.join(" · ") + " (" + figure.dataset.key + ")";
  }

  report.addEventListener("click", (event) => {
    const link = event.target.closest("a[id]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const from = link.id.slice(0, 2);
    const key = link.id.slice(2);
    if (from === "f-") {
      select(key);
      const mark = byId("p-" + key);
      if (!mark) return; // The link goes into the frame, or to a page without a box.
      event.preventDefault();
      history.replaceState(null, "", "#f-" + key);
      reveal(mark, mark.closest(".pages"));
    } else if (from === "p-") {
      event.preventDefault();
      select(key);
      history.replaceState(null, "", "#f-" + key);
      const figure = byId("f-" + key);
      if (!figure) return;
      reveal(figure, figure.closest(".figures"));
      figure.focus({ preventScroll: true });
    }
  });

  // Who comes by a link to a figure, from the frame or from elsewhere, sees its place too.
  function arrive() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!id.startsWith("f-")) return;
    const key = id.slice(2);
    select(key);
    const figure = byId(id);
    if (!figure) return;
    const mark = byId("p-" + key);
    if (mark) reveal(mark, mark.closest(".pages"));
    else if (frame && figure.href) frame.src = figure.href;
    figure.focus({ preventScroll: true });
  }
  addEventListener("hashchange", arrive);
  if (location.hash) arrive();
})();
