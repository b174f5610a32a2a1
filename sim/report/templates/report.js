(function () {
  "use strict";
  var options = { displayModeBar: false, scrollZoom: false, doubleClick: false };
  var paperWidth = 680; // pixels between the margins of an A4 page
  var roomForNames = 560; // below this width the names beside the points would lie on one another
  var roomForStates = 760; // the same for the names of states between columns
  var charts = [];
  var choices = document.querySelectorAll("select[data-chart]");
  var printing = false;

  // Traces of another strategy, of a legend entry switched off, and names without room stay hidden.
  function visibleTraces(chart, width) {
    return chart.data.map(function (trace) {
      var meta = trace.meta || {};
      if (meta.strategy && chart.choice && meta.strategy !== chart.choice) { return false; }
      if (chart.hiddenGroups[trace.legendgroup]) { return "legendonly"; }
      return !meta.wide_only || width >= roomForNames;
    });
  }

  function draw(chart, width, height) {
    var visible = visibleTraces(chart, width);
    chart.style.height = height + "px";
    if (!chart.flows) {
      Plotly.relayout(chart, { width: width, height: height });
      Plotly.restyle(chart, { visible: visible });
      return;
    }
    chart.data.forEach(function (trace, place) {
      trace.visible = visible[place];
      trace.node.label = trace.meta.labels[width >= roomForStates ? "wide" : "narrow"];
    });
    chart.layout.width = width;
    chart.layout.height = height;
    Plotly.newPlot(chart, chart.data, chart.layout, options); // an update would glide, and paper does not wait
  }

  function redraw(chart) { draw(chart, chart.layout.width, chart.layout.height); }

  function fitScreen() {
    if (printing) { return; }
    charts.forEach(function (chart) {
      if (!chart.clientWidth) { return; } // not shown at all, as while a window is being changed
      if (chart.layout.width !== chart.clientWidth || chart.layout.height !== chart.screenHeight) {
        draw(chart, chart.clientWidth, chart.screenHeight);
      }
    });
  }

  function toggle(button, chart) {
    var show = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", String(show));
    chart.hiddenGroups[button.dataset.group] = !show;
    redraw(chart);
  }

  // One choice for all figures: whoever compares them compares the same strategy.
  function choose(strategy) {
    var offered = {}; // a figure that has nothing on this strategy stays as it is
    choices.forEach(function (select) {
      var known = Array.prototype.some.call(select.options, function (option) { return option.value === strategy; });
      if (!known) { return; }
      select.value = strategy;
      offered[select.dataset.chart] = true;
    });
    charts.forEach(function (chart) {
      if (!chart.choice || !offered[chart.id]) { return; }
      chart.choice = strategy;
      redraw(chart);
    });
  }

  document.querySelectorAll('script[type="application/json"][data-chart]').forEach(function (script) {
    var chart = document.getElementById(script.dataset.chart);
    var content = JSON.parse(script.textContent);
    var select = document.getElementById(script.dataset.chart + "-choice");
    chart.screenHeight = content.layout.height;
    chart.hiddenGroups = {};
    chart.choice = select ? select.value : "";
    chart.flows = content.data.length > 0 && content.data[0].type === "sankey";
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

  choices.forEach(function (select) {
    select.addEventListener("change", function () { choose(select.value); });
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
