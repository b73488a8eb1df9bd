// Fronts of columns, departments, counties and audiences; home, directories, site map, feeds.
import { catalogue, dataFolder } from "../../lib/catalogue.js";
import { dataLinks, entries, feedBase, periodLinks } from "../../lib/entries.js";
import { escape } from "../../lib/escape.js";
import { breadcrumbList, columnMeta, columnTrail, inAllLanguages, page } from "../../lib/page.js";
import { SITE_NAMES, audiences, departments, lists, words } from "../../lib/site.js";

export const data = {
  pagination: { data: "collections.fronts", size: 1, alias: "front" },
  permalink: ({ front }) => `${front.url}index.html`,
};

export function render({ front }) {
  const { lang, kind, url, path, row } = front;
  const w = words[lang];
  const title = row ? row.names[lang] : (w[kind.replace("-", "_")] ?? SITE_NAMES[lang]);
  const { main, ...more } = (PAGES[kind] ?? body)(front, w, title);
  const all = inAllLanguages(path);
  return page({
    lang,
    kind,
    title: kind === "home" ? SITE_NAMES[lang] : title,
    url,
    main,
    trail: kind === "home" ? undefined : [{ name: w.home, url: `/${lang}/` }, { name: title, url }],
    languages: all,
    alternates: all,
    description: row?.descriptions[lang],
    feeds: feedBase(front),
    ...more,
  });
}

const PAGES = { home, column, audience, departments: directory, counties: directory, "site-map": siteMap, feeds };

const newest = ({ listing, lang }, w) => `<section aria-labelledby="newest">
<h2 id="newest">${w.newest}</h2>
${listing.texts.length ? entries(listing.texts.slice(0, 20), lang) : `<p class="nothing">${w.nothing}</p>`}
</section>`;

function column(front, w, title) {
  const { lang, row, listing } = front;
  const trail = columnTrail(row.id, lang);
  return {
    trail,
    metaTags: columnMeta(row.id, lang),
    jsonLd: { "@context": "https://schema.org", ...breadcrumbList(trail) },
    main: `<h1>${escape(title)}</h1>
<p class="lead">${escape(row.descriptions[lang])}</p>
${children(row.id, lang, w)}<div class="with-side">
<div class="with-side-main">
${newest(front, w)}
</div>
${side(front, w, row.is_open_data ? dataFolder(listing) : "")}
</div>`,
  };
}

function body(front, w, title) {
  const { lang, row, kind } = front;
  const above = kind === "department" ? "departments" : "counties";
  const trail = [
    { name: w.home, url: `/${lang}/` },
    { name: w[above], url: `/${lang}/${above}/` },
    { name: title, url: front.url },
  ];
  return {
    trail,
    jsonLd: { "@context": "https://schema.org", ...breadcrumbList(trail) },
    main: `<h1>${escape(title)}</h1>
<p class="lead">${escape(row.descriptions[lang])}</p>
<section class="office" aria-labelledby="body-office">
<h2 class="small-heading" id="body-office">${w.contact_body}</h2>
<dl class="facts facts-wide">
<div><dt>${w.telephone}</dt><dd class="figures"><a href="tel:${row.phone}">${row.phone}</a></dd></div>
<div><dt>${w.address}</dt><dd>${escape(row.address[lang])}</dd></div>
<div><dt>${w.hours}</dt><dd>${escape(row.hours[lang])}</dd></div>
</dl>
</section>
<div class="with-side">
<div class="with-side-main">
${newest(front, w)}
</div>
${side(front, w, "")}
</div>`,
  };
}

function side(front, w, folder) {
  const { lang, listing, row } = front;
  const base = feedBase(front);
  const years = listing.periods.length
    ? `<nav class="years" aria-labelledby="years-heading">
<h2 id="years-heading">${w.by_year}</h2>
<ul class="links figures">
${periodLinks(front, listing.periods)}</ul>
</nav>\n`
    : "";
  const days = row.days ? `<div><dt>${w.updated}</dt><dd>${w.update_days.replace("%(days)s", row.days)}</dd></div>\n` : "";
  const owners = row.owners?.length
    ? `<div><dt>${w.responsible}</dt><dd>${row.owners.map((id) => `<a href="/${lang}/departments/${id}/">${escape(departments.get(id).names[lang])}</a>`).join("<br>")}</dd></div>\n`
    : "";
  const follow = base
    ? `<section class="follow" aria-labelledby="follow-heading">
<h2 id="follow-heading">${w.follow}</h2>
<ul class="links">
<li><a href="${base}feed.xml" type="application/atom+xml">${w.atom}</a></li>
<li><a href="${base}feed.json" type="application/feed+json">${w.json}</a></li>
</ul>
${folder ? dataLinks(folder, listing.periods) : ""}
</section>\n`
    : "";
  return `<div class="side">
${years}<section class="about" aria-labelledby="column-about">
<h2 id="column-about">${w.about_column}</h2>
<dl class="facts">
<div><dt>${w.published_here}</dt><dd class="figures">${listing.texts.length}</dd></div>
${days}${owners}</dl>
</section>
${follow}</div>`;
}

const below = (id) => lists.columns.filter((row) => row.parent === id);
const link = (row, lang, folder = "") => `<a href="/${lang}/${folder}${row.id}/">${escape(row.names[lang])}</a>`;

function children(id, lang, w) {
  const rows = below(id);
  if (!rows.length) return "";
  const items = rows.map((row) => {
    const further = below(row.id);
    const inner = further.length ? `<ul class="children-below">\n${further.map((one) => `<li>${link(one, lang)}</li>`).join("\n")}\n</ul>\n` : "";
    return `<li>${link(row, lang)}\n<span class="described-text">${escape(row.descriptions[lang])}</span>\n${inner}</li>`;
  });
  return `<nav class="children" aria-label="${w.children}">
<ul class="children-list">
${items.join("\n")}
</ul>
</nav>\n`;
}

const tasks = (row, lang) =>
  `<ul class="actions">\n${row.tasks.map((task) => `<li><a href="/${lang}/${task.link}">${escape(task.names[lang])}</a></li>`).join("\n")}\n</ul>`;

function audience(front, w, title) {
  const { row, lang } = front;
  return {
    main: `<h1>${escape(title)}</h1>
<p class="lead">${escape(row.descriptions[lang])}</p>
<section class="tasks" aria-labelledby="audience-tasks">
<h2 id="audience-tasks">${w.tasks}</h2>
${tasks(row, lang)}
</section>
${newest(front, w)}`,
  };
}

function home(front, w) {
  const { lang } = front;
  return {
    main: `<div class="hero">
<h1 class="hero-name">${SITE_NAMES[lang]}</h1>
<form class="search-large" role="search" action="/${lang}/search/" method="get">
<label for="search-home">${w.what_for}</label>
<input id="search-home" type="search" name="q" maxlength="200" autocomplete="off">
<button class="button">${w.search}</button>
</form>
</div>
<section class="doors" aria-labelledby="home-audiences">
<h2 id="home-audiences">${w.audiences_heading}</h2>
${lists.audiences.map((row) => `<section class="door">\n<h3>${link(row, lang)}</h3>\n<p class="door-description">${escape(row.descriptions[lang])}</p>\n${tasks(row, lang)}\n</section>`).join("\n")}
</section>
${newest(front, w)}`,
  };
}

function directory({ kind, lang }, _w, title) {
  return {
    main: `<h1>${escape(title)}</h1>
<ul class="described">
${lists[kind].map((row) => `<li>${link(row, lang, `${kind}/`)}<span class="described-text">${escape(row.descriptions[lang])}</span></li>`).join("\n")}
</ul>`,
  };
}

function siteMap({ lang }, w, title) {
  return {
    main: `<h1>${escape(title)}</h1>
<section aria-labelledby="map-audiences">
<h2 id="map-audiences">${w.for_whom}</h2>
<ul class="links links-row">
${[...audiences.values()].map((row) => `<li>${link(row, lang)}</li>`).join("\n")}
</ul>
</section>
<h2>${w.columns}</h2>
${below("").map((row) => `<section class="map-column">\n<h3>${link(row, lang)}</h3>\n${children(row.id, lang, w)}</section>`).join("\n")}`,
  };
}

function feeds({ lang }, w, title) {
  const { fronts, listings } = catalogue();
  const lines = (kind) =>
    fronts
      .filter((front) => front.lang === lang && front.kind === kind && feedBase(front))
      .map((front) => {
        const [name, base] = [escape(front.row.names[lang]), feedBase(front)];
        return `<li><a class="feed-name" href="${front.url}">${name}</a>
<span class="feed-links"><a href="${base}feed.xml" type="application/atom+xml" aria-label="Atom: ${name}">Atom</a>
<a href="${base}feed.json" type="application/feed+json" aria-label="JSON: ${name}">JSON</a></span></li>`;
      })
      .join("\n");
  const groups = [["columns", "column"], ["departments", "department"], ["counties", "county"]];
  return {
    main: `<h1>${escape(title)}</h1>
<h2>${w.catalogue}</h2>
${dataLinks("data/documents", listings.get("kind/document").periods)}
${groups.map(([name, kind]) => `<h2>${w[name]}</h2>\n<ul class="feed-list">\n${lines(kind)}\n</ul>`).join("\n")}`,
  };
}
