// Vega draws SVG, whose colours can be those of the style sheet: they follow light and dark by themselves.
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
const TEXT = { labelFont: FONT, titleFont: FONT, labelColor: "var(--soft)", titleColor: "var(--soft)", labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400 };
const CHART = {
  renderer: "svg",
  actions: false,
  mode: "vega-lite",
  logLevel: vega.Error,
  config: {
    background: "transparent",
    font: FONT,
    view: { stroke: null },
    axis: { ...TEXT, domainColor: "var(--line)", tickColor: "var(--line)", gridColor: "var(--faint)", titlePadding: 10, labelPadding: 5, labelSeparation: 6 },
    axisQuantitative: { tickCount: 5 },
    legend: { ...TEXT, orient: "bottom", direction: "vertical", title: null, labelLimit: 260, symbolStrokeWidth: 2, symbolBaseStrokeColor: "var(--soft)" },
    header: TEXT,
    title: { font: FONT, color: "var(--ink)", fontSize: 15, fontWeight: 600, anchor: "start" },
    text: { font: FONT, fill: "var(--ink)", fontSize: 12 },
    rule: { stroke: "var(--soft)" },
  },
};

// A reader of screens hears what the chart as a whole shows, not its thousands of points.
async function drawn(embed, box, spec) {
  await embed(box, spec, CHART);
  box.querySelector("svg").setAttribute("aria-hidden", "true");
}
