// What the search indexes: a line for each text, a file for each column and language.
import { plain } from "../../lib/escape.js";
import { columns, minute } from "../../lib/site.js";

export const data = {
  pagination: { data: "collections.rows", size: 1, alias: "rows" },
  permalink: ({ rows }) => rows.url,
};

export const render = ({ rows }) => rows.items.map((item) => `${JSON.stringify(row(item))}\n`).join("");

function row({ data, url, date, content }) {
  const column = columns.get(data.column);
  return {
    format: 2,
    key: `${data.id}.${data.lang}`,
    id: data.id,
    lang: data.lang,
    url,
    title: data.title,
    kind: data.genre,
    column: data.column,
    columns: [data.column, ...column.above],
    audiences: column.audiences,
    departments: data.departments,
    counties: data.counties,
    year: minute(date).slice(0, 4),
    date: minute(date),
    number: data.number,
    index: data.index,
    issuers: data.issuers,
    keywords: data.keywords,
    validity: data.validity,
    summary: data.summary,
    attachments: (data.attachments ?? []).map(({ file, title }) => ({ title, url: `/files/${file}` })),
    body: plain(content),
  };
}
