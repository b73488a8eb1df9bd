// Open data by year or month, and its index. A record is made once for all files it stands in.
import { catalogue, dataFolder } from "../../lib/catalogue.js";
import { URL_OF_SITE, columns, counties, departments, lists } from "../../lib/site.js";

export const data = {
  pagination: { data: "collections.data", size: 1, alias: "file" },
  permalink: ({ file }) => file.url,
};

export function render({ file }) {
  if (file.listings) return index(file.listings);
  const { listing, period, form } = file;
  if (period.parts.length) return divided(listing, period.parts, form);
  const records = [...period.texts].reverse().map(recordOf);
  return form === "csv" ? table(KEYS, records.map((record) => record.csv)) : list(records.map((record) => record.json));
}

const list = (objects) => `[\n${objects.join(",\n")}\n]\n`;
const table = (keys, lines) => `\ufeff${keys.join(",")}\r\n${lines.map((line) => `${line}\r\n`).join("")}`;

function divided(listing, parts, form) {
  const rows = parts.map(({ shown }) => {
    const base = `${URL_OF_SITE}/${dataFolder(listing)}/${shown}`;
    return { period: shown, csv: `${base}.csv`, json: `${base}.json` };
  });
  return form === "csv" ? table(["period", "csv", "json"], rows.map((row) => Object.values(row).join(","))) : list(rows.map((row) => JSON.stringify(row)));
}

const KEYS = "id title kind column column_name number index subject subject_name issuers effective amends repeals implements interprets made published corrected expires validity departments department_names counties county_names audiences keywords summary source attachments url languages sample".split(" ");

const records = new Map();

function recordOf(text) {
  let record = records.get(text);
  if (!record) records.set(text, (record = makeRecord(text)));
  return record;
}

function makeRecord(text) {
  const { data } = text;
  const column = columns.get(data.column);
  const names = (terms, ids) => ids.map((id) => terms.get(id).names.zh).join("; ");
  const idOf = (id) => catalogue().texts.get(id)?.id ?? "";
  const values = {
    id: text.id,
    title: data.title,
    kind: data.genre,
    column: data.column,
    column_name: column.names.zh,
    number: data.number ?? "",
    index: data.index ?? "",
    subject: data.subject ?? "",
    subject_name: data.subject ? lists.subjects[data.subject].zh : "",
    issuers: (data.issuers ?? []).join("; "),
    effective: data.effective ?? "",
    amends: "",
    repeals: "",
    implements: idOf(data.implements),
    interprets: idOf(data.interprets),
    made: data.made ?? "",
    published: text.published,
    corrected: "",
    expires: "",
    validity: data.validity ?? "",
    departments: data.departments.join("; "),
    department_names: names(departments, data.departments),
    counties: data.counties.join("; "),
    county_names: names(counties, data.counties),
    audiences: column.audiences.join("; "),
    keywords: data.keywords.join("; "),
    summary: data.summary,
    source: data.source,
    attachments: String(data.attachments?.length ?? 0),
    url: URL_OF_SITE + text.own.url,
    languages: text.languages.join("; "),
    sample: String(data.sample),
  };
  return { csv: KEYS.map((key) => cell(values[key])).join(","), json: JSON.stringify(values) };
}

/** Quoted where it must be; no spreadsheet program takes it for a formula. */
function cell(value) {
  const safe = /^[=+@\t\r-]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function index(listings) {
  const url = `${URL_OF_SITE}/data/catalogue.jsonld`;
  const distribution = (address, period) => ({
    "@id": address,
    "@type": "dcat:Distribution",
    "dct:title": period.shown,
    "dcat:downloadURL": { "@id": address },
  });
  const dataset = (listing) => ({
    "@id": `${url}#${listing.family}-${listing.id}`,
    "@type": "dcat:Dataset",
    "dct:identifier": `${listing.family}-${listing.id}`,
    "dct:title": Object.entries(columns.get(listing.family === "kind" ? "documents" : listing.id).names).map(([lang, name]) => ({ "@language": lang, "@value": name })),
    "dcat:distribution": listing.periods.flatMap((period) =>
      ["csv", "json"].map((form) => distribution(`${URL_OF_SITE}/${dataFolder(listing)}/${period.shown}.${form}`, period)),
    ),
  });
  const context = { dcat: "http://www.w3.org/ns/dcat#", dct: "http://purl.org/dc/terms/" };
  const found = { "@context": context, "@id": url, "@type": "dcat:Catalog", "dcat:dataset": listings.map(dataset) };
  return `${JSON.stringify(found, null, 1)}\n`;
}
