// What in the page some readers cannot use, one fault a line: a field without
// a name, a name used twice, text too faint for its background (WCAG 2, AA).
(() => {
  const faults = [];
  const show = (e) => e.outerHTML.slice(0, 100);
  const named = (e) => e.labels?.length || e.ariaLabel || e.getAttribute("aria-labelledby");
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea, progress")) {
    if (!named(e)) faults.push("no label: " + show(e));
  }
  for (const e of document.querySelectorAll("a[href], button, summary")) {
    if (!e.textContent.trim() && !e.ariaLabel && !e.querySelector("[aria-label], img[alt]")) faults.push("no text: " + show(e));
  }
  for (const e of document.querySelectorAll("img:not([alt])")) faults.push("no alt: " + show(e));
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) {
    if (ids.has(e.id)) faults.push("twice: " + show(e));
    ids.add(e.id);
  }
  for (const attribute of ["for", "aria-describedby", "aria-labelledby"]) {
    for (const e of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of e.getAttribute(attribute).split(" ")) if (!ids.has(id)) faults.push(`no ${id}: ` + show(e));
    }
  }
  if (document.querySelectorAll("h1").length !== 1) faults.push("the page has not one first heading");
  if (!document.documentElement.lang) faults.push("no language");

  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => {
    const mix = (k) => top[k] * top.a + under[k] * (1 - top.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  };
  const background = (e) => {
    if (!e) return { r: 255, g: 255, b: 255, a: 1 };
    const color = parse(getComputedStyle(e).backgroundColor);
    return color.a === 1 ? color : over(color, background(e.parentElement));
  };
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const seen = new Set();
  for (const e of document.querySelectorAll("body *:not(svg *, script, option)")) {
    const isText = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!isText || !e.getClientRects().length || e.closest(":disabled, .off")) continue;
    const ground = background(e);
    const [a, b] = [luminance(over(parse(getComputedStyle(e).color), ground)), luminance(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const key = e.className + getComputedStyle(e).color + JSON.stringify(ground);
    if (ratio < 4.5 && !seen.has(key)) faults.push(`contrast ${ratio.toFixed(2)}: ` + show(e));
    seen.add(key);
  }
  return faults.join("\n");
})()
