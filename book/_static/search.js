// What the search quotes of a page: its text alone, a formula once, in its characters, and what stands apart apart;
// of a term, what it means; of an anchor that holds nothing, what stands around it.
Search.htmlToText = (plain => (source, anchor) => {
  const page = new DOMParser().parseFromString(source, "text/html"), article = page.querySelector("article");
  if (article) page.querySelector("[role=main]").replaceChildren(article);
  page.querySelectorAll(".katex-html, annotation, .cell-name, details.hide > summary").forEach(part => part.remove());
  page.querySelectorAll("h1, h2, h3, p, li, dt, dd, td, div, summary, figcaption").forEach(part => part.append(" "));
  const at = anchor ? page.querySelector(anchor) : null;
  if (at?.matches("dt")) at.append(page.querySelector(`${anchor} ~ dd`)?.textContent ?? "");
  const text = plain(page.documentElement.outerHTML, anchor).trim() || at?.parentElement.textContent || "";
  return text.replace(/\s+/g, " ");
})(Search.htmlToText);
