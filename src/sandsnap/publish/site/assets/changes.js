/* The list of events: filters whose choice stands after the # of the address. */
"use strict";
(() => {
  const form = document.getElementById("filter"), status = document.getElementById("status");
  const entries = [...document.querySelectorAll("article.change")];
  const order = [...form.elements.level.options].map((o) => o.value).filter(Boolean);
  const names = ["vendor", "table", "level"];
  const show = () => {
    const state = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    for (const name of names) {
      const wanted = state.get(name) || "";
      form.elements[name].value = [...form.elements[name].options].some((o) => o.value === wanted) ? wanted : "";
    }
    const [vendor, table, level] = names.map((name) => form.elements[name].value);
    let shown = 0;
    for (const entry of entries) {
      const fits = (!vendor || entry.dataset.vendor === vendor) && (!table || entry.dataset.table.split(" ").includes(table))
        && (!level || order.indexOf(entry.dataset.level) <= order.indexOf(level));
      entry.hidden = !fits;
      shown += fits;
    }
    for (const month of document.querySelectorAll("section.month")) month.hidden = !month.querySelector("article:not([hidden])");
    status.textContent = vendor || table || level ? `${shown} of ${entries.length} events` : "";
  };
  form.addEventListener("change", () => {
    const state = new URLSearchParams(names.map((name) => [name, form.elements[name].value]).filter(([, value]) => value));
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
    show();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => { if (!location.hash || location.hash.includes("=")) show(); });
  show();
})();
