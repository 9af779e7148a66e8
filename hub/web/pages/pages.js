// The pages' own script: it adds to pages that do without it. It sends nothing anywhere but to this hub.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const left of document.querySelectorAll("[data-ends]")) {
  const ends = new Date(left.dataset.ends).getTime(), skew = Date.now() - new Date(left.dataset.now).getTime();
  const tell = () => {
    const seconds = Math.max(0, Math.round((ends - Date.now() + skew) / 1000));
    const minutes = Math.floor(seconds / 60);
    left.textContent = seconds ? `, in ${minutes} min ${String(seconds % 60).padStart(2, "0")} s` : ": it has ended";
    if (seconds) setTimeout(tell, 1000);
  };
  tell();
}
