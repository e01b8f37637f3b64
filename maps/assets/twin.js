/* The table: sorted by its headings, filtered by name and by what the legend says. */
(function () {
  "use strict";

  function sorting(body, rows) {
    var order = new Intl.Collator("vi", { numeric: true }).compare;
    var heads = Array.from(document.querySelectorAll("tr.sorts th"));

    function value(row, at) {
      var cell = row.cells[at];
      if (at === 0) { return cell.querySelector("b").textContent; }
      var bold = cell.querySelector("b"), isEnglish = document.documentElement.lang === "en";
      return bold ? Number(bold.textContent.replace(isEnglish ? /,/g : /\./g, "")
        .replace(",", ".").replace(/[^\d.-]/g, "")) : null;
    }

    function sort(at, isDown) {
      var keyed = rows.map(function (row) { return { row: row, key: value(row, at) }; });
      keyed.sort(function (a, b) {
        if (a.key === null || b.key === null) { return (a.key === null) - (b.key === null); }
        return (isDown ? -1 : 1) * (at === 0 ? order(a.key, b.key) : a.key - b.key);
      });
      body.append.apply(body, keyed.map(function (each) { return each.row; }));
    }

    heads.forEach(function (head, at) {
      var button = document.createElement("button");
      button.type = "button";
      button.append.apply(button, Array.from(head.childNodes));
      head.replaceChildren(button);
      button.addEventListener("click", function () {
        var isDown = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(function (each) { each.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
        sort(at, isDown);
      });
    });
  }

  function filtering(rows, panel) {
    var text = document.getElementById("filter"), only = document.getElementById("only");
    var count = document.getElementById("count"), words = document.body.dataset;
    if (!text) { return function () { return undefined; }; }
    var all = only.firstElementChild, keys = rows.map(function (row) {
      return " " + window.khaosat.folded(row.cells[0].textContent);
    });

    function apply() {
      var typed = window.khaosat.folded(text.value), n = 0;
      rows.forEach(function (row, at) {
        var marks = panel.of(row.dataset.code), group = marks.length < 2 ? marks[0] : marks[panel.view + 1];
        var isCaution = only.value === "c" && marks[0] === "c";
        var isShown = (!only.value || only.value === group || isCaution) &&
          (!typed || keys[at].indexOf(" " + typed) >= 0);
        row.hidden = !isShown;
        n += isShown;
      });
      count.textContent = words.shownOf.replace("%a", n).replace("%b", rows.length);
    }

    function choices() {
      var labels = Array.from(panel.legends[panel.view].querySelectorAll("li"));
      var groups = panel.legends[panel.view].dataset.colours.split(" ").length;
      var found = labels.slice(0, groups).map(function (item, at) {
        return new Option(item.textContent.trim(), groups - 1 - at);
      });
      [["c", words.caution], ["u", words.unpublished], ["m", words.missing]].forEach(function (each) {
        if (rows.some(function (row) { return panel.of(row.dataset.code)[0] === each[0]; })) {
          found.push(new Option(each[1], each[0]));
        }
      });
      only.replaceChildren.apply(only, [all].concat(found));
      only.value = "";
      apply();
    }

    text.addEventListener("input", apply);
    only.addEventListener("change", apply);
    choices();
    return choices;
  }

  /* Gives what to call when another view is chosen. */
  window.khaosat.twin = function (rows, panel) {
    sorting(document.querySelector("tbody"), rows);
    return filtering(rows, panel);
  };
})();
