// The page's behaviour: lay out the DOT source of #data with Graphviz, zoom
// with d3, show details, search, theme. `draw` is where to begin reading.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
const canvas = document.getElementById("canvas");
const card = document.getElementById("card");
const rows = document.getElementById("rows");
const search = document.getElementById("search");
// Text is no longer read with ease below this scale.
const READABLE = 0.75;
let viz, svg, zoom, size, pinned = false;

const source = () => (rows.checked ? data.rows : data.plain);
const nodeElement = (i) => document.getElementById("n" + i);

// ------------------------------------------------------------- the drawing

function draw() {
  const element = viz.renderSVGElement(source());
  size = element.viewBox.baseVal;
  size = { width: size.width, height: size.height };
  element.removeAttribute("viewBox");
  element.removeAttribute("width");
  element.removeAttribute("height");
  const layer = document.createElementNS("http://www.w3.org/2000/svg", "g");
  layer.append(...element.childNodes);
  element.append(layer);
  readEdges(element);
  // The card tells what the browser's own tooltips would.
  for (const title of element.querySelectorAll("title")) title.remove();
  for (const link of element.querySelectorAll("a")) {
    link.removeAttributeNS("http://www.w3.org/1999/xlink", "title");
  }
  canvas.replaceChildren(element);
  svg = d3.select(element);
  zoom = d3.zoom().scaleExtent([0.02, 6]).on("zoom", ({ transform }) => {
    layer.setAttribute("transform", transform);
  });
  svg.call(zoom).on("dblclick.zoom", null).on("click", unpin);
  data.nodes.forEach(listen);
  start();
  find();
}

// Edges carry "n1->n2" as their title: mark them with both ends.
function readEdges(element) {
  for (const edge of element.querySelectorAll(".edge")) {
    const [from, to] = edge.querySelector("title").textContent.split("->");
    edge.dataset.from = from;
    edge.dataset.to = to;
  }
}

function place(scale, x, y) {
  svg.call(zoom.transform, d3.zoomIdentity.translate(x, y).scale(scale));
}

function fit() {
  const { clientWidth: width, clientHeight: height } = canvas;
  const room = { width: width - 40, height: height - 170 };
  const scale = Math.min(1.25, room.width / size.width, room.height / size.height);
  const x = (width - scale * size.width) / 2;
  place(scale, x, 85 + (room.height - scale * size.height) / 2);
  return scale;
}

// A graph too large to be read at once opens at its leaves, a tree at its root.
function start() {
  if (fit() >= READABLE) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const x = (width - READABLE * size.width) / 2;
  if (data.direction === "LR") {
    place(READABLE, Math.max(x, 40), (height - READABLE * size.height) / 2);
  } else {
    place(READABLE, x, 85);
  }
}

// ------------------------------------------------------------- the details

function listen(node, i) {
  const element = nodeElement(i);
  element.addEventListener("pointerenter", (event) => !pinned && show(i, event));
  element.addEventListener("pointermove", (event) => !pinned && move(event));
  element.addEventListener("pointerleave", () => !pinned && hide());
  element.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation();
    hide();
    show(i, event);
    pinned = true;
    card.classList.add("pinned");
  });
}

function show(i, event) {
  const { title, details } = data.nodes[i];
  const heading = document.createElement("h2");
  heading.textContent = title;
  const table = document.createElement("table");
  for (const cells of details) {
    const row = table.insertRow();
    for (const text of cells) row.insertCell().textContent = text;
  }
  card.replaceChildren(heading, table);
  card.hidden = false;
  move(event);
  nodeElement(i).classList.add("here");
  for (const edge of canvas.querySelectorAll(".edge")) {
    const near = edge.dataset.from === "n" + i || edge.dataset.to === "n" + i;
    edge.classList.toggle("near", near);
  }
}

function move({ clientX, clientY }) {
  const { offsetWidth: width, offsetHeight: height } = card;
  const left = clientX + 16 + width < innerWidth ? clientX + 16 : clientX - width - 16;
  const top = Math.min(clientY + 12, innerHeight - height - 12);
  card.style.left = Math.max(12, left) + "px";
  card.style.top = Math.max(12, top) + "px";
}

function hide() {
  card.hidden = true;
  pinned = false;
  card.classList.remove("pinned");
  for (const element of canvas.querySelectorAll(".here, .near")) {
    element.classList.remove("here", "near");
  }
}

function unpin() {
  if (pinned) hide();
}

// ------------------------------------------------------- search, theme, file

function find() {
  const word = search.value.trim().toLowerCase();
  const text = ({ title, details }) => (title + " " + details.join(" ")).toLowerCase();
  data.nodes.forEach((node, i) => {
    nodeElement(i).classList.toggle("faded", !text(node).includes(word));
  });
  for (const edge of canvas.querySelectorAll(".edge")) {
    edge.classList.toggle("faded", word !== "");
  }
}

// Bring the next match of the search into the middle.
let last = -1;
function next() {
  const found = data.nodes.map((_, i) => i)
    .filter((i) => !nodeElement(i).classList.contains("faded"));
  if (search.value === "" || found.length === 0) return;
  last = found.find((i) => i > last) ?? found[0];
  const box = nodeElement(last).getBBox();
  const scale = Math.max(READABLE, d3.zoomTransform(svg.node()).k);
  // Graphviz moves its origin to the lower left corner.
  const [dx, dy] = svg.select(".graph").attr("transform")
    .match(/translate\(([-\d.]+)[ ,]+([-\d.]+)\)/).slice(1).map(Number);
  place(scale, canvas.clientWidth / 2 - scale * (box.x + dx + box.width / 2),
    canvas.clientHeight / 2 - scale * (box.y + dy + box.height / 2));
}

function save() {
  const text = viz.renderString(source(), { format: "svg" });
  const styled = text.replace("<g ", () => data.svgStyle + "<g ");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([styled], { type: "image/svg+xml" }));
  link.download = document.title + ".svg";
  link.click();
  URL.revokeObjectURL(link.href);
}

function legend() {
  for (const kind of new Set(data.nodes.map((node) => node.kind))) {
    const i = data.nodes.findIndex((node) => node.kind === kind);
    const box = nodeElement(i).querySelector("path");
    const entry = document.createElement("span");
    const colours = `fill="${box.getAttribute("fill")}" stroke="${box.getAttribute("stroke")}"`;
    entry.innerHTML =
      `<svg><g class="node ${kind}"><path ${colours} d="M3 1h8q2 0 2 2v8q0 2-2 2h-8q-2 0-2-2v-8q0-2 2-2z"/></g></svg>`;
    entry.append(kind);
    document.getElementById("legend").append(entry);
  }
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => root.classList.toggle("dark", dark.matches);
const keys = { f: fit, d: () => root.classList.toggle("dark"), Escape: hide };

rows.checked = data.withRows;
rows.addEventListener("change", () => { hide(); draw(); });
search.addEventListener("input", () => { last = -1; find(); });
search.addEventListener("keydown", ({ key }) => key === "Enter" && next());
document.getElementById("fit").addEventListener("click", fit);
document.getElementById("theme").addEventListener("click", keys.d);
document.getElementById("save").addEventListener("click", save);
dark.addEventListener("change", follow);
addEventListener("keydown", (event) => {
  if (event.target !== search && keys[event.key]) keys[event.key]();
});
follow();
Viz.instance().then((instance) => {
  viz = instance;
  draw();
  legend();
  root.dataset.ready = "true"; // for whoever takes a picture of the page
});
