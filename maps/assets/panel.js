/* One panel: the shapes painted by the chosen view. A province is SVG, each area with its own Tab
   stop; a country is a canvas with the hatches as SVG above it, because a canvas has none. */
(function () {
  "use strict";
  var LABELLED = 40, NARROWEST = 50, NEAR = 7.5, FAR_EAST = 110.3, PADDING = {
    paddingTopLeft: [14, 14], paddingBottomRight: [14, 44], animate: false };
  var GROUND = { u: "#f1f1f1", m: "#f4f4f4" };

  function isDark(colour) {
    var part = function (at) { return parseInt(colour.substr(at, 2), 16); };
    return 0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5) < 128;
  }

  function Panel(map, at, shapes, marks) {
    this.map = map;
    this.at = at;
    this.isCountry = shapes.length > Number(document.body.dataset.country);
    this.items = {};
    this.tags = [];
    this.overlays = [];
    this.legends = Array.from(document.querySelectorAll(
      '.legends[data-layer="' + at + '"] .legend'));
    this.view = Math.max(0, this.legends.findIndex(function (each) { return !each.hidden; }));
    this.marks = marks;
    this.n = shapes.length;
    this.bounds = L.latLngBounds([]);
    shapes.forEach(function (shape) {
      shape.rings.forEach(function (rings) { this.bounds.extend(L.latLngBounds(rings[0])); }, this);
    }, this);
    this.whole();
    if (this.isCountry) {
      map.createPane("hatch").style.zIndex = 450;
      map.getPane("hatch").style.pointerEvents = "none";
      this.above = L.svg({ pane: "hatch" });
    }
    this.renderer = this.isCountry ? L.canvas() : L.svg();
    this.near = this.isNear();
    shapes.forEach(this.add, this);
    this.hatch();
    map.on("zoomend", function () { if (this.near !== this.isNear()) { this.restyle(); } }, this);
  }

  Panel.prototype.whole = function () {
    if (this.bounds.isValid()) { this.map.fitBounds(this.bounds, PADDING); }
  };

  /* Status and group in each view, a sign each: "p31", or "u" alone. */
  Panel.prototype.of = function (code) { return this.marks[code][this.at]; };

  Panel.prototype.colour = function (code) {
    var marks = this.of(code);
    return marks.length < 2 ? null :
      this.legends[this.view].dataset.colours.split(" ")[marks[this.view + 1]];
  };

  Panel.prototype.paint = function (code) {
    var status = this.of(code)[0], colour = this.colour(code);
    if (this.isCountry) { return colour || GROUND[status]; }
    if (!colour) { return status === "u" ? "url(#unpublished)" : "url(#missing)"; }
    return status === "c" ? "url(#caution-" + colour.slice(1) + ")" : colour;
  };

  /* Dark borders of communes a few pixels wide would hide their colours; without any, the smallest
     islands would vanish: seen from afar each is edged in its own colour. */
  Panel.prototype.isNear = function () { return !this.isCountry || this.map.getZoom() >= NEAR; };

  Panel.prototype.style = function (code) {
    var paint = this.paint(code), n = this.n;
    return this.near ?
      { fillColor: paint, color: "#45505c", weight: n <= 60 ? 1.5 : n <= 300 ? 0.8 : 0.3 } :
      { fillColor: paint, color: this.colour(code) || "#b4bac4", weight: 0.8 };
  };

  Panel.prototype.restyle = function () {
    this.near = this.isNear();
    Object.keys(this.items).forEach(function (code) {
      this.items[code].layer.setStyle(this.style(code));
    }, this);
  };

  Panel.prototype.add = function (shape) {
    var style = { renderer: this.renderer, fillOpacity: 1, smoothFactor: this.isCountry ? 0.3 : 1 };
    this.items[shape.code] = { rings: shape.rings, layer: L.polygon(shape.rings,
      Object.assign(style, this.style(shape.code))).addTo(this.map) };
  };

  Panel.prototype.hatch = function () {
    this.overlays.forEach(function (layer) { layer.remove(); });
    if (!this.isCountry) { return; }
    var groups = {};
    Object.keys(this.items).forEach(function (code) {
      var status = this.of(code)[0], name = { u: "unpublished", m: "missing" }[status];
      if (status === "c") { name = isDark(this.colour(code)) ? "light" : "dark"; }
      if (!name) { return; }
      groups[name] = groups[name] || [];
      groups[name].push.apply(groups[name], this.items[code].rings);
    }, this);
    this.overlays = Object.keys(groups).map(function (name) {
      return L.polygon(groups[name], { renderer: this.above, pane: "hatch", interactive: false,
        stroke: false, fillColor: "url(#over-" + name + ")", fillOpacity: 1 }).addTo(this.map);
    }, this);
  };

  Panel.prototype.recolour = function (key) {
    var keys = this.legends.map(function (each) { return each.dataset.view; });
    this.view = Math.max(0, keys.indexOf(key));
    this.legends.forEach(function (each, at) { each.hidden = at !== this.view; }, this);
    this.restyle();
    this.hatch();
    this.label();
  };

  /* A copy on top, because moving the shape itself to the front would disorder the Tab key. */
  Panel.prototype.mark = function (code) {
    if (this.marked) { this.marked.remove(); }
    var item = this.items[code];
    if (!item) { return; }
    var many = this.n > LABELLED;
    this.marked = L.polygon(item.rings, { interactive: false, fill: false, color: "#c2410c",
      weight: many ? 2.5 : 4, renderer: this.isCountry ? this.above : this.renderer,
      pane: this.isCountry ? "hatch" : "overlayPane" }).addTo(this.map);
  };

  Panel.prototype.go = function (code) {
    var item = this.items[code];
    if (item) { this.map.fitBounds(item.layer.getBounds().pad(1.5), { maxZoom: 11, animate: false }); }
  };

  Panel.prototype.tag = function (code, fits) {
    var item = this.items[code], row = this.rows[code], content = document.createElement("span");
    var bounds = item.layer.getBounds(), width = this.map.latLngToLayerPoint(bounds.getNorthEast()).x -
      this.map.latLngToLayerPoint(bounds.getSouthWest()).x, colour = this.colour(code);
    if (fits && width < NARROWEST) { return L.layerGroup(); }
    content.textContent = row.dataset.label || row.querySelector("b").textContent;
    content.className = fits && colour && isDark(colour) ? "light" : "dark";
    if (fits) { content.style.maxWidth = Math.floor(width * 0.92) + "px"; }
    return L.tooltip({ permanent: true, direction: fits ? "center" : "top", offset: [0, 0],
      className: fits ? "tag" : "tag far" })
      .setLatLng(fits ? item.layer.getCenter() : [bounds.getNorth(), bounds.getCenter().lng])
      .setContent(content).addTo(this.map);
  };

  /* Names on the shapes of a few areas; of a country on the two archipelagos alone. */
  Panel.prototype.label = function () {
    this.tags.forEach(function (tag) { tag.remove(); });
    this.tags = [];
    if (!this.rows || (this.n > LABELLED && !this.isCountry)) { return; }
    Object.keys(this.items).forEach(function (code) {
      if (!this.isCountry || this.isFar(code)) { this.tags.push(this.tag(code, !this.isCountry)); }
    }, this);
  };

  Panel.prototype.isFar = function (code) {
    return / (hoang|truong) sa$/.test(
      window.khaosat.folded(this.rows[code].querySelector("b").textContent)) &&
      this.items[code].layer.getBounds().getEast() > FAR_EAST;
  };

  window.khaosat.Panel = Panel;
})();
