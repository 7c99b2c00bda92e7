"use strict";
// Shows /openapi.json and sends requests. Text from the server reaches the page as text only, never as markup.

let description;

/** An element with attributes, event handlers and children; strings become text. */
function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

/** What a reference stands for; anything else stands for itself. */
function resolve(value) {
  if (!value?.$ref) return value ?? {};
  return value.$ref.split("/").slice(1).reduce((found, step) => found?.[step], description) ?? {};
}

/** Paragraphs of a text, with `code` as such. */
function paragraphs(text) {
  return text.split("\n\n").map((paragraph) => element("p", null,
    paragraph.split("`").map((part, index) => (index % 2 ? element("code", null, part) : part))));
}

const named = (schema) => schema?.$ref?.split("/").pop();
const withoutNull = (schema) => (schema.anyOf ?? []).filter((choice) => choice.type !== "null");

/** A schema in a few words. */
function words(schema) {
  if (!schema || Object.keys(schema).length === 0) return "any JSON";
  if (schema.$ref) return named(schema);
  if (schema.anyOf) return schema.anyOf.map(words).join(" or ");
  if (schema.enum) return schema.enum.map((choice) => JSON.stringify(choice)).join(" | ");
  if (schema.type === "array") return `list of ${words(schema.items)}`;
  if (schema.type === "object" && schema.additionalProperties) return `object of ${words(schema.additionalProperties)}`;
  const range = [
    schema.minLength && `at least ${schema.minLength} character${schema.minLength === 1 ? "" : "s"}`, schema.maxLength && `at most ${schema.maxLength}`,
    schema.minimum != null && `from ${schema.minimum}`, schema.maximum != null && `to ${schema.maximum}`,
  ].filter(Boolean).join(", ");
  return [schema.format ?? schema.type, range && `(${range})`].filter(Boolean).join(" ");
}

/** The fields of a schema as a list; `depth` ends what never ends. */
function fields(schema, depth = 0) {
  const whole = resolve(schema);
  if (depth > 5) return null;
  if (whole.anyOf) {
    const lists = withoutNull(whole).map((choice) => fields(choice, depth)).filter(Boolean);
    return lists.length ? element("div", null, lists) : null;
  }
  if (whole.type === "array") return fields(whole.items, depth);
  if (typeof whole.additionalProperties === "object" && !whole.properties) {
    return fields(whole.additionalProperties, depth + 1);
  }
  if (!whole.properties) return null;
  const items = Object.entries(whole.properties).map(([name, value]) => {
    const isRequired = whole.required?.includes(name);
    return element("li", null,
      element("code", { class: isRequired ? "required" : "" }, name), " ",
      element("span", { class: "type" }, words(value)), fields(value, depth + 1));
  });
  return element("ul", { class: "fields" }, items);
}

/** A body to begin with: what is required, with harmless values. */
function example(schema) {
  const whole = resolve(schema);
  if (whole.default !== undefined) return whole.default;
  if (whole.enum) return whole.enum[0];
  if (whole.anyOf) return example(withoutNull(whole)[0]);
  if (whole.type === "array") return [];
  if (whole.type === "object") {
    const required = Object.entries(whole.properties ?? {}).filter(([name]) => whole.required?.includes(name));
    return Object.fromEntries(required.map(([name, value]) => [name, example(value)]));
  }
  return { integer: whole.minimum ?? 0, number: 0, boolean: false, string: "" }[whole.type] ?? null;
}

function control(parameter, id) {
  const schema = resolve(parameter.schema ?? parameter.content?.["application/json"]?.schema);
  const attributes = { id, name: parameter.name, "data-in": parameter.in, required: parameter.required };
  const choices = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
  if (!choices) {
    const hint = schema.default ?? (schema.type === "array" ? (parameter.explode === false ? "a,b" : "one per comma") : "");
    return element("input", { ...attributes, "data-many": schema.type === "array" && parameter.explode !== false, placeholder: hint });
  }
  return element("select", attributes, element("option", { value: "" }, schema.default != null ? `(${schema.default})` : ""),
    choices.map((choice) => element("option", null, choice)));
}

function parameterTable(parameters, id) {
  if (!parameters.length) return null;
  const rows = parameters.map((parameter) => {
    const schema = parameter.schema ?? parameter.content?.["application/json"]?.schema;
    return element("tr", null,
      element("td", null, element("label", { for: `${id}-${parameter.name}` },
        element("code", { class: parameter.required ? "required" : "" }, parameter.name))),
      element("td", { class: "type" }, parameter.in), element("td", { class: "type" }, words(schema)),
      element("td", null, control(parameter, `${id}-${parameter.name}`)));
  });
  return [element("h3", null, "Parameters"), element("div", { class: "scroll" }, element("table", null,
    element("thead", null, element("tr", null, ["Name", "In", "Type", "Value"].map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", null, rows)))];
}

function responseList(responses) {
  return Object.entries(responses).map(([status, reference]) => {
    const response = resolve(reference);
    const content = Object.entries(response.content ?? {});
    return element("details", null,
      element("summary", null, element("code", null, status), " ", response.description),
      content.map(([type, { schema }]) => element("div", null,
        element("span", { class: "type" }, `${type}: ${words(schema)}`), fields(schema))),
      content.length ? null : element("p", { class: "type" }, "No body."));
  });
}

/** The request that a form describes. */
function request(form, method, path) {
  const query = new URLSearchParams();
  let url = path;
  for (const input of form.querySelectorAll("[data-in]")) {
    if (input.dataset.in === "path") url = url.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value === "") continue;
    else if (input.hasAttribute("data-many")) for (const value of input.value.split(",")) query.append(input.name, value.trim());
    else query.append(input.name, input.value);
  }
  const options = { method, headers: {} };
  const body = form.querySelector("textarea");
  if (body) {
    options.headers["content-type"] = "application/json";
    options.body = body.value;
  }
  const token = document.getElementById("token").value;
  if (token) options.headers.authorization = `Bearer ${token}`;
  return { url: query.size ? `${url}?${query}` : url, options };
}

async function send(form, method, path, output, stop) {
  const { url, options } = request(form, method, path);
  const abort = new AbortController();
  stop.onclick = () => abort.abort();
  stop.disabled = false;
  output.className = "";
  output.textContent = `${method} ${url}\n…`;
  try {
    const start = performance.now();
    const response = await fetch(url, { ...options, signal: abort.signal });
    const shown = [...response.headers].filter(([name]) => /^(content-type|x-|location|retry-after|allow)/.test(name));
    const head = `${method} ${url}\n${response.status} ${response.statusText} in ${Math.round(performance.now() - start)} ms\n`
      + shown.map(([name, value]) => `${name}: ${value}\n`).join("") + "\n";
    let text = "";
    const decoder = new TextDecoder();
    for (const reader = response.body?.getReader(); reader;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      output.textContent = head + text;
    }
    if (response.headers.get("content-type")?.includes("json") && text) text = JSON.stringify(JSON.parse(text), null, 2);
    output.textContent = head + text;
    if (!response.ok) output.className = "problem";
  } catch (error) {
    output.className = "problem";
    output.textContent += abort.signal.aborted ? "\nStopped." : `\n${error}`;
  }
  stop.disabled = true;
}

function inside(path, method, operation) {
  const id = operation.operationId;
  const media = operation.requestBody?.content?.["application/json"];
  const schema = media?.schema;
  const output = element("pre", { role: "status", "aria-label": "Response", hidden: true, tabindex: "0" });
  const stop = element("button", { type: "button", class: "quiet", disabled: true }, "Stop");
  const form = element("form", {
    onsubmit(event) {
      event.preventDefault();
      output.hidden = false;
      send(form, method.toUpperCase(), path, output, stop);
    },
  },
  parameterTable(operation.parameters ?? [], id),
  schema ? [
    element("h3", null, element("label", { for: `${id}-body` }, "Body")), fields(schema),
    element("textarea", { id: `${id}-body`, spellcheck: "false" }, JSON.stringify(media.example ?? example(schema), null, 2)),
  ] : null,
  element("div", { class: "actions" }, element("button", null, "Send"), stop), output);
  return element("div", { class: "inside" },
    paragraphs(operation.description ?? ""), form,
    element("h3", null, "Responses"), responseList(operation.responses));
}

function show(path, method, operation) {
  const details = element("details", { class: "operation", id: operation.operationId },
    element("summary", null, element("span", { class: `method ${method}` }, method.toUpperCase()),
      element("span", { class: "path" }, path), element("span", { class: "what" }, operation.summary)));
  // Built when it is opened: the page is there at once, however long the description grows.
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(inside(path, method, operation));
    if (details.open) history.replaceState(null, "", `#${operation.operationId}`);
  });
  return details;
}

function openFromAddress() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
}

function find() {
  const wanted = document.getElementById("search").value.toLowerCase();
  for (const section of document.querySelectorAll("main section")) {
    let count = 0;
    for (const operation of section.querySelectorAll(".operation")) {
      operation.hidden = !`${operation.id} ${operation.firstChild.textContent}`.toLowerCase().includes(wanted);
      if (!operation.hidden) count += 1;
    }
    section.hidden = count === 0;
  }
}

async function start() {
  const main = document.getElementById("operations");
  try {
    const response = await fetch("/openapi.json");
    if (!response.ok) throw new Error(`/openapi.json answered ${response.status}`);
    description = await response.json();
  } catch (error) {
    main.replaceChildren(element("p", { class: "problem", role: "alert" }, `The description could not be read: ${error.message}`));
    return;
  }
  const { title, version, description: about } = description.info;
  document.getElementById("title").textContent = `${title} ${version}`;
  document.getElementById("about").append(...paragraphs(about));
  const sections = description.tags.map(({ name }) => element("section", { id: `group-${name}`, "aria-label": name },
    element("h2", null, name.replaceAll("_", " "))));
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      sections.find((section) => section.id === `group-${operation.tags[0]}`).append(show(path, method, operation));
    }
  }
  main.replaceChildren(...sections);
  document.getElementById("groups").append(...description.tags.map(({ name }) =>
    element("a", { href: `#group-${name}` }, name.replaceAll("_", " "))));
  document.getElementById("search").addEventListener("input", find);
  addEventListener("hashchange", openFromAddress);
  openFromAddress();
}

start();
