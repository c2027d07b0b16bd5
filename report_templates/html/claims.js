"use strict";
(function () {
  const claims = JSON.parse(document.getElementById("claims").textContent);
  const panel = document.getElementById("source");
  const list = panel.querySelector("dl");
  let marked = null;
  function line(label, texts) {
    const dt = document.createElement("dt");
    dt.textContent = label;
    list.append(dt);
    for (const text of texts) {
      const dd = document.createElement("dd");
      dd.textContent = text;
      list.append(dd);
    }
  }
  function hide() {
    panel.hidden = true;
    if (marked) marked.classList.remove("open");
    marked = null;
  }
  function show(number) {
    const claim = claims[number.dataset.claim];
    if (!claim) return;
    hide();
    marked = number;
    number.classList.add("open");
    panel.querySelector(".source-id").textContent = number.dataset.claim;
    panel.querySelector(".source-value").textContent = claim.display;
    list.replaceChildren();
    line(panel.dataset.what, [claim.what]);
    line(panel.dataset.how, [claim.how]);
    line(panel.dataset.from, claim.sources);
    panel.hidden = false;
  }
  document.addEventListener("click", function (event) {
    const number = event.target.closest(".num");
    if (number) show(number);
    else if (event.target.id === "source-close" || !event.target.closest("#source")) hide();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") hide();
    if ((event.key === "Enter" || event.key === " ") && event.target.classList.contains("num")) {
      event.preventDefault();
      show(event.target);
    }
  });
})();
