/* What a reader can do with the map. Texts are never built here: the card copies, as text,
   what the table row of the area says, so nothing that people wrote passes through a script. */
(function () {
  "use strict";
  var words = document.body.dataset, panels = [], rows = {}, list = [], shown = null, shapes = null, marks = null;

  function line(box, tag, text, style) {
    if (!text) { return; }
    var element = document.createElement(tag);
    element.textContent = text;
    if (style) { element.className = style; }
    box.appendChild(element);
  }

  function text(cell, selector) {
    var found = cell.querySelector(selector);
    return found ? found.textContent.trim() : "";
  }

  /* What stands behind the bold figure of a cell: its interval, or the effective sample. */
  function behind(cell) {
    var bold = cell.querySelector("b"), next = bold && bold.nextSibling;
    return next && next.nodeType === 3 ? next.textContent.trim() : "";
  }

  function figures(box, row, at) {
    var value = row.cells[1 + 2 * at], n = row.cells[2 + 2 * at], range = behind(value);
    line(box, "span", text(value, "b") || value.textContent.trim(), "big");
    range = range.replace("–", "\u2060–\u2060");  // no line break inside an interval
    line(box, "span", range && words.interval + ": " + range, "soft");
    var answers = text(n, "b"), effective = behind(n);
    line(box, "span", answers && words.answers + ": " + answers +
      (effective && " (" + words.effective + " " + effective + ")"), "soft");
  }

  /* What the legend of another view than the fixed classes says of the area. */
  function judged(box, panel, code) {
    var position = panel.of(code)[panel.view + 1], legend = panel.legends[panel.view];
    if (!panel.view || position === undefined) { return; }
    var groups = legend.dataset.colours.split(" ").length;
    var label = legend.querySelectorAll("li")[groups - 1 - position].textContent.trim();
    line(box, "span", document.getElementById("view").selectedOptions[0].textContent + ": " + label,
      "soft");
  }

  function details(row) {
    var box = document.createElement("div"), head = row.cells[0];
    line(box, "b", text(head, "b"));
    line(box, "span", text(head, ".in"), "soft");
    panels.forEach(function (panel) {
      var title = panel.map.getContainer().closest(".panel");
      line(box, "span", title && title.querySelector("h2").textContent, "soft layer");
      figures(box, row, panel.at);
      judged(box, panel, row.dataset.code);
    });
    head.querySelectorAll(".reason").forEach(function (each) {
      line(box, "span", each.textContent, "soft");
    });
    head.querySelectorAll("sup").forEach(function (each) {
      var reason = document.getElementById("reasons").children[Number(each.textContent) - 1];
      line(box, "span", reason.textContent, "soft");
    });
    var page = head.querySelector("a");
    if (page) {
      line(box, "a", words.pageOf);
      box.lastChild.href = page.href;
    }
    return box;
  }

  function show(code) {
    if (shown === code) { return; }
    if (shown) { rows[shown].classList.remove("on"); }
    shown = code;
    rows[code].classList.add("on");
    panels.forEach(function (panel) { panel.mark(code); });
    document.getElementById("card").replaceChildren(details(rows[code]));
  }

  function reachable(panel, code, item) {
    var path = item.layer.getElement(), box = details(rows[code]);
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "img");
    path.setAttribute("aria-label", Array.prototype.map.call(box.children, function (child) {
      return child.textContent;
    }).join(". "));
    path.setAttribute("data-area", code);
    path.addEventListener("focus", function () { show(code); });
  }

  // A frame may be laid out late or grow: the whole stays in view until the reader moves the map.
  function keepWhole(panel) {
    var isMoved = false;
    ["mousedown", "touchstart", "wheel", "keydown"].forEach(function (name) {
      panel.map.getContainer().addEventListener(name, function () { isMoved = true; },
        { passive: true });
    });
    panel.map.on("resize", function () { if (!isMoved) { panel.whole(); } });
  }

  function controls(panel) {
    var map = panel.map;
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    if (L.Browser.mobile) {
      // a finger scrolls the page until the reader has zoomed in; then it moves the map
      var whole = map.getZoom();
      map.on("zoomend", function () {
        map.dragging[map.getZoom() > whole + 0.05 ? "enable" : "disable"]();
      });
    }
    map.on("zoomend resize", function () { panel.label(); });
    panel.label();
  }

  function together(one, other) {
    one.map.on("move", function () {
      if (one.isLed) { return; }
      other.isLed = true;
      other.map.setView(one.map.getCenter(), one.map.getZoom(), { animate: false });
      other.isLed = false;
    });
  }

  /* The table is there: everything that reads from it. */
  window.khaosat.start = function () {
    list = Array.from(document.querySelectorAll("tr[data-code]"));
    list.forEach(function (row) { rows[row.dataset.code] = row; });
    panels.forEach(function (panel) {
      panel.rows = rows;
      Object.keys(panel.items).forEach(function (code) {
        var item = panel.items[code];
        item.layer.on("mouseover click", function () { show(code); });
        if (!panel.isCountry) { reachable(panel, code, item); }
      });
      keepWhole(panel);
      controls(panel);
    });
    if (panels.length > 1) { together(panels[0], panels[1]); together(panels[1], panels[0]); }
    var renew = window.khaosat.twin(list, panels[0]);
    window.khaosat.search(list, function (code) { show(code); panels[0].go(code); });
    ["mouseover", "focusin"].forEach(function (name) {
      document.querySelector("tbody").addEventListener(name, function (event) {
        var row = event.target.closest("tr[data-code]");
        if (row) { show(row.dataset.code); }
      });
    });
    var view = document.getElementById("view");
    if (view) {
      view.addEventListener("change", function () {
        panels.forEach(function (panel) { panel.recolour(view.value); });
        list.forEach(function (row) {
          row.querySelector("i").style.backgroundColor = panels[0].colour(row.dataset.code) || "";
        });
        renew();
        if (shown) { document.getElementById("card").replaceChildren(details(rows[shown])); }
      });
    }
    document.querySelectorAll(".tools").forEach(function (each) { each.hidden = false; });
    performance.mark("map-ready");
  };

  /* The shapes are there, the table below not yet: a reader sees the map first. */
  window.khaosat.ready = function (map) {
    if (!shapes) {
      shapes = window.khaosat.shapes();
      marks = JSON.parse(document.getElementById("marks").textContent);
    }
    map.getContainer().parentNode.querySelectorAll("svg.still").forEach(function (still) {
      still.remove();
    });
    panels.push(new window.khaosat.Panel(map, panels.length, shapes, marks));
    requestAnimationFrame(function () {
      requestAnimationFrame(function () { performance.mark("map-drawn"); });
    });
  };

  // a page that frames this document cannot measure it: tell it the height, nothing else
  if (window.parent !== window) {
    new ResizeObserver(function () {
      var height = Math.ceil(document.documentElement.getBoundingClientRect().height);
      window.parent.postMessage({ khaosatMapHeight: height }, "*");
    }).observe(document.documentElement);
  }
})();
