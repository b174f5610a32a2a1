(function () {
  "use strict";
  var options = { displayModeBar: false, scrollZoom: false, doubleClick: false };
  var paperWidth = 680; // pixels between the margins of an A4 page
  var roomForNames = 560; // below this width the names beside the points would lie on one another
  var charts = [];
  var printing = false;

  function draw(chart, width, height) {
    chart.style.height = height + "px";
    Plotly.relayout(chart, { width: width, height: height });
    chart.data.forEach(function (trace, place) {
      if (trace.meta && trace.meta.wide_only) {
        Plotly.restyle(chart, { visible: width >= roomForNames }, [place]);
      }
    });
  }

  function fitScreen() {
    if (printing) { return; }
    charts.forEach(function (chart) {
      if (chart.layout.width !== chart.clientWidth || chart.layout.height !== chart.screenHeight) {
        draw(chart, chart.clientWidth, chart.screenHeight);
      }
    });
  }

  function toggle(button, chart) {
    var show = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", String(show));
    var places = [];
    chart.data.forEach(function (trace, place) {
      if (trace.legendgroup === button.dataset.group) { places.push(place); }
    });
    Plotly.restyle(chart, { visible: show ? true : "legendonly" }, places);
  }

  document.querySelectorAll('script[type="application/json"][data-chart]').forEach(function (script) {
    var chart = document.getElementById(script.dataset.chart);
    var content = JSON.parse(script.textContent);
    chart.screenHeight = content.layout.height;
    content.layout.autosize = false;
    content.layout.width = chart.clientWidth;
    Plotly.newPlot(chart, content.data, content.layout, options);
    charts.push(chart);
    draw(chart, chart.clientWidth, chart.screenHeight);
  });

  document.querySelectorAll(".legend button").forEach(function (button) {
    var chart = document.getElementById(button.closest(".legend").dataset.chart);
    button.addEventListener("click", function () { toggle(button, chart); });
  });

  window.addEventListener("resize", fitScreen);
  window.addEventListener("beforeprint", function () {
    printing = true;
    charts.forEach(function (chart) { draw(chart, paperWidth, chart.layout.meta.paper_height); });
  });
  window.addEventListener("afterprint", function () {
    printing = false;
    fitScreen();
  });
})();
