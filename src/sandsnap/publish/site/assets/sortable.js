/* Tables of class "sortable": every head with data-sort (text or number) becomes a button; aria-sort says the order.
 * What has no value stays last in both directions. Without scripts the rows stand as they were written. */
(function () {
  "use strict";

  function cell(row, i) {
    return row.children[i];
  }

  function comparer(kind, i) {
    if (kind === "text")
      return (a, b) => cell(a, i).textContent.trim().localeCompare(cell(b, i).textContent.trim(), "en");
    return (a, b) => Number(cell(a, i).dataset.value) - Number(cell(b, i).dataset.value);
  }

  /* Sort the body by the head that has aria-sort. */
  function apply(table) {
    const heads = [...table.tHead.rows[0].cells];
    const by = heads.findIndex((h) => h.hasAttribute("aria-sort"));
    if (by < 0) return;
    const kind = heads[by].dataset.sort;
    const down = heads[by].getAttribute("aria-sort") === "descending";
    const compare = comparer(kind, by);
    const rows = [...table.tBodies[0].rows];
    const has = (r) => kind === "text" || cell(r, by).dataset.value !== undefined;
    const full = rows.filter(has).sort((a, b) => (down ? compare(b, a) : compare(a, b)));
    table.tBodies[0].append(...full, ...rows.filter((r) => !has(r)));
  }

  function press(table, head) {
    const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const h of table.tHead.rows[0].cells) h.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    apply(table);
  }

  for (const table of document.querySelectorAll("table.sortable"))
    for (const head of table.tHead.rows[0].cells) {
      if (!head.dataset.sort) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => press(table, head));
    }

  globalThis.sandsnapSort = apply;
})();
