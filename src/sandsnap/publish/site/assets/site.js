/* On every page: tells the style sheet that scripts run, counts days from the reader's own clock, says how old a copy is, and
 * opens what stands folded in a row that an address leads to. */
"use strict";
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const days = (day) => Math.round((Date.parse(day) - Date.parse(new Date().toISOString().slice(0, 10))) / 864e5);
  for (const node of document.querySelectorAll(".countdown[data-day]")) {
    const n = days(node.dataset.day), many = Math.abs(n) === 1 ? "" : "s";
    node.textContent = n === 0 ? "today" : n > 0 ? `in ${n} day${many}` : `${-n} day${many} ago`;
  }
  const edition = document.getElementById("edition"), age = -days(edition.dataset.asOf);
  if (age > 7) {
    const note = document.createElement("p");
    note.textContent = `This copy is ${age} days old: its marks count from the day of its facts, not from today.`;
    edition.after(note);
  }
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.querySelector("details");
    if (details) details.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
});
