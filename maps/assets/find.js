/* Search for an area: a combobox as the ARIA pattern has it, moved through by arrow keys. */
(function () {
  "use strict";
  var MOST = 8;

  window.khaosat.search = function (rows, choose) {
    var input = document.getElementById("find"), list = document.getElementById("found");
    if (!input) { return; }
    var names = rows.map(function (row) {
      var within = row.querySelector(".in"), name = row.querySelector("b").textContent;
      return { row: row, name: name, within: within ? within.textContent : "",
        key: " " + window.khaosat.folded(name) + " " +
          window.khaosat.folded(within ? within.textContent : ""), code: row.dataset.code };
    });
    var at = -1, hits = [];

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function take(hit) {
      input.value = hit.name;
      close();
      choose(hit.code);
    }

    function mark(next) {
      at = hits.length ? (next + hits.length) % hits.length : -1;
      Array.from(list.children).forEach(function (item, position) {
        item.setAttribute("aria-selected", String(position === at));
      });
      if (at >= 0) { input.setAttribute("aria-activedescendant", "found-" + at); }
    }

    function option(hit, position) {
      var item = document.createElement("li"), small = document.createElement("small");
      item.id = "found-" + position;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = hit.name + " ";
      small.textContent = hit.within;
      item.appendChild(small);
      item.addEventListener("pointerdown", function (event) { event.preventDefault(); });
      item.addEventListener("click", function () { take(hit); });
      return item;
    }

    function look() {
      var typed = window.khaosat.folded(input.value);
      if (!typed) { close(); return; }
      hits = names.map(function (each) {
        var found = each.key.indexOf(" " + typed);
        return { each: each, rank: each.code.indexOf(typed) === 0 ? 0 : found < 0 ? -1 : found };
      }).filter(function (hit) { return hit.rank >= 0; });
      hits.sort(function (a, b) { return a.rank - b.rank || a.each.name.length - b.each.name.length; });
      hits = hits.slice(0, MOST).map(function (hit) { return hit.each; });
      list.replaceChildren.apply(list, hits.map(option));
      if (!hits.length) {
        var none = document.createElement("li");
        none.textContent = document.body.dataset.nothingFound;
        list.appendChild(none);
      }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark(0);
    }

    input.addEventListener("input", look);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { close(); }
      if (event.key === "Enter" && at >= 0 && !list.hidden) { take(hits[at]); }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { look(); } else { mark(at + (event.key === "ArrowDown" ? 1 : -1)); }
      }
    });
  };
})();
