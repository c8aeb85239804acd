// The page of the preview. The server tells of changes; what is shown stands in the address, so that a reload,
// a bookmark and the back button keep it.

const words = JSON.parse(document.getElementById("words").textContent);
const at = (id) => document.getElementById(id);
const named = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const AXES = ["audience", "format", "language"];
const SWITCHES = ["copy", "safe", "folds", "slots"];
const MOST_PX_PER_MM = 5, WIDEST_PX = 640, HIGHEST_PX = 900;
const ZOOMS = [0.5, 0.75, 1, 1.5, 2];

let listing = { handouts: [], schools: [] };
let seen = null; // what is known of the sheet
let channel = null;
let chosen = ""; // the place that is selected on the page

// ---- what is asked for ---------------------------------------------------------------------------

const asked = () => new URLSearchParams(location.search);
const wish = () => {
  const now = asked();
  const parts = new URLSearchParams();
  for (const name of ["handout", ...AXES, "school", "ink"]) if (now.get(name)) parts.set(name, now.get(name));
  return parts.has("handout") && AXES.every((name) => parts.has(name)) ? parts.toString() : "";
};

function change(values, isStep = true) {
  const now = asked();
  for (const [name, value] of Object.entries(values)) value ? now.set(name, value) : now.delete(name);
  const address = `/?${now}`;
  if (address === location.pathname + location.search) return;
  history[isStep ? "pushState" : "replaceState"](null, "", address);
  follow();
}

/** Return the edition of *handout* that is nearest to what is asked for on the other axes. */
function nearest(handout, wanted) {
  const likeness = (edition) => AXES.reduce((sum, name, n) => sum + (edition[name] === wanted[name] ? 4 - n : 0), 0);
  return [...handout.editions].sort((a, b) => likeness(b) - likeness(a))[0];
}

function choose(slug, wanted, isStep = true) {
  const handout = listing.handouts.find((one) => one.slug === slug);
  if (!handout) return;
  const { audience, format, language } = nearest(handout, wanted);
  change({ handout: slug, audience, format, language }, isStep);
}

let followed = null;
function follow() {
  const now = wish();
  draw();
  if (now === followed) return;
  followed = now;
  seen = null;
  chosen = "";
  channel?.close();
  channel = new EventSource(now ? `/events?${now}` : "/events");
  channel.addEventListener("project", () => list());
  channel.addEventListener("look", (event) => {
    seen = JSON.parse(event.data);
    draw();
  });
  channel.onopen = () => { at("notice").dataset.lost = ""; draw(); };
  channel.onerror = () => { at("notice").dataset.lost = "1"; draw(); };
  draw();
}

async function list() {
  const answer = await fetch("/list");
  if (!answer.ok) return;
  listing = await answer.json();
  if (!wish() && listing.handouts.length) {
    // The address names no edition, as that of a link in the list that was opened in a tab of its own. What the
    // page chooses itself is no step: Back would lead to where it is chosen again.
    const wanted = Object.fromEntries(asked());
    const handout = listing.handouts.find((one) => one.slug === wanted.handout) ?? listing.handouts[0];
    choose(handout.slug, wanted, false);
  }
  draw();
}

// ---- the list and the tools ----------------------------------------------------------------------

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

function drawList() {
  const now = asked().get("handout");
  const rows = listing.handouts.map((handout) => {
    const link = element("a", { href: `/?handout=${encodeURIComponent(handout.slug)}` }, handout.title);
    link.dataset.slug = handout.slug;
    if (handout.slug === now) link.setAttribute("aria-current", "page");
    if (handout.errors) {
      const about = named(words.problems, { count: handout.errors });
      link.append(element("span", { className: "problems", title: about, role: "img", "aria-label": about }, String(handout.errors)));
    }
    return element("li", {}, link);
  });
  const focused = document.activeElement?.dataset?.slug;
  at("handouts").replaceChildren(...rows);
  if (focused) at("handouts").querySelector(`[data-slug="${CSS.escape(focused)}"]`)?.focus();
}

function fill(select, options, value) {
  const key = JSON.stringify(options);
  if (select.dataset.key !== key) {
    select.replaceChildren(...options.map(([id, label]) => element("option", { value: id }, label)));
    select.dataset.key = key;
  }
  select.value = value;
  select.parentElement.hidden = options.length < 2;
}

function drawTools() {
  const now = asked();
  const handout = listing.handouts.find((one) => one.slug === now.get("handout"));
  at("tools").hidden = !handout;
  if (!handout) return;
  for (const name of AXES) {
    const labels = new Map(handout.editions.map((one) => [one[name], one[`${name}_label`] ?? one[name]]));
    fill(at(name), [...labels], now.get(name));
  }
  fill(at("school"), [["", words["no-school"]], ...listing.schools.map(({ id, name }) => [id, name])], now.get("school") ?? "");
  at("mono").checked = now.get("ink") === "mono";
  for (const name of SWITCHES) at(name).checked = now.has(name);
  const files = (seen?.is_proved ? seen.files : []).map(({ kind, index }) =>
    element("a", { href: `/file/${index}?${wish()}`, download: "" }, index ? `${words["download-print"]} ${kind}` : words.download));
  at("files").replaceChildren(...files);
}

// ---- the pages -----------------------------------------------------------------------------------

const pictureOf = (page) => (asked().has("copy") && !seen.is_sketch ? `/copy/${page.id}` : `/page/${page.id}`);

function drawPages() {
  const sheet = at("sheet");
  const pages = seen?.pages ?? [];
  if (!pages.length) {
    const hint = !asked().get("handout") ? words.choose : seen && seen.is_made ? "" : words.waiting;
    sheet.replaceChildren(element("p", { className: "hint" }, hint));
    return;
  }
  sheet.querySelector(".hint")?.remove();
  sheet.classList.toggle("is-old", seen.is_old);
  while (sheet.children.length > pages.length) sheet.lastElementChild.remove();
  pages.forEach((page, index) => drawPage(sheet.children[index] ?? newPage(sheet, index), page, index));
}

function newPage(sheet, index) {
  const paper = element("div", { className: "paper" },
    element("img", { alt: named(words.page, { number: index + 1 }) }),
    document.createElementNS("http://www.w3.org/2000/svg", "svg"),
    element("div", { className: "regions" }),
    element("div", { className: "marks" }));
  paper.querySelector("svg").setAttribute("aria-hidden", "true");
  const figure = element("figure", {}, paper, element("figcaption"));
  sheet.append(figure);
  return figure;
}

function drawPage(figure, page, index) {
  const paper = figure.firstElementChild;
  const zoom = Number(asked().get("zoom") ?? 1);
  const scale = zoom * Math.min(MOST_PX_PER_MM, WIDEST_PX / page.width, HIGHEST_PX / page.height);
  paper.style.width = `${Math.round(page.width * scale)}px`;
  paper.style.aspectRatio = `${page.width} / ${page.height}`;
  const caption = named(words.page, { number: index + 1 });
  figure.lastElementChild.textContent = seen.is_sketch ? `${caption} · ${words.provisional}` : caption;
  show(paper.querySelector("img"), pictureOf(page));
  drawOverlays(paper.querySelector("svg"), page, index);
  drawRegions(paper.querySelector(".regions"), page, index);
  drawMarks(paper.querySelector(".marks"), page, index);
}

/** Put the picture at *address* in place when it is ready, so that nothing flickers. */
async function show(image, address) {
  if (image.dataset.wanted === address) return;
  image.dataset.wanted = address;
  const next = new Image();
  next.src = address;
  try {
    await next.decode();
  } catch {
    if (image.dataset.wanted === address) image.dataset.wanted = "";
    return; // a newer picture is on its way
  }
  if (image.dataset.wanted === address) image.src = address;
}

function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function drawOverlays(svg, page, index) {
  const now = asked();
  svg.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
  const shapes = [];
  if (now.has("safe") && seen.edge) {
    const { edge } = seen, inner = { x: edge, y: edge, width: page.width - 2 * edge, height: page.height - 2 * edge };
    const frame = `M0 0H${page.width}V${page.height}H0Z M${edge} ${edge}V${page.height - edge}H${page.width - edge}V${edge}Z`;
    shapes.push(shape("path", { class: "outside", d: frame }), shape("rect", { class: "safe", "stroke-width": 0.4, ...inner }));
  }
  if (now.has("slots")) {
    for (const one of seen.regions.filter((region) => region.kind === "slot" && region.page === index))
      shapes.push(shape("rect", { class: "slot", "stroke-width": 0.3, x: one.left, y: one.top, width: one.width, height: one.height }));
  }
  if (now.has("folds")) {
    for (const [x1, y1, x2, y2] of page.folds) shapes.push(shape("line", { class: "fold", "stroke-width": 0.7, x1, y1, x2, y2 }));
  }
  svg.replaceChildren(...shapes);
}

/** Lay *made* over *box*, as far as that is on the page. */
function put(made, box, page) {
  const within = (value, most) => Math.min(most, Math.max(0, value));
  const left = within(box.left, page.width), right = within(box.left + box.width, page.width);
  const top = within(box.top, page.height), bottom = within(box.top + box.height, page.height);
  made.style.left = `${(left / page.width) * 100}%`;
  made.style.top = `${(top / page.height) * 100}%`;
  made.style.width = `${((right - left) / page.width) * 100}%`;
  made.style.height = `${((bottom - top) / page.height) * 100}%`;
  return made;
}

function drawRegions(layer, page, index) {
  const own = seen.regions.filter((region) => region.page === index && region.kind === "text");
  const key = JSON.stringify(own);
  if (layer.dataset.key === key) return mark(layer);
  const focused = layer.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  // What is read first comes first for the keyboard; what is small lies on top for the pointer.
  const ordered = own.sort((a, b) => a.top - b.top || a.left - b.left);
  const sizes = ordered.map((one) => one.width * one.height).sort((a, b) => b - a);
  const buttons = ordered.map((region, n) => {
    const made = put(element("button", { type: "button", tabIndex: n ? -1 : 0, "aria-label": region.place }), region, page);
    made.style.zIndex = 1 + sizes.indexOf(region.width * region.height);
    made.dataset.place = region.place;
    made.dataset.link = region.link;
    return made;
  });
  layer.replaceChildren(...buttons);
  layer.dataset.key = key;
  mark(layer);
  if (focused) (buttons.find((one) => one.dataset.place === focused) ?? buttons[0])?.focus({ preventScroll: true });
}

function mark(layer) {
  for (const button of layer.children) button.setAttribute("aria-pressed", String(button.dataset.place === chosen));
}

/** Draw what is marked on a page; what several findings mark is marked once, with all their numbers. */
function drawMarks(layer, page, index) {
  const marked = new Map();
  seen.findings.forEach((finding, n) => {
    for (const one of finding.marks.filter((mark) => mark.page === index)) {
      const key = [one.left, one.top, one.width, one.height].join();
      const known = marked.get(key) ?? { box: one, numbers: [], severity: "warning" };
      known.numbers.push(n + 1);
      if (finding.severity === "error") known.severity = "error";
      marked.set(key, known);
    }
  });
  const marks = [...marked.values()].map(({ box, numbers, severity }) => {
    const told = numbers.length > 3 ? `${numbers[0]} … ${numbers.at(-1)}` : numbers.join(", ");
    const made = put(element("span", { className: severity }, element("b", {}, told)), box, page);
    made.dataset.finding = numbers.join(" ");
    return made;
  });
  layer.replaceChildren(...marks);
}

// ---- the panel -----------------------------------------------------------------------------------

function select(button) {
  chosen = button.dataset.place;
  document.querySelectorAll(".regions").forEach(mark);
  const parts = [element("p", {}, element("code", {}, chosen))];
  if (button.dataset.link) parts.push(element("a", { href: button.dataset.link, id: "open" }, words.open));
  at("place").replaceChildren(...parts);
}

function findingRow(finding, n) {
  const where = element("p", { className: "where" });
  const place = element("code", {}, finding.place);
  where.append(finding.link ? element("a", { href: finding.link, title: words.open }, place) : place);
  if (finding.marks.length) {
    const button = element("button", { type: "button" }, words.show);
    button.addEventListener("click", () => point(n));
    where.append(button);
  }
  const row = element("li", { className: `finding ${finding.severity}` },
    element("p", { className: "what" }, element("span", { className: "kind" }, `${words[finding.severity]}: `), finding.what),
    element("p", { className: "fix" }, `${words.mend} ${finding.fix}`), where);
  if (finding.marks.length) row.prepend(element("b", { "aria-hidden": "true" }, String(n + 1)));
  return row;
}

function point(n) {
  document.querySelectorAll(".marks span").forEach((one) => one.classList.toggle("is-shown", one.dataset.finding.split(" ").includes(String(n + 1))));
  document.querySelector(`.marks [data-finding~="${n + 1}"]`)?.scrollIntoView({ block: "center" });
}

function drawFindings() {
  const rows = (seen?.findings ?? []).map(findingRow);
  const none = element("li", {}, element("p", {}, seen?.is_proved ? words["nothing-found"] : ""));
  redraw(at("findings"), JSON.stringify(rows.length ? seen.findings : Boolean(seen?.is_proved)), rows.length ? rows : [none]);
  at("count").textContent = rows.length ? String(rows.length) : "";
  const others = (seen?.elsewhere ?? []).map(findingRow);
  at("elsewhere").hidden = !others.length;
  at("elsewhere-count").textContent = String(others.length);
  redraw(at("others"), JSON.stringify(seen?.elsewhere ?? []), others);
}

/** Put *rows* in *list*, unless it shows the same: what somebody has in focus stays. */
function redraw(list, key, rows) {
  if (list.dataset.key === key && list.children.length) return;
  list.dataset.key = key;
  list.replaceChildren(...rows);
}

function drawState() {
  const notice = at("notice");
  const isLost = notice.dataset.lost === "1";
  const kind = isLost ? "lost" : !seen ? "" : !seen.is_there ? "gone" : seen.is_old && seen.is_made ? "old" : seen.is_sketch ? "sketch" : "";
  // A sketch is replaced within seconds: a line that comes and goes would move the pages.
  notice.hidden = !kind || kind === "sketch";
  notice.dataset.kind = kind;
  notice.textContent = kind ? words[kind] : "";
  const busy = seen && seen.is_there && !seen.is_proved;
  const state = isLost ? "lost" : !seen ? "busy" : busy ? "busy" : "done";
  const status = document.querySelector(".status");
  status.dataset.state = state;
  status.title = seen?.is_sketch ? words.sketch : "";
  at("state").textContent = isLost ? "" : !seen ? words.making : !busy ? words.done : seen.is_made ? words.proving : words.making;
  at("took").textContent = seen?.took_ms ? `· ${named(words["done-in"], { ms: seen.took_ms })}` : "";
  document.documentElement.dataset.state = isLost ? "lost" : !seen ? "waiting" : seen.is_proved ? "proved" : seen.is_made ? "made" : seen.is_sketch ? "sketch" : "making";
}

function draw() {
  drawList();
  drawTools();
  drawPages();
  drawFindings();
  drawState();
}

// ---- what a person does --------------------------------------------------------------------------

at("handouts").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(link.dataset.slug, Object.fromEntries(asked()));
});
for (const name of AXES) {
  at(name).addEventListener("change", (event) => {
    const wanted = { ...Object.fromEntries(asked()), [name]: event.target.value };
    const handout = listing.handouts.find((one) => one.slug === wanted.handout);
    const fitting = { ...handout, editions: handout.editions.filter((one) => one[name] === event.target.value) };
    const { audience, format, language } = nearest(fitting, wanted);
    change({ audience, format, language });
  });
}
at("school").addEventListener("change", (event) => change({ school: event.target.value }));
at("mono").addEventListener("change", (event) => change({ ink: event.target.checked ? "mono" : "" }));
for (const name of SWITCHES) at(name).addEventListener("change", (event) => change({ [name]: event.target.checked ? "1" : "" }, false));
for (const [id, step] of [["smaller", -1], ["larger", 1]]) {
  at(id).addEventListener("click", () => {
    const now = ZOOMS.indexOf(Number(asked().get("zoom") ?? 1));
    const next = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, now + step))];
    change({ zoom: next === 1 ? "" : String(next) }, false);
  });
}

at("sheet").addEventListener("click", (event) => {
  const button = event.target.closest(".regions button");
  if (!button) return;
  // Once more on what is chosen: on to the link that opens it.
  if (button.dataset.place === chosen && event.detail === 0) at("open")?.focus();
  else select(button);
});
at("sheet").addEventListener("focusin", (event) => {
  const button = event.target.closest(".regions button");
  if (button && button.matches(":focus-visible")) select(button);
});
at("sheet").addEventListener("keydown", (event) => {
  const button = event.target.closest(".regions button");
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!button || !step) return;
  const all = [...button.parentElement.children];
  const next = all[all.indexOf(button) + step];
  if (!next) return;
  event.preventDefault();
  for (const one of all) one.tabIndex = one === next ? 0 : -1;
  next.focus();
});
at("place").addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector('.regions [aria-pressed="true"]')?.focus();
});
addEventListener("popstate", follow);

follow();
