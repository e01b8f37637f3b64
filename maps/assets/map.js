/* What a reader can do with the map. Texts are never built here: the card copies, as text,
   what the table row of the area says, so nothing that people wrote passes through a script. */
window.khaosat = (function () {
  "use strict";
  var LABELLED = 40, NARROWEST = 50, layers = [], tags = [], shown = null;

  function part(row, selector) {
    var found = row.querySelector(selector);
    return found ? found.textContent.trim() : "";
  }

  function line(box, tag, text, style) {
    if (!text) { return; }
    var element = document.createElement(tag);
    element.textContent = text;
    if (style) { element.className = style; }
    box.appendChild(element);
  }

  function details(row) {
    var box = document.createElement("div"), words = document.body.dataset;
    var n = part(row, ".n"), effective = part(row, ".n-eff"), range = part(row, ".interval");
    line(box, "b", part(row, ".name"));
    line(box, "span", part(row, ".value"), "big");
    range = range.replace("–", "\u2060–\u2060");  // no line break inside an interval
    line(box, "span", range && words.interval + ": " + range, "soft");
    line(box, "span", n && words.answers + ": " + n +
      (effective && " (" + words.effective + " " + effective + ")"), "soft");
    line(box, "span", part(row, ".reason"), "soft");
    return box;
  }

  function show(item) {
    if (shown === item) { return; }
    if (shown) { shown.row.classList.remove("on"); shown.mark.remove(); }
    shown = item;
    item.row.classList.add("on");
    // a copy on top, because moving the shape itself to the front would disorder the Tab key
    item.mark = L.geoJSON(item.layer.feature, { interactive: false, style: {
      fill: false, weight: layers.length > LABELLED ? 2.5 : 4, color: "#c2410c" } });
    item.mark.addTo(item.layer._map);
    document.getElementById("card").replaceChildren(details(item.row));
  }

  function each(feature, layer) {
    var row = document.querySelector('tr[data-code="' + feature.properties.code + '"]');
    if (!row) { return; }
    var item = { layer: layer, row: row, mark: null }, box = details(row);
    layers.push(item);
    layer.on("mouseover click", function () { show(item); });
    layer.on("add", function () {
      var path = layer.getElement();
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "img");
      path.setAttribute("aria-label", Array.prototype.map.call(box.children, function (child) {
        return child.textContent;
      }).join(". "));
      path.setAttribute("data-area", feature.properties.code);
      path.addEventListener("focus", function () { show(item); });
    });
    row.addEventListener("mouseenter", function () { show(item); });
  }

  function place(map) {
    tags.forEach(function (tag) { tag.remove(); });
    tags = layers.map(function (item) {
      var bounds = item.layer.getBounds(), content = document.createElement("span");
      var width = map.latLngToLayerPoint(bounds.getNorthEast()).x -
        map.latLngToLayerPoint(bounds.getSouthWest()).x;
      content.textContent = item.row.dataset.label;
      content.className = item.row.dataset.ink;
      content.style.maxWidth = Math.floor(width * 0.92) + "px";
      content.style.display = "block";
      if (width < NARROWEST) { return L.layerGroup(); }
      return L.tooltip({ permanent: true, direction: "center", className: "tag", offset: [0, 0] })
        .setLatLng(item.layer.getCenter()).setContent(content).addTo(map);
    });
  }

  // A frame may be laid out late or grow: the whole stays in view until the reader moves the map.
  function keepWhole(map) {
    var box = L.featureGroup(layers.map(function (item) { return item.layer; })).getBounds();
    var isMoved = false;
    ["mousedown", "touchstart", "wheel", "keydown"].forEach(function (name) {
      map.getContainer().addEventListener(name, function () { isMoved = true; }, { passive: true });
    });
    map.on("resize", function () {
      if (isMoved || !box.isValid()) { return; }
      map.fitBounds(box, { paddingTopLeft: [14, 14], paddingBottomRight: [14, 44], animate: false });
    });
  }

  function ready(map) {
    keepWhole(map);
    var words = document.body.dataset, still = document.querySelector("svg.still");
    if (still) { still.remove(); }
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    if (L.Browser.mobile) {
      // a finger scrolls the page until the reader has zoomed in; then it moves the map
      var whole = map.getZoom();
      map.on("zoomend", function () {
        map.dragging[map.getZoom() > whole + 0.05 ? "enable" : "disable"]();
      });
    }
    if (layers.length > LABELLED) { return; }
    map.whenReady(function () { place(map); });
    map.on("zoomend resize", function () { place(map); });
  }

  // a page that frames this document cannot measure it: tell it the height, nothing else
  if (window.parent !== window) {
    new ResizeObserver(function () {
      var height = Math.ceil(document.documentElement.getBoundingClientRect().height);
      window.parent.postMessage({ khaosatMapHeight: height }, "*");
    }).observe(document.documentElement);
  }

  return { each: each, ready: ready };
})();
