// The stylesheet draw/figure.css, which joining the modules puts here.
export const CSS = `%STYLESHEET%`;
