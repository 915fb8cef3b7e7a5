// DVC calls vegaEmbed(selector, spec) for each plot, 300 pixels wide: it gets one that fits the page.
const SMALLEST = 90, LARGEST = 300; // pixels of a panel
const embed = vegaEmbed;

function fitted(box, { $schema, ...spec }) {
  if (!spec.facet) return { ...spec, width: "container", autosize: { type: "fit-x", contains: "padding" } };
  box.classList.add("wide");
  const field = spec.facet.column?.field;
  const columns = new Set(spec.data.values.map(row => row[field])).size;
  const side = Math.max(SMALLEST, Math.min(LARGEST, (box.clientWidth - 190) / columns - 20));
  const layer = spec.spec.layer.map(({ width, height, ...rest }) => rest);
  return { ...spec, config: { header: { labelLimit: side } }, spec: { ...spec.spec, width: side, height: side, layer } };
}

// When the page is there: before, its columns have no width.
window.vegaEmbed = (selector, spec) => {
  addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector(selector);
    box.role = "group";
    box.ariaLabel = spec.title.text;
    drawn(embed, box, fitted(box, spec));
  });
};

// DVC's pictures have no text beside their revision and, above all of them, their path.
addEventListener("DOMContentLoaded", () => {
  for (const image of document.images) {
    const [revision, path] = [image.parentElement, image.parentElement.parentElement].map(box => box.querySelector("p"));
    image.alt = `${path.textContent}, ${revision.textContent}`;
  }
});
