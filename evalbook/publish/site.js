// What a page does: light or dark, the menu of a narrow screen, links to headings, and search in an index that lies beside the pages.
(() => {
  "use strict";
  const root = document.documentElement;
  const up = document.body.dataset.up;

  const dark = () => root.dataset.scheme ? root.dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.querySelector("button.scheme").addEventListener("click", () => {
    root.dataset.scheme = dark() ? "light" : "dark";
    try { localStorage.setItem("scheme", root.dataset.scheme); } catch (_) { /* the choice then lasts for this page */ }
  });

  const menu = document.querySelector("button.menu");
  const chapters = document.getElementById("chapters");
  menu.addEventListener("click", () => menu.setAttribute("aria-expanded", String(chapters.classList.toggle("open"))));

  // Beside the text there is room for the contents of the page; on a narrow screen they fold.
  const contents = document.querySelector("details.contents");
  const roomy = matchMedia("(min-width: 84rem)");
  const unfold = () => { if (contents) contents.open = roomy.matches; };
  unfold();
  roomy.addEventListener("change", unfold);

  // ---- search
  const input = document.getElementById("find");
  const list = document.getElementById("found");
  const status = document.querySelector(".find [role=status]");
  const MOST = 12;
  let chosen = -1;

  // A Dane may write ae for æ on a foreign keyboard; accents do not matter.
  const plain = (text) => text.toLowerCase().replace(/æ/g, "ae").replace(/ø/g, "oe").replace(/å/g, "aa")
    .normalize("NFD").replace(/[\u0300-\u036f]/g, "");

  // The index is a script, since a page opened as a file may not fetch.
  const index = () => window.searchIndex || (window.searchIndex = new Promise((resolve, reject) => {
    window.takeIndex = (entries) => resolve(entries.map(([href, page, heading, text]) =>
      ({ href, page, heading, text, title: plain(page + " " + heading), words: plain(text) })));
    const script = document.createElement("script");
    script.src = up + "search.js";
    script.onerror = reject;
    document.head.append(script);
  }));

  // Danish compounds are written in one word: a term counts wherever it stands in one, most where a word begins with it.
  const score = (entry, terms) => {
    let sum = 0;
    for (const term of terms) {
      const inTitle = entry.title.includes(term), place = entry.words.indexOf(term);
      if (!inTitle && place < 0) return 0;
      const starts = (text) => (" " + text).includes(" " + term);
      sum += (inTitle ? 6 : 0) + (starts(entry.title) ? 4 : 0) + (place >= 0 ? 1 : 0) + (starts(entry.words) ? 2 : 0);
    }
    return sum;
  };

  // Folding may lengthen a text, so the place is looked for in the text itself, sign by sign.
  const around = (text, term) => {
    let folded = "";
    const from = [];
    for (let i = 0; i < text.length; i++) for (const sign of plain(text[i])) { folded += sign; from.push(i); }
    const at = folded.indexOf(term);
    if (at < 0) return [text.slice(0, 140), "", ""];
    const begin = from[at], end = from[at + term.length - 1] + 1, start = Math.max(0, begin - 60);
    return [(start ? "…" : "") + text.slice(start, begin), text.slice(begin, end), text.slice(end, end + 90)];
  };

  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); chosen = -1; };
  const open = () => { list.hidden = false; input.setAttribute("aria-expanded", "true"); };
  const choose = (next) => {
    const items = [...list.children];
    if (!items.length) return;
    chosen = (next + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  const go = (item) => { close(); location.href = up + item.dataset.href; };

  const show = (hits, terms) => {
    list.replaceChildren(...hits.map((entry, i) => {
      const item = document.createElement("li");
      item.id = "hit-" + i;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.href = entry.href;
      const title = document.createElement("b"), excerpt = document.createElement("span"), mark = document.createElement("mark");
      title.textContent = entry.heading && entry.heading !== entry.page ? entry.page + ": " + entry.heading : entry.page;
      const [head, hit, tail] = around(entry.text, terms[0]);
      mark.textContent = hit;
      excerpt.append(head, mark, tail);
      item.append(title, excerpt);
      return item;
    }));
    status.textContent = hits.length ? hits.length + " " + status.dataset.some : status.dataset.none;
    chosen = -1;
    if (hits.length) open(); else close();
  };

  const search = async () => {
    const terms = plain(input.value).split(/\s+/).filter(Boolean);
    if (terms.join("").length < 2) { status.textContent = ""; close(); return; }
    const asked = input.value;
    const entries = await index();
    if (asked !== input.value) return;
    const hits = entries.map((entry) => [score(entry, terms), entry]).filter(([points]) => points);
    show(hits.sort((a, b) => b[0] - a[0]).slice(0, MOST).map(([, entry]) => entry), terms);
  };

  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
    } else if (event.key === "Enter" && list.children.length && !list.hidden) {
      event.preventDefault();
      go(list.children[Math.max(chosen, 0)]);
    } else if (event.key === "Escape") close();
  });
  list.addEventListener("click", (event) => { const item = event.target.closest("li"); if (item) go(item); });
  document.addEventListener("click", (event) => { if (!event.target.closest(".find")) close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) { event.preventDefault(); input.focus(); }
  });
})();
