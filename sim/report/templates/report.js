(function () {
  "use strict";
  var options = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };
  var paperWidth = 680; // pixels between the margins of an A4 page
  var paperHeight = 225; // so low that three charts with their legends fit a page
  var roomForNames = 560; // below this width the names beside the points would lie on one another
  var charts = [];

  function fit(chart) {
    var narrow = chart.clientWidth < roomForNames;
    chart.data.forEach(function (trace, place) {
      if (trace.meta && trace.meta.wide_only && (trace.visible === false) !== narrow) {
        Plotly.restyle(chart, { visible: !narrow }, [place]);
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
    Plotly.newPlot(chart, content.data, content.layout, options);
    charts.push(chart);
    fit(chart);
  });

  document.querySelectorAll(".legend button").forEach(function (button) {
    var chart = document.getElementById(button.closest(".legend").dataset.chart);
    button.addEventListener("click", function () { toggle(button, chart); });
  });

  window.addEventListener("resize", function () { charts.forEach(fit); });
  window.addEventListener("beforeprint", function () {
    charts.forEach(function (chart) {
      chart.screenHeight = chart.layout.height;
      chart.style.height = paperHeight + "px";
      Plotly.relayout(chart, { width: paperWidth, height: paperHeight, autosize: false });
    });
  });
  window.addEventListener("afterprint", function () {
    charts.forEach(function (chart) {
      chart.style.height = chart.screenHeight + "px";
      Plotly.relayout(chart, { width: null, height: chart.screenHeight, autosize: true });
    });
  });
})();
