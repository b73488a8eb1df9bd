// Sitemaps by main column and year or month, of the fronts, and their index.
import { HTML_LANG, URL_OF_SITE, day } from "../../lib/site.js";
import { inAllLanguages } from "../../lib/page.js";

export const data = {
  pagination: { data: "collections.sitemaps", size: 1, alias: "sitemap" },
  permalink: ({ sitemap }) => sitemap.url,
};

export function render({ sitemap: { texts, paths, sitemaps } }) {
  if (sitemaps) {
    return xml("sitemapindex", sitemaps.map((url) => `<sitemap><loc>${URL_OF_SITE}${url}</loc></sitemap>`));
  }
  if (paths) return xml("urlset", paths.flatMap((path) => lines(inAllLanguages(path), "")));
  return xml("urlset", texts.flatMap((text) => {
    const urls = text.languages.map((lang) => [lang, text.in[lang].url]);
    return lines(urls, `<lastmod>${day(text.own.date)}</lastmod>`);
  }));
}

function lines(urls, modified) {
  const links = urls.map(([lang, url]) => `<xhtml:link rel="alternate" hreflang="${HTML_LANG[lang]}" href="${URL_OF_SITE}${url}"/>`);
  const alternates = urls.length > 1 ? links.join("") : "";
  return urls.map(([, url]) => `<url><loc>${URL_OF_SITE}${url}</loc>${modified}${alternates}</url>`);
}

const xml = (root, found) => `<?xml version="1.0" encoding="UTF-8"?>
<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${found.join("\n")}
</${root}>
`;
