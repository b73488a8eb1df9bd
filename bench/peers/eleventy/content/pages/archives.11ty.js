// Years, months and days of columns, departments and counties.
import { entries, periodLinks } from "../../lib/entries.js";
import { escape } from "../../lib/escape.js";
import { columnMeta, columnTrail, page } from "../../lib/page.js";
import { LANGUAGES, words } from "../../lib/site.js";

export const data = {
  pagination: { data: "collections.archives", size: 1, alias: "archive" },
  permalink: ({ archive }) => `${archive.url}index.html`,
};

export function render({ archive: { front, period, url } }) {
  const { lang, row, path } = front;
  const isColumn = front.kind === "column";
  const title = `${row.names[lang]}: ${period.shown}`;
  const way = isColumn
    ? columnTrail(row.id, lang)
    : [{ name: words[lang].home, url: `/${lang}/` }, { name: row.names[lang], url: front.url }];
  const parts = period.shown.split("-");
  const steps = parts.map((_, place) => {
    const above = parts.slice(0, place + 1);
    return { name: above.join("-"), url: `${front.url}${above.join("/")}/` };
  });
  return page({
    lang,
    kind: "archive",
    title,
    url,
    trail: [...way, ...steps],
    languages: LANGUAGES.map((other) => [other, `/${other}/${path}${period.languages.includes(other) ? `${period.path}/` : ""}`]),
    alternates: period.languages.map((other) => [other, `/${other}/${path}${period.path}/`]),
    metaTags: isColumn ? columnMeta(row.id, lang) : "",
    main: `<h1>${escape(title)}</h1>
${period.parts.length ? `<ul class="links figures">\n${periodLinks(front, period.parts)}</ul>` : entries(period.texts, lang)}`,
  });
}
