// β drawn by hand: the twin of scipy.interpolate.Akima1DInterpolator(knots, y, method="makima") on equal steps.

export const KNOTS = 25; // 24 steps: the extrema of cos 6πx and the middle are knots

/** Slopes at the knots: a mean of the two chords, weighted so that two equal heights beside a knot keep it flat. */
export function makimaSlopes(y, h) {
  const k = y.length - 1,
    m = new Float64Array(k + 4); // chords, and two more on either side
  for (let i = 0; i < k; i++) m[i + 2] = (y[i + 1] - y[i]) / h;
  m[1] = 2 * m[2] - m[3];
  m[0] = 2 * m[1] - m[2];
  m[k + 2] = 2 * m[k + 1] - m[k];
  m[k + 3] = 2 * m[k + 2] - m[k + 1];
  const pull = (i) => Math.abs(m[i + 1] - m[i]) + Math.abs(m[i + 1] + m[i]) / 2;
  const right = Float64Array.from(y, (_, i) => pull(i + 2)),
    left = Float64Array.from(y, (_, i) => pull(i));
  const most = right.reduce((top, f, i) => Math.max(top, f + left[i]), 0);
  return Float64Array.from(y, (_, i) => {
    const sum = right[i] + left[i];
    return sum > 1e-9 * most ? m[i + 1] + (left[i] / sum) * (m[i + 2] - m[i + 1]) : (m[i] + m[i + 3]) / 2;
  });
}

/** Zeros of a u² + b u + c in (0, 1). */
function rootsInside(a, b, c) {
  const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c)),
    roots = [];
  if (!size) return roots;
  const d = b * b - 4 * a * c;
  if (d < 0) return Math.abs(d) < 1e-14 * size * size ? [-b / (2 * a)].filter((u) => u > 0 && u < 1) : roots;
  const q = -(b + Math.sign(b || 1) * Math.sqrt(d)) / 2; // without cancellation
  if (a) roots.push(q / a);
  if (q) roots.push(c / q);
  return roots.filter((u) => u > 0 && u < 1);
}

export function drawn(y) {
  const n = y.length - 1,
    h = 1 / n,
    d = makimaSlopes(y, h),
    critical = [];
  const at = (x) => Math.min(Math.max(Math.floor(x * n), 0), n - 1);
  for (let i = 0; i < n; i++) {
    // β' is a quadratic between two knots
    const chord = (y[i + 1] - y[i]) / h;
    const roots = rootsInside(3 * (d[i] + d[i + 1] - 2 * chord), 6 * chord - 4 * d[i] - 2 * d[i + 1], d[i]);
    critical.push(...roots.map((u) => (i + u) * h));
  }
  return {
    value(x) {
      const i = at(x),
        t = x * n - i,
        u = 1 - t;
      return u * u * ((1 + 2 * t) * y[i] + h * t * d[i]) + t * t * ((3 - 2 * t) * y[i + 1] - h * u * d[i + 1]);
    },
    slope(x) {
      const i = at(x),
        t = x * n - i,
        u = 1 - t;
      return (6 * t * u * (y[i + 1] - y[i])) / h + u * (1 - 3 * t) * d[i] - t * (2 - 3 * t) * d[i + 1];
    },
    breaks: Array.from({ length: n - 1 }, (_, i) => (i + 1) / n),
    critical,
  };
}
