// What the search quotes of a page: its text alone, a formula once, in its characters, and what stands apart apart;
// of a term, what it means; of an anchor that holds nothing, what stands around it.
Search.htmlToText = (source, anchor) => {
  const page = new DOMParser().parseFromString(source, "text/html");
  const article = page.querySelector("article") ?? page.body;
  const unread = ".headerlink, script, style, .katex-html, annotation, .cell-name, details.hide > summary";
  article.querySelectorAll(unread).forEach(part => part.remove());
  article.querySelectorAll("h1, h2, h3, p, li, dt, dd, td, div, summary, figcaption").forEach(part => part.append(" "));
  const at = anchor ? article.querySelector(anchor) : null;
  if (at?.matches("dt")) at.append(article.querySelector(`${anchor} ~ dd`)?.textContent ?? "");
  const text = at?.textContent.trim() || (at?.parentElement ?? article).textContent;
  return text.replace(/\s+/g, " ").trim();
};
