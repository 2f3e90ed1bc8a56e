/* A formula is on the page twice, for the eye and as MathML, and a copied sentence would hold both, a symbol a line.
 * Copied is its TeX instead; what was selected of a formula grows to the whole of it. (KaTeX's own copy-tex does the
 * same with `textContent`, which glues paragraphs together.) */
(function () {
  "use strict";

  function formula(node) { return (node.nodeType === 1 ? node : node.parentElement).closest(".katex"); }

  document.addEventListener("copy", function (event) {
    var selection = getSelection();
    if (selection.isCollapsed || !event.clipboardData) return;
    var range = selection.getRangeAt(0).cloneRange();
    var first = formula(range.startContainer), last = formula(range.endContainer);
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    var part = document.createElement("div");
    part.append(range.cloneContents());
    if (!part.querySelector(".katex")) return;
    part.querySelectorAll(".katex").forEach(function (one) {
      var tex = one.querySelector("annotation").textContent.trim();
      one.replaceWith(one.parentElement.matches(".katex-display") ? "$$" + tex + "$$" : "$" + tex + "$");
    });
    part.style.cssText = "position: fixed; left: -9999px; width: 60em";
    document.body.append(part); // in the page for `innerText`, which knows where lines end
    event.clipboardData.setData("text/plain", part.innerText);
    part.remove();
    event.preventDefault();
  });
})();
