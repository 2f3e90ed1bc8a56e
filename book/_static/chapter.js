/* A prediction: a tap on an answer marks it and opens what is folded below. Nothing is sent, and nothing is judged. */
document.querySelectorAll(".prediction").forEach(function (prediction) {
  "use strict";
  var buttons = prediction.querySelectorAll(".choices button");
  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      buttons.forEach(function (other) { other.setAttribute("aria-pressed", String(other === button)); });
      prediction.querySelector("details.answer").open = true;
    });
  });
});
