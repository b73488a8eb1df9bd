// All texts and all lists of them, made once before anything is rendered.
import { LANGUAGES, day, lists, minute } from "./site.js";

const LIMIT = 200;
const OWN = "zh";
let made;

export function catalogueOf(collections) {
  made ??= makeCatalogue(collections.getAll().filter((item) => item.data.id));
  return made;
}

/** The catalogue, once Eleventy has made its collections. */
export const catalogue = () => made;

function makeCatalogue(items) {
  const texts = new Map();
  for (const item of items) {
    const { id, lang } = item.data;
    if (!texts.has(id)) texts.set(id, { id, in: {}, citing: [] });
    texts.get(id).in[lang] = item;
  }
  const newest = [...texts.values()].map(withFacts).sort((a, b) => b.at - a.at);
  for (const text of newest) {
    for (const relation of ["implements", "interprets"]) {
      const target = texts.get(text.data[relation]);
      if (target) target.citing.push({ relation, text });
    }
  }
  const listings = makeListings(newest);
  setNeighbours(newest);
  const found = { texts, listings, fronts: makeFronts(listings) };
  found.archives = makeArchives(found.fronts);
  found.feeds = makeFeeds(found.fronts);
  found.sitemaps = makeSitemaps(found);
  found.data = makeData(listings);
  found.rows = makeRows(items);
  return found;
}

function withFacts(text) {
  const own = text.in[OWN];
  return Object.assign(text, {
    own,
    data: own.data,
    at: own.date.getTime(),
    day: day(own.date),
    published: minute(own.date),
    languages: LANGUAGES.filter((lang) => text.in[lang]),
  });
}

// Lists of texts, newest first, by family and id: "column/news".

function makeListings(newest) {
  const columns = new Map(lists.columns.map((column) => [column.id, column]));
  const found = new Map();
  const open = (family, id) => found.set(`${family}/${id}`, { family, id, texts: [] });
  for (const family of ["column", "audience", "department", "county"]) {
    for (const row of lists[PLURALS[family]]) open(family, row.id);
  }
  open("site", "all");
  open("kind", "document");
  for (const text of newest) {
    const column = columns.get(text.data.column);
    const add = (family, id) => found.get(`${family}/${id}`).texts.push(text);
    for (const id of [column.id, ...column.above]) add("column", id);
    for (const id of column.audiences) add("audience", id);
    for (const id of text.data.departments) add("department", id);
    for (const id of text.data.counties) add("county", id);
    if (text.data.genre === "document") add("kind", "document");
    add("site", "all");
  }
  for (const listing of found.values()) {
    listing.languages = languagesOf(listing.texts);
    listing.periods = listing.family === "site" || listing.family === "audience" ? [] : periodsOf(listing.texts, 4);
  }
  return found;
}

const PLURALS = { column: "columns", audience: "audiences", department: "departments", county: "counties" };

const languagesOf = (texts) => {
  const found = new Set();
  for (const text of texts) for (const lang of text.languages) found.add(lang);
  return LANGUAGES.filter((lang) => found.has(lang));
};

/** Texts by the first 4, 7 or 10 signs of their day; what is long is divided further. */
function periodsOf(texts, length) {
  return [...grouped(texts, length)].map(([shown, found]) => ({
    shown,
    path: shown.replaceAll("-", "/"),
    texts: found,
    languages: languagesOf(found),
    parts: length < 10 && found.length > LIMIT ? periodsOf(found, length + 3) : [],
  }));
}

function grouped(texts, length) {
  const found = new Map();
  for (const text of texts) {
    const key = text.day.slice(0, length);
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(text);
  }
  return found;
}

function setNeighbours(newest) {
  const last = new Map();
  for (const text of newest) {
    const newer = last.get(text.data.column);
    if (newer) {
      newer.older = text;
      text.newer = newer;
    }
    last.set(text.data.column, text);
  }
}

// What there are pages and files of

function makeFronts(listings) {
  const found = [];
  for (const lang of LANGUAGES) {
    const add = (kind, path, row, listing) =>
      found.push({ kind, lang, path, url: `/${lang}/${path}`, row, listing });
    add("home", "", null, listings.get("site/all"));
    for (const kind of ["site-map", "feeds", "departments", "counties"]) add(kind, `${kind}/`);
    for (const row of lists.columns) add("column", `${row.id}/`, row, listings.get(`column/${row.id}`));
    for (const row of lists.audiences) add("audience", `${row.id}/`, row, listings.get(`audience/${row.id}`));
    for (const row of lists.departments) add("department", `departments/${row.id}/`, row, listings.get(`department/${row.id}`));
    for (const row of lists.counties) add("county", `counties/${row.id}/`, row, listings.get(`county/${row.id}`));
  }
  return found;
}

const allOf = (periods) => periods.flatMap((period) => [period, ...allOf(period.parts)]);

const makeArchives = (fronts) =>
  fronts.flatMap((front) =>
    allOf(front.listing?.periods ?? [])
      .filter((period) => period.languages.includes(front.lang))
      .map((period) => ({ front, period, url: `${front.url}${period.path}/` })),
  );

const makeFeeds = (fronts) =>
  fronts
    .filter((front) => front.listing?.languages.includes(front.lang))
    .flatMap((front) => ["xml", "json"].map((form) => ({ front, form, url: `${front.url}feed.${form}` })));

function makeSitemaps({ fronts, listings }) {
  const found = [];
  for (const { id, parent } of lists.columns) {
    if (parent) continue;
    for (const year of listings.get(`column/${id}`).periods) {
      for (const period of year.parts.length ? year.parts : [year]) {
        found.push({ url: `/sitemaps/${id}-${period.shown}.xml`, texts: period.texts });
      }
    }
  }
  found.push({ url: "/sitemaps/fronts.xml", paths: fronts.filter((f) => f.lang === OWN).map((f) => f.path) });
  return [...found, { url: "/sitemap.xml", sitemaps: found.map((one) => one.url) }];
}

export const dataFolder = (listing) =>
  listing.family === "kind" ? "data/documents" : `data/columns/${listing.id}`;

function makeData(listings) {
  const open = lists.columns.filter((column) => column.is_open_data).map((column) => listings.get(`column/${column.id}`));
  const found = [listings.get("kind/document"), ...open].filter((listing) => listing.texts.length);
  const files = found.flatMap((listing) =>
    allOf(listing.periods).flatMap((period) =>
      ["csv", "json"].map((form) => ({
        listing,
        period,
        form,
        url: `/${dataFolder(listing)}/${period.shown}.${form}`,
      })),
    ),
  );
  return [...files, { listings: found, url: "/data/catalogue.jsonld" }];
}

function makeRows(items) {
  const found = new Map();
  for (const item of items) {
    const key = `${item.data.column}-${item.data.lang}`;
    if (!found.has(key)) found.set(key, { url: `/search/${key}.jsonl`, items: [] });
    found.get(key).items.push(item);
  }
  return [...found.values()];
}
