/* A page on paper: it is light, its folds are open, answers and solutions stand at the chapter's end. Afterwards all is as
 * it was. What paper does not show (controls, code) is the stylesheet's matter; book/_ext/pdf.py makes the same of pages
 * that it joins. */
(function () {
  "use strict";
  var undo = [];

  function later(action) { undo.push(action); }

  function element(tag, kind, text) {
    var made = document.createElement(tag);
    made.className = kind;
    made.textContent = text;
    return made;
  }

  function open(fold) {
    if (fold.open) return;
    fold.open = true;
    later(function () { fold.open = false; });
  }

  /* Put an answer at the end, and a line in its place. */
  function move(end, fold, words) {
    var line = element("p", "to-answer", words + ", at the end");
    fold.before(line);
    if (fold.matches(".answer")) end.append(element("p", "to-answer", words)); // a solution has a title of its own
    end.append(fold);
    later(function () { line.replaceWith(fold); });
  }

  function prepare() {
    if (undo.length) return;
    var page = document.documentElement.dataset, theme = page.theme;
    page.theme = "light";
    later(function () { page.theme = theme; });
    var article = document.querySelector(".bd-article");
    if (!article) return;
    article.querySelectorAll("details:not(.cell > .hide)").forEach(open);
    article.querySelectorAll(".solution details").forEach(open);
    article.querySelectorAll(".toggle-hidden").forEach(function (fold) {
      fold.classList.remove("toggle-hidden");
      later(function () { fold.classList.add("toggle-hidden"); });
    });
    var end = element("section", "answers-on-paper", "");
    end.append(element("h2", "", "Answers and solutions"));
    article.querySelectorAll("details.answer").forEach(function (fold, i) { move(end, fold, "Answer " + (i + 1)); });
    article.querySelectorAll(".solution").forEach(function (fold) {
      move(end, fold, fold.querySelector(".admonition-title").textContent.trim());
    });
    if (end.children.length === 1) return;
    article.append(end);
    later(function () { end.remove(); });
  }

  addEventListener("beforeprint", prepare);
  addEventListener("afterprint", function () { while (undo.length) undo.pop()(); });
})();
