// Atom and JSON feeds of every front with a text in its language.
import { shownIn } from "../../lib/entries.js";
import { escape } from "../../lib/escape.js";
import { HTML_LANG, SITE_NAMES, URL_OF_SITE, moment } from "../../lib/site.js";

export const data = {
  pagination: { data: "collections.feeds", size: 1, alias: "feed" },
  permalink: ({ feed }) => feed.url,
};

export function render({ feed: { front, form } }) {
  const { lang, row, listing, url } = front;
  const title = row ? `${row.names[lang]} - ${SITE_NAMES[lang]}` : SITE_NAMES[lang];
  const items = listing.texts.slice(0, 20).map((text) => shownIn(text, lang));
  return (form === "xml" ? atom : json)(title, URL_OF_SITE + url, lang, items);
}

function atom(title, url, lang, items) {
  const entry = (item) => {
    const address = URL_OF_SITE + item.url;
    const other = item.data.lang === lang ? "" : ` xml:lang="${HTML_LANG[item.data.lang]}"`;
    const at = moment(item.date);
    return `<entry${other}><title>${escape(item.data.title)}</title><link href="${address}" rel="alternate"/><published>${at}</published><updated>${at}</updated><id>${address}</id><summary type="html">${escape(escape(item.data.summary))}</summary></entry>`;
  };
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xml:lang="${HTML_LANG[lang]}" xmlns="http://www.w3.org/2005/Atom"><title>${escape(title)}</title><link href="${url}" rel="alternate"/><link href="${url}feed.xml" rel="self"/><id>${url}</id><updated>${moment(items[0].date)}</updated><author><name>${SITE_NAMES[lang]}</name></author>${items.map(entry).join("")}</feed>
`;
}

function json(title, url, lang, items) {
  const feed = {
    version: "https://jsonfeed.org/version/1.1",
    title,
    home_page_url: url,
    feed_url: `${url}feed.json`,
    language: HTML_LANG[lang],
    items: items.map((item) => ({
      id: URL_OF_SITE + item.url,
      url: URL_OF_SITE + item.url,
      title: item.data.title,
      language: HTML_LANG[item.data.lang],
      content_text: item.data.summary,
      date_published: moment(item.date),
      date_modified: moment(item.date),
    })),
  };
  return `${JSON.stringify(feed, null, 1)}\n`;
}
