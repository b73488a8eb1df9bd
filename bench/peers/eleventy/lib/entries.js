// Lines of lists. The same text stands in many: its line is made once for each language.
import { escape } from "./escape.js";
import { HTML_LANG, LANGUAGES, OWN_NAMES, words } from "./site.js";

/** The text's item in a language, or in the site's own. */
export const shownIn = (text, lang) => text.in[lang] ?? text.own;

/** A link to a text, which says its language where that is not the page's. */
export function textLink(text, lang) {
  const item = shownIn(text, lang);
  const other = item.data.lang;
  if (other === lang) return `<a href="${item.url}">${escape(item.data.title)}</a>`;
  return `<a href="${item.url}" lang="${HTML_LANG[other]}" hreflang="${HTML_LANG[other]}">${escape(item.data.title)}</a> <span class="entry-lang" lang="${HTML_LANG[other]}">${OWN_NAMES[other]}</span>`;
}

const lines = Object.fromEntries(LANGUAGES.map((lang) => [lang, new Map()]));

function entry(text, lang) {
  let line = lines[lang].get(text);
  if (!line) lines[lang].set(text, (line = makeEntry(text, lang)));
  return line;
}

function makeEntry(text, lang) {
  const { number, issuers, validity } = text.data;
  const facts = number
    ? `<span class="entry-facts">
<span class="entry-number" lang="zh-CN">${escape(number)}</span>
<span>${escape(issuers.join("、"))}</span>
<span class="validity validity-${validity}">${words[lang].in_force}</span>
</span>\n`
    : "";
  return `<li class="entry">
<time class="entry-date" datetime="${text.day}">${text.day}</time>
<div class="entry-body">
<span class="entry-title">${textLink(text, lang)}</span>
${facts}</div>
</li>\n`;
}

export const entries = (texts, lang) =>
  `<ul class="entries">\n${texts.map((text) => entry(text, lang)).join("")}</ul>`;

/** Links to periods of a front, to the page in the site's own language where there is none in this. */
export const periodLinks = (front, periods) =>
  periods
    .map((period) => {
      const lang = period.languages.includes(front.lang) ? front.lang : "zh";
      const other = lang === front.lang ? "" : ` <span class="entry-lang" lang="${HTML_LANG[lang]}">${OWN_NAMES[lang]}</span>`;
      return `<li><a href="/${lang}/${front.path}${period.path}/"${other ? ` hreflang="${HTML_LANG[lang]}"` : ""}>${period.shown}${other}</a></li>\n`;
    })
    .join("");

/** The front whose feeds are named on this one, "" where there are none. */
export function feedBase({ lang, path, listing }) {
  if (!listing?.texts.length) return "";
  return `/${listing.languages.includes(lang) ? lang : "zh"}/${path}`;
}

export const dataLinks = (folder, periods) =>
  `<ul class="links data-years figures">
${periods.map(({ shown }) => `<li>${shown} <a href="/${folder}/${shown}.csv" type="text/csv" aria-label="CSV ${shown}">CSV</a> <a href="/${folder}/${shown}.json" type="application/json" aria-label="JSON ${shown}">JSON</a></li>`).join("\n")}
</ul>`;
