// The page around every content. What is the same on all pages of a language is made once.
import { escape } from "./escape.js";
import { HTML_LANG, LANGUAGES, OWN_NAMES, SITE_NAMES, URL_OF_SITE, columns, lists, words } from "./site.js";

const perLanguage = (make) => Object.fromEntries(LANGUAGES.map((lang) => [lang, make(lang, words[lang])]));

const HEAD = `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#0b5563">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/site.css">
<link rel="stylesheet" href="/assets/preferences.css">`;

const PREFERENCES = perLanguage(
  (_, w) => `<form class="preferences" action="/preferences" method="post">
<button class="when-off-large" formaction="/preferences?text=large">${w.large_text}</button>
<button class="when-on-large" formaction="/preferences?text=normal">${w.normal_text}</button>
<button class="when-off-contrast" formaction="/preferences?contrast=high">${w.high_contrast}</button>
<button class="when-on-contrast" formaction="/preferences?contrast=normal">${w.normal_contrast}</button>
</form>`,
);

const HEADER = perLanguage(
  (lang, w) => `<header class="header">
<div class="wrap header-row">
<a class="identity" href="/${lang}/">
<img src="/assets/mark.svg" alt="" width="56" height="56">
<span class="identity-name">${SITE_NAMES[lang]}</span>
</a>
<form class="search-small" role="search" action="/${lang}/search/" method="get">
<label class="unseen" for="search-header">${w.search_site}</label>
<input id="search-header" type="search" name="q" maxlength="200" autocomplete="off" placeholder="${w.search_hint}">
<button class="button">${w.search}</button>
</form>
</div>
<nav class="navigation" aria-label="${w.navigation}">
<div class="wrap navigation-row">
<ul class="navigation-audiences">
<li><a href="/${lang}/">${w.home}</a></li>
${lists.audiences.map((row) => frontLink(lang, row)).join("\n")}
</ul>
<details class="navigation-all">
<summary>${w.all_columns}</summary>
<ul class="navigation-columns">
${lists.columns.filter((row) => !row.parent).map((row) => frontLink(lang, row)).join("\n")}
</ul>
</details>
</div>
</nav>
</header>`,
);

const FOOTER = perLanguage(
  (lang, w) => `<footer class="footer">
<div class="wrap footer-row">
<section class="footer-part" aria-labelledby="footer-report">
<h2 id="footer-report">${w.something_wrong}</h2>
<p><a class="button button-light" href="mailto:">${w.report}</a></p>
<ul class="footer-links">
<li><a href="/${lang}/site-map/">${w.site_map}</a></li>
<li><a href="/${lang}/departments/">${w.departments}</a></li>
<li><a href="/${lang}/counties/">${w.counties}</a></li>
<li><a href="/${lang}/forms/">${w.forms}</a></li>
<li><a href="/${lang}/relay/status">${w.letter}</a></li>
<li><a href="/${lang}/search/">${w.search}</a></li>
<li><a href="/${lang}/feeds/">${w.feeds}</a></li>
</ul>
</section>
<section class="footer-part" aria-labelledby="footer-contact">
<h2 id="footer-contact">${w.contact}</h2>
<dl class="footer-facts">
<div><dt>${w.telephone}</dt><dd><a href="tel:"></a></dd></div>
<div><dt>${w.email}</dt><dd><a href="mailto:"></a></dd></div>
</dl>
</section>
</div>
</footer>`,
);

function frontLink(lang, row) {
  return `<li><a href="/${lang}/${row.id}/">${escape(row.names[lang])}</a></li>`;
}

/** The government page tags of a column's pages, made once for each column and language. */
const metas = new Map();
export function columnMeta(id, lang) {
  const key = `${lang} ${id}`;
  if (!metas.has(key)) {
    const column = columns.get(id);
    metas.set(key, [
      meta("ColumnName", column.names[lang]),
      meta("ColumnDescription", column.descriptions[lang]),
      meta("ColumnKeywords", column.keywords[lang].join(",")),
      meta("ColumnType", columns.get(column.main).names[lang]),
    ].join("\n"));
  }
  return metas.get(key);
}

export const meta = (name, content) => `<meta name="${name}" content="${escape(content)}">`;

/** The way to a column, itself last: [{name, url}]. */
export function columnTrail(id, lang) {
  const above = [...columns.get(id).above].reverse();
  return [
    { name: words[lang].home, url: `/${lang}/` },
    ...[...above, id].map((one) => ({ name: columns.get(one).names[lang], url: `/${lang}/${one}/` })),
  ];
}

export const breadcrumbList = (trail) => ({
  "@type": "BreadcrumbList",
  itemListElement: trail.map((step, place) => ({
    "@type": "ListItem",
    position: place + 1,
    name: step.name,
    item: URL_OF_SITE + step.url,
  })),
});

/** A page in all languages: [[lang, url]]. */
export const inAllLanguages = (path) => LANGUAGES.map((lang) => [lang, `/${lang}/${path}`]);

/** A whole page. languages: [[lang, url]] of the switch; alternates: of the same content. */
export function page({ lang, kind, title, url, main, trail, languages, alternates, description, metaTags, feeds, jsonLd }) {
  const w = words[lang];
  const name = escape(title);
  return `<!doctype html>
<html lang="${HTML_LANG[lang]}">
<head>
${HEAD}
<title>${name}${kind === "home" ? "" : ` - ${SITE_NAMES[lang]}`}</title>
${description ? `${meta("description", description)}\n` : ""}<meta name="SiteName" content="${SITE_NAMES[lang]}">
<meta name="SiteDomain" content="www.bench.example">
${metaTags ? `${metaTags}\n` : ""}<link rel="canonical" href="${URL_OF_SITE}${url}">
${alternates.length > 1 ? alternates.map(([other, address]) => `<link rel="alternate" hreflang="${HTML_LANG[other]}" href="${URL_OF_SITE}${address}">\n`).join("") : ""}${
    feeds
      ? `<link rel="alternate" type="application/atom+xml" title="${name}" href="${feeds}feed.xml">
<link rel="alternate" type="application/feed+json" title="${name}" href="${feeds}feed.json">\n`
      : ""
  }${jsonLd ? `<script type="application/ld+json">${JSON.stringify(jsonLd).replaceAll("<", "\\u003c")}</script>\n` : ""}</head>
<body class="page-${kind}">
<a class="skip" href="#main">${w.skip_to_main}</a>
<a class="skip" href="#search-header">${w.skip_to_search}</a>
<div class="strip">
<div class="wrap strip-row">
<nav class="languages" aria-label="${w.languages}">
<ul>
${languages.map(([other, address]) => `<li><a href="${address}" lang="${HTML_LANG[other]}" hreflang="${HTML_LANG[other]}"${address === url ? ' aria-current="true"' : ""}>${OWN_NAMES[other]}</a></li>`).join("\n")}
</ul>
</nav>
${PREFERENCES[lang]}
</div>
</div>
${HEADER[lang]}
${
    trail
      ? `<nav class="breadcrumbs wrap" aria-label="${w.you_are_here}">
<ol>
${trail.map((step) => `<li><a href="${step.url}"${step.url === url ? ' aria-current="page"' : ""}>${escape(step.name)}</a></li>`).join("\n")}
</ol>
</nav>\n`
      : ""
  }<main id="main" class="wrap" tabindex="-1">
${main}
</main>
${FOOTER[lang]}
</body>
</html>
`;
}
