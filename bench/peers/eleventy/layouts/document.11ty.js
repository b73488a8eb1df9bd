// A document with its card, or a news item.
import { statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { catalogue } from "../lib/catalogue.js";
import { entries, textLink } from "../lib/entries.js";
import { escape } from "../lib/escape.js";
import { headingsOf } from "../lib/markdown.js";
import { breadcrumbList, columnMeta, columnTrail, meta, page } from "../lib/page.js";
import { HTML_LANG, LANGUAGES, OWN_NAMES, SITE_NAMES, URL_OF_SITE, audiences, columns, counties, departments, lists, minute, moment, words } from "../lib/site.js";

export function render(data) {
  const { lang, title, genre } = data;
  const w = words[lang];
  const { url } = data.page;
  const text = catalogue().texts.get(data.id);
  const date = minute(data.page.date);
  const trail = [...columnTrail(data.column, lang), { name: title, url }];
  const alternates = text.languages.map((other) => [other, text.in[other].url]);
  const main = `<article class="article">
<header class="article-head">
<h1>${escape(title)}</h1>
${genre === "document" ? "" : `<p class="byline"><time class="figures" datetime="${date}">${date}</time> <span>${w.source} ${escape(data.source)}</span></p>\n`}${data.sample ? `<p class="banner banner-sample"><strong>${w.sample}</strong> ${w.sample_more}</p>\n` : ""}${translations(text, lang, w)}${genre === "document" ? card(data, date, lang, w) : ""}</header>
<div class="article-body">
${contents(headingsOf(data.content), w)}<div class="article-main">
<div class="text">
${data.content}</div>
${attachments(data, lang, w)}${related(text, lang, w)}<section class="after about-page" aria-labelledby="about-page">
<h2 id="about-page">${w.about_page}</h2>
<dl class="facts">
<div><dt>${w.date_published}</dt><dd><time class="figures" datetime="${date}">${date}</time></dd></div>
<div><dt>${w.source}</dt><dd>${escape(data.source)}</dd></div>
<div><dt>${w.column}</dt><dd>${termLink(columns, "", data.column, lang)}</dd></div>
<div><dt>${w.departments}</dt><dd>${data.departments.map((id) => termLink(departments, "departments/", id, lang)).join("<br>")}</dd></div>
${data.counties.length ? `<div><dt>${w.counties}</dt><dd>${data.counties.map((id) => termLink(counties, "counties/", id, lang)).join("<br>")}</dd></div>\n` : ""}<div><dt>${w.for_whom}</dt><dd>${columns.get(data.column).audiences.map((id) => termLink(audiences, "", id, lang)).join("<br>")}</dd></div>
<div class="share"><dt>${w.share}</dt><dd><a href="${URL_OF_SITE}${url}">${URL_OF_SITE}${url}</a></dd></div>
</dl>
</section>
</div>
</div>
${neighbours(text, lang, w)}</article>`;
  return page({
    lang,
    kind: genre,
    title,
    url,
    main,
    trail,
    alternates,
    languages: LANGUAGES.map((other) => [other, text.in[other]?.url ?? `/${other}/${data.column}/`]),
    metaTags: articleMeta(data, date),
    jsonLd: { "@context": "https://schema.org", "@graph": [article(data), breadcrumbList(trail)] },
  });
}

const termLink = (terms, folder, id, lang) =>
  `<a href="/${lang}/${folder}${id}/">${escape(terms.get(id).names[lang])}</a>`;

const articleMeta = (data, date) =>
  [
    columnMeta(data.column, data.lang),
    meta("ArticleTitle", data.title),
    meta("PubDate", date),
    meta("ContentSource", data.source),
    meta("Keywords", data.keywords.join(",")),
    meta("Description", data.summary),
    meta("Url", URL_OF_SITE + data.page.url),
  ].join("\n");

const article = (data) => ({
  "@type": data.genre === "document" ? "LegislationObject" : "NewsArticle",
  name: data.title,
  headline: data.title,
  inLanguage: HTML_LANG[data.lang],
  url: URL_OF_SITE + data.page.url,
  publisher: { "@type": "GovernmentOrganization", name: SITE_NAMES[data.lang] },
  datePublished: moment(data.page.date),
  identifier: data.number,
  description: data.summary,
});

function translations(text, lang, w) {
  const others = text.languages.filter((other) => other !== lang);
  if (!others.length) return "";
  return `<div class="translations">
<h2 class="small-heading" id="translations">${w.other_languages}</h2>
<ul aria-labelledby="translations">
${others.map((other) => `<li><a href="${text.in[other].url}" hreflang="${HTML_LANG[other]}"><span lang="${HTML_LANG[other]}">${OWN_NAMES[other]}</span></a></li>`).join("\n")}
</ul>
</div>\n`;
}

function card(data, date, lang, w) {
  const lines = [
    [w.index, data.index],
    [w.subject, lists.subjects[data.subject][lang]],
    [w.issuer, data.issuers.join("、")],
    [w.date_made, data.made],
    [w.title, data.title],
    [w.number, data.number],
    [w.date_published, date],
    [w.effective, data.effective],
    [w.keywords, data.keywords.join("、")],
    [w.validity, w.in_force],
  ];
  return `<section class="card" aria-labelledby="card">
<h2 class="unseen" id="card">${w.card}</h2>
<dl>
${lines.map(([label, value]) => `<div><dt>${label}</dt><dd>${escape(value)}</dd></div>`).join("\n")}
</dl>
</section>\n`;
}

function contents(headings, w) {
  if (headings.length < 3) return "";
  return `<nav class="toc" aria-labelledby="toc">
<h2 class="small-heading" id="toc">${w.on_this_page}</h2>
<ol>
${headings.map(({ id, title }) => `<li class="toc-2"><a href="#${id}">${title}</a></li>`).join("\n")}
</ol>
</nav>\n`;
}

function attachments(data, lang, w) {
  if (!data.attachments) return "";
  const body = departments.get(data.departments[0]);
  const folder = dirname(data.page.inputPath);
  return `<section class="after" aria-labelledby="attachments">
<h2 id="attachments">${w.attachments}</h2>
<ul class="attachments">
${data.attachments.map(({ file, title }) => `<li><a href="/files/${file}">${escape(title)}</a> <span class="note">${extname(file).slice(1).toUpperCase()}、${statSync(join(folder, file)).size} B</span></li>`).join("\n")}
</ul>
<p class="note">${w.ask_for_form} ${escape(body.names[lang])}、<a href="tel:${body.phone}">${body.phone}</a></p>
</section>\n`;
}

const CITED = { implements: "implements", interprets: "interprets" };
const CITING = { implements: "implemented_by", interprets: "interpretation" };

function related(text, lang, w) {
  const groups = new Map();
  const add = (label, other) => groups.set(label, [...(groups.get(label) ?? []), other]);
  for (const relation of Object.keys(CITED)) {
    const target = catalogue().texts.get(text.data[relation]);
    if (target) add(w[CITED[relation]], target);
  }
  for (const { relation, text: other } of text.citing) add(w[CITING[relation]], other);
  return [...groups]
    .map(([label, texts], place) => `<section class="after" aria-labelledby="related-${place}">
<h2 id="related-${place}">${label}</h2>
${entries(texts, lang)}
</section>\n`)
    .join("");
}

function neighbours({ older, newer }, lang, w) {
  if (!older && !newer) return "";
  return `<nav class="neighbours" aria-label="${w.neighbours}">
<ul>
${older ? `<li class="neighbour-previous"><span class="note">${w.previous}</span> ${textLink(older, lang)}</li>\n` : ""}${newer ? `<li class="neighbour-next"><span class="note">${w.next}</span> ${textLink(newer, lang)}</li>\n` : ""}</ul>
</nav>\n`;
}
