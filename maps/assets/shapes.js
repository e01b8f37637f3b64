/* TopoJSON into Leaflet's points: neighbours share them, as they share their border. */
window.khaosat = (function () {
  "use strict";

  function points(topology) {
    var scale = topology.transform.scale, low = topology.transform.translate;
    return topology.arcs.map(function (arc) {
      var x = 0, y = 0;
      return arc.map(function (step) {
        x += step[0];
        y += step[1];
        return L.latLng(y * scale[1] + low[1], x * scale[0] + low[0]);
      });
    });
  }

  function shapes() {
    var topology = JSON.parse(document.getElementById("shapes").textContent);
    if (!topology.arcs.length) { return []; }
    var arcs = points(topology);
    function ring(indices) {
      var found = [];
      indices.forEach(function (index) {
        var arc = index < 0 ? arcs[~index].slice().reverse() : arcs[index];
        for (var at = found.length ? 1 : 0; at < arc.length; at += 1) { found.push(arc[at]); }
      });
      return found;
    }
    return topology.objects.areas.geometries.map(function (each) {
      var polygons = each.type === "Polygon" ? [each.arcs] : each.arcs;
      return { code: each.id, rings: polygons.map(function (rings) { return rings.map(ring); }) };
    });
  }

  /* As people type it: without tone marks, case and punctuation. */
  function folded(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d")
      .toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }

  return { shapes: shapes, folded: folded };
})();
