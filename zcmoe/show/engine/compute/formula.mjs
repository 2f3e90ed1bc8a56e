// β as a reader types it: a small grammar, read by hand and never run as a program, and its derivative by the rules.
//   sum = product {("+" | "-") product}      product = signed {("*" | "/") signed}      signed = {"-" | "+"} power
//   power = atom [("^" | "**") signed]       atom = number | x | pi | e | function "(" sum ")" | "(" sum ")"
// The twin of zcmoe/show/formula.py.
import { Refused } from "./quadrature.mjs";

const LONGEST_FORMULA = 200;
const DEEPEST = 40;
const SCAN = 1024; // steps in which zeros are looked for

const FUNCTIONS = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
};
const CONSTANTS = { pi: Math.PI, e: Math.E };
const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-zπ]+)|(\*\*|[-+*/^()])|(\S))/gy;

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  for (let match; TOKEN.lastIndex < text.length && (match = TOKEN.exec(text));) {
    const [, number, name, sign, other] = match,
      word = number ?? name ?? sign ?? other;
    found.push({ number, name, sign, word, at: TOKEN.lastIndex - word.length + 1 });
  }
  return found;
}

/** The tree of a formula; refused with the position, counted from 1, at which it goes wrong. */
export function parseFormula(text) {
  if (typeof text !== "string" || text.length > LONGEST_FORMULA) {
    throw new Refused(`β must be a text of at most ${LONGEST_FORMULA} characters`);
  }
  const list = tokens(text);
  let k = 0,
    depth = 0;
  const fail = (wanted) => {
    const token = list[k];
    throw new Refused(
      `β: expected ${wanted} at position ${token?.at ?? text.length + 1}, got ${token ? `"${token.word}"` : "the end"}`,
    );
  };
  const take = (...signs) => (signs.includes(list[k]?.sign) ? list[k++].sign : null);
  const chain = (signs, next) => {
    let left = next();
    for (let sign; (sign = take(...signs));) left = [sign, left, next()];
    return left;
  };
  const sum = () => {
    if (++depth > DEEPEST) fail(`at most ${DEEPEST} parentheses inside each other`);
    const tree = chain(["+", "-"], () => chain(["*", "/"], signed));
    depth -= 1;
    return tree;
  };
  const signed = () => {
    if (++depth > DEEPEST) fail(`at most ${DEEPEST} signs and powers inside each other`);
    const sign = take("-", "+"),
      tree = sign ? signed() : power();
    depth -= 1;
    return sign === "-" ? ["neg", tree] : tree;
  };
  const power = () => {
    const base = atom();
    return take("^", "**") ? ["^", base, signed()] : base;
  };
  const inside = () => {
    const tree = sum();
    if (!take(")")) fail("an operator or )");
    return tree;
  };
  const atom = () => {
    const token = list[k];
    if (take("(")) return inside();
    if (token?.number) {
      k += 1;
      return ["number", Number(token.number)];
    }
    const name = token?.name === "π" ? "pi" : token?.name;
    if (name === "x" || Object.hasOwn(CONSTANTS, name ?? "")) {
      k += 1;
      return [name];
    }
    if (!Object.hasOwn(FUNCTIONS, name ?? ""))
      fail(name ? `x, pi, e or one of ${Object.keys(FUNCTIONS).join(", ")}` : "a number, x or (");
    k += 1;
    if (!take("(")) fail(`( after ${name}`);
    return [name, inside()];
  };
  const tree = sum();
  if (k < list.length) fail("an operator");
  return tree;
}

const NUMBER = (value) => ["number", value];
const is = (tree, value) => tree[0] === "number" && tree[1] === value;
const hasX = (tree) => tree[0] === "x" || tree.slice(1).some((part) => Array.isArray(part) && hasX(part));
const add = (a, b) => (is(a, 0) ? b : is(b, 0) ? a : ["+", a, b]);
const minus = (a, b) => (is(b, 0) ? a : is(a, 0) ? ["neg", b] : ["-", a, b]);
const times = (a, b) => (is(a, 0) || is(b, 0) ? NUMBER(0) : is(a, 1) ? b : is(b, 1) ? a : ["*", a, b]);
const over = (a, b) => (is(a, 0) ? a : ["/", a, b]);

const RULES = {
  // f'(u), u' comes beside it
  sin: (u) => ["cos", u],
  cos: (u) => ["neg", ["sin", u]],
  tan: (u) => ["+", NUMBER(1), ["^", ["tan", u], NUMBER(2)]],
  atan: (u) => ["/", NUMBER(1), ["+", NUMBER(1), ["^", u, NUMBER(2)]]],
  sinh: (u) => ["cosh", u],
  cosh: (u) => ["sinh", u],
  tanh: (u) => ["-", NUMBER(1), ["^", ["tanh", u], NUMBER(2)]],
  exp: (u) => ["exp", u],
  log: (u) => ["/", NUMBER(1), u],
  sqrt: (u) => ["/", NUMBER(0.5), ["sqrt", u]],
  abs: (u) => ["sign", u],
};

/** The derivative's tree. */
export function derivative(tree) {
  const [kind, a, b] = tree;
  if (!hasX(tree)) return NUMBER(0);
  switch (kind) {
    case "x":
      return NUMBER(1);
    case "neg":
      return ["neg", derivative(a)];
    case "+":
      return add(derivative(a), derivative(b));
    case "-":
      return minus(derivative(a), derivative(b));
    case "*":
      return add(times(derivative(a), b), times(a, derivative(b)));
    case "/":
      return minus(over(derivative(a), b), hasX(b) ? over(times(a, derivative(b)), ["^", b, NUMBER(2)]) : NUMBER(0));
    case "^":
      if (!hasX(b)) {
        const less = b[0] === "number" ? NUMBER(b[1] - 1) : ["-", b, NUMBER(1)];
        return times(times(b, is(less, 1) ? a : ["^", a, less]), derivative(a));
      }
      return times(tree, add(times(derivative(b), ["log", a]), over(times(b, derivative(a)), a)));
    default:
      return times(RULES[kind](a), derivative(a));
  }
}

/** A function of x, made of closures. */
export function evaluator(tree) {
  const [kind, first, second] = tree;
  if (kind === "number") return () => first;
  if (kind === "x") return (x) => x;
  if (Object.hasOwn(CONSTANTS, kind)) return () => CONSTANTS[kind];
  const a = evaluator(first),
    b = second && evaluator(second),
    f = kind === "sign" ? (v) => (v < 0 ? -1 : 1) : FUNCTIONS[kind];
  if (f) return (x) => f(a(x));
  return {
    neg: (x) => -a(x),
    "+": (x) => a(x) + b(x),
    "-": (x) => a(x) - b(x),
    "*": (x) => a(x) * b(x),
    "/": (x) => a(x) / b(x),
    "^": (x) => a(x) ** b(x),
  }[kind];
}

/** Where f changes its sign in (0, 1), or only touches 0. */
export function zeros(f) {
  const at = Array.from({ length: SCAN + 1 }, (_, i) => Math.min(Math.max(i / SCAN, 1e-12), 1 - 1e-12)),
    value = at.map(f),
    most = value.reduce((a, v) => (Number.isFinite(v) ? Math.max(a, Math.abs(v)) : a), 0),
    found = [];
  for (let i = 0; i < SCAN; i++) {
    let [a, b] = [at[i], at[i + 1]];
    if (i && value[i] === 0 && value[i - 1] && value[i + 1]) found.push(a);
    if (value[i] * value[i + 1] < 0) {
      for (let k = 0; k < 60; k++) {
        const middle = (a + b) / 2;
        if (f(middle) * value[i] > 0) a = middle;
        else b = middle;
      }
      found.push((a + b) / 2);
    } else if (i && value[i] && value[i - 1] / value[i] > 1 && value[i + 1] / value[i] >= 1) {
      a = at[i - 1];
      for (let k = 0; k < 80; k++) {
        // golden section: a double zero, midway between two places perhaps, where f is the same
        const [p, q] = [b - 0.618033988749895 * (b - a), a + 0.618033988749895 * (b - a)];
        if (Math.abs(f(p)) < Math.abs(f(q))) b = q;
        else a = p;
      }
      if (Math.abs(f((a + b) / 2)) < 1e-9 * most) found.push((a + b) / 2);
    }
  }
  return found;
}

const kinks = (tree) => [
  ...(tree[0] === "abs" ? [tree[1]] : []),
  ...tree.slice(1).flatMap((part) => (Array.isArray(part) ? kinks(part) : [])),
];

/** β, β', where β' jumps and where it vanishes. A β that is not finite is refused. */
export function typed({ text }) {
  const tree = parseFormula(text),
    value = evaluator(tree),
    slope = evaluator(derivative(tree));
  for (let i = 1; i < SCAN; i++) {
    for (const [name, f] of [
      ["β", value],
      ["β'", slope],
    ]) {
      if (!Number.isFinite(f(i / SCAN + 1e-7)))
        throw new Refused(
          `${name} must be finite inside (0, 1), got ${f(i / SCAN + 1e-7)} near x = ${(i / SCAN).toFixed(3)}`,
        );
    }
  }
  return {
    value,
    slope,
    breaks: [...new Set(kinks(tree).flatMap((u) => zeros(evaluator(u))))].sort((a, b) => a - b),
    critical: zeros(slope),
  };
}

const RANKS = { "+": 1, "-": 1, "*": 2, "/": 2, neg: 3, "^": 4 };

/** NumPy's expression of a tree. */
export function numpyCode(tree, rank = 0) {
  const [kind, a, b] = tree;
  if (kind === "number") return a < 0 ? `(${a})` : `${a}`;
  if (kind === "x") return "x";
  if (Object.hasOwn(CONSTANTS, kind)) return `np.${kind}`;
  const own = RANKS[kind];
  if (!own) return `np.${{ atan: "arctan" }[kind] ?? kind}(${numpyCode(a)})`;
  const sign = { "^": "**" }[kind] ?? kind;
  const text =
    kind === "neg"
      ? `-${numpyCode(a, 3)}`
      : kind === "^"
        ? `${numpyCode(a, 5)} ** ${numpyCode(b, 4)}`
        : `${numpyCode(a, own)} ${sign} ${numpyCode(b, own + 1)}`;
  return own < rank ? `(${text})` : text;
}

/** The lambdas of β and β', and the breakpoints, as Problem takes them. */
export function typedCode({ text }) {
  const tree = parseFormula(text),
    lambda = (t) => `lambda x: ${numpyCode(t)}${hasX(t) ? "" : " + 0 * x"}`,
    { breaks } = typed({ text });
  return [
    lambda(tree),
    `, gradient=${lambda(derivative(tree))}${breaks.length ? `, breakpoints=[${breaks.join(", ")}]` : ""}`,
  ];
}
