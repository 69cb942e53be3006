// Colours of an unpainted diagram, as CSS variables, so that light and dark switch without drawing again.
export const colours = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-stroke)',
  defaultLabelColor: 'var(--diagram-label)',
};
