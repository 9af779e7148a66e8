// The pages' own script: it adds to pages that do without it. It sends nothing anywhere but to this hub.
"use strict";
const liven = (part) => {
  for (const button of part.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const place of part.querySelectorAll("[data-file]")) {
    place.hidden = false;
    place.querySelector("input").addEventListener("change", async (event) => {
      if (event.target.files[0]) document.getElementById(place.dataset.file).value = await event.target.files[0].text();
    });
  }
  for (const left of part.querySelectorAll("[data-ends]")) {
    const ends = new Date(left.dataset.ends).getTime(), skew = Date.now() - new Date(left.dataset.now).getTime();
    const tell = () => {
      const seconds = Math.max(0, Math.round((ends - Date.now() + skew) / 1000));
      const minutes = Math.floor(seconds / 60);
      left.textContent = seconds ? `, in ${minutes} min ${String(seconds % 60).padStart(2, "0")} s` : ": it has ended";
      if (seconds) setTimeout(tell, 1000);
    };
    tell();
  }
};
liven(document);
addEventListener("beforeprint", () => { // what is folded away on a screen is on the paper
  for (const folded of document.querySelectorAll("details.printed")) folded.open = true;
});
document.querySelector(".summary")?.focus(); // what is wrong with a form is where the keyboard and a screen reader begin
// A page that waits: each service's panel comes as it answers, and the complete page in the place of all.
const whole = document.querySelector("[data-whole]");
if (whole) {
  const ask = async (path, tries = 3) => {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (answer.status === 503 && tries > 1) {
      await new Promise((later) => setTimeout(later, 1000));
      return ask(path, tries - 1);
    }
    if (answer.redirected) location.reload();
    if (!answer.ok || answer.redirected) throw new Error("not answered");
    return answer.text();
  };
  const places = [...whole.querySelectorAll("[data-panel]")];
  let answered = 0;
  const count = () => {
    whole.querySelector("[data-count]").textContent = `${answered} of ${places.length} services have been heard.`;
  };
  const left = [...places];
  const lane = async () => {
    for (let place = left.shift(); place; place = left.shift()) {
      try { place.innerHTML = await ask(place.dataset.panel); }
      catch { place.querySelector("[data-says]").textContent = "could not be asked; wait for the complete page"; }
      place.removeAttribute("aria-busy");
      answered += 1;
      count();
    }
  };
  for (let n = 0; n < 4; n += 1) lane(); // so many at a time: one person's questions are counted one after another
  ask(whole.dataset.whole).then((html) => {
    const read = new DOMParser().parseFromString(html, "text/html");
    const main = document.querySelector("main"), next = read.querySelector("main");
    const swap = () => {
      main.replaceWith(next);
      document.querySelector(".foot").replaceWith(read.querySelector(".foot")); // its reference is the complete page's
      document.title = read.title;
      liven(next);
    };
    if (!main.contains(document.activeElement) || document.activeElement === main) return swap();
    const link = whole.querySelector("[data-swap]");
    link.textContent = "Show the complete page: everybody has been heard";
    link.addEventListener("click", (event) => { event.preventDefault(); swap(); next.focus(); });
  }).catch(() => {});
}
