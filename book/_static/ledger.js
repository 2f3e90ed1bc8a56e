// A filter above the ledger: any word of a row, and its source. While it asks for something the parts that have rows for
// it are open. Without script the ledger is whole.
(() => {
  const tables = [...document.querySelectorAll("table.ledger")];
  if (!tables.length) return;
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const sources = rows.map((row) => row.cells[0].lastElementChild.textContent.trim());
  const bar = document.createElement("div");
  bar.className = "ledger-filter";
  bar.innerHTML =
    '<label>Find <input type="search" placeholder="(23), error, theorem…"></label>' +
    '<label>Source <select><option value="">all</option></select></label>' +
    '<span role="status"></span>';
  const [find, source, status] = bar.querySelectorAll("input, select, span");
  [...new Set(sources)].forEach((name) => source.add(new Option(name, name)));
  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !(words.every((word) => texts[i].includes(word)) && [sources[i], ""].includes(source.value));
      shown += !row.hidden;
    });
    const asked = words.length > 0 || source.value !== "";
    tables.forEach((table) => {
      const part = table.closest("details");
      const some = [...table.tBodies[0].rows].some((row) => !row.hidden);
      part.hidden = !some;
      part.open = asked && some;
    });
    status.textContent = `${shown} of ${rows.length} rows`;
  };
  find.addEventListener("input", show);
  source.addEventListener("change", show);
  tables[0].closest("details").before(bar);
  show();
})();
